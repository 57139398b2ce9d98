//! Tables on the standard output.

use crate::rounds::Rounds;

/// A row of a table, its first column as wide as the longest name.
pub fn row<T: AsRef<str>>(name: &str, cells: impl IntoIterator<Item = T>) {
    let cells = cells
        .into_iter()
        .map(|cell| format!("{:>12}", cell.as_ref()));
    println!("{name:<34}{}", cells.collect::<String>());
}

pub fn microseconds(time: f64) -> String {
    format!("{time:.1} µs")
}

/// `ours` in units of `theirs`.
pub fn ratio(what: &str, ours: &Rounds, theirs: &Rounds) {
    let ratio = ours.over(theirs);
    let (least, most) = (ratio.least(), ratio.most());
    println!(
        "{what:<68} {:>7.2}   {least:.2} to {most:.2}",
        ratio.median()
    );
}
