//! The one form in which every benchmark leaves what it has measured: rows of a CSV.
//!
//! They are added to the file that `LOCALS_BENCH_RESULTS` names, as `./run` does; without it there are the printed
//! tables only.

mod csv;

use crate::rounds::Rounds;
use std::{
    env,
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

const VARIABLE: &str = "LOCALS_BENCH_RESULTS";

/// One figure of one contender.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The program that has measured it.
    pub benchmark: String,
    /// What was measured, with its circumstances.
    pub what: String,
    pub unit: String,
    pub contender: String,
    /// The median of the rounds or the best of them, as README.md says of each benchmark.
    pub value: f64,
    /// The least and the most of the rounds, where the value is their median.
    pub range: Option<[f64; 2]>,
}

/// Where a benchmark leaves its figures.
pub struct Results {
    benchmark: &'static str,
}

impl Results {
    pub fn of(benchmark: &'static str) -> Self {
        Self { benchmark }
    }

    /// A figure that stands for itself.
    pub fn one(&self, what: &str, unit: &str, contender: &str, value: f64) {
        self.leave(what, unit, contender, value, None);
    }

    /// The median of the rounds, and how far they are apart.
    pub fn rounds(&self, what: &str, unit: &str, contender: &str, rounds: &Rounds) {
        let range = [rounds.least(), rounds.most()];
        self.leave(what, unit, contender, rounds.median(), Some(range));
    }

    fn leave(&self, what: &str, unit: &str, contender: &str, value: f64, range: Option<[f64; 2]>) {
        let Some(path) = env::var_os(VARIABLE) else {
            return;
        };
        let figure = Figure {
            benchmark: self.benchmark.to_owned(),
            what: what.to_owned(),
            unit: unit.to_owned(),
            contender: contender.to_owned(),
            value,
            range,
        };
        if let Err(error) = append(Path::new(&path), &figure) {
            panic!("{VARIABLE} names {}: {error}", path.display());
        }
    }
}

fn append(path: &Path, figure: &Figure) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    if file.metadata()?.len() == 0 {
        writeln!(file, "{}", csv::HEADER)?;
    }
    writeln!(file, "{}", csv::row(figure))
}

/// The figures of such a file, in their order; or what is wrong with it, by the number of the line.
pub fn read(text: &str) -> Result<Vec<Figure>, String> {
    let mut lines = text.lines().zip(1..);
    if lines.next().is_none_or(|(first, _)| first != csv::HEADER) {
        return Err(format!("the first line has to be {}", csv::HEADER));
    }
    lines
        .map(|(line, number)| {
            csv::figure(line).map_err(|reason| format!("line {number}: {reason}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(contender: &str, range: Option<[f64; 2]>) -> Figure {
        Figure {
            benchmark: "request".to_owned(),
            what: "a page, 64 clients".to_owned(),
            unit: "µs".to_owned(),
            contender: contender.to_owned(),
            value: 12.25,
            range,
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let figures = [
            figure("locals required, SQLite, user", Some([11.5, 14.0])),
            figure("the \"other\" one", None),
        ];
        let mut text = csv::HEADER.to_owned();
        for figure in &figures {
            text = format!("{text}\n{}", csv::row(figure));
        }
        assert_eq!(read(&text), Ok(figures.to_vec()));
    }

    #[test]
    fn a_line_that_is_no_figure_is_named_by_its_number() {
        for line in [
            "",
            "a,b,c",
            "\"a\",b,c,d,e,,",
            "a,b,c,d,1,2,",
            "\"a,b,c,d,1,,",
        ] {
            let text = format!("{}\n{line}\n", csv::HEADER);
            let error = read(&text).expect_err(line);
            assert!(error.starts_with("line 2: "), "{error}");
        }
        read("benchmark,what").expect_err("another header");
    }
}
