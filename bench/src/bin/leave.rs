//! Leaves a figure that `./builds` has taken: `leave WHAT UNIT CONTENDER VALUE`.

use locals_bench::results::Results;
use std::{env, error::Error};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, unit, contender, value] = arguments.as_slice() else {
        return Err("say what was taken, in which unit, of whom, and the number".into());
    };
    let number = value
        .parse()
        .map_err(|_| format!("{value:?} is no number"))?;
    Results::of("builds").one(what, unit, contender, number);
    Ok(())
}
