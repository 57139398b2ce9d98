//! Bars of the figures that the benchmarks have left: `draw RESULTS.csv OUT.svg CAPTION`. `./run` does it.

mod panel;
mod picture;

use locals_bench::results::read;
use panel::panels;
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [results, out, caption] = arguments.as_slice() else {
        return Err(
            "say which results, where the drawing goes, and what is written above it".into(),
        );
    };
    let text = fs::read_to_string(results).map_err(|error| format!("{results}: {error}"))?;
    let figures = read(&text).map_err(|reason| format!("{results}: {reason}"))?;
    picture::draw(out, caption, &panels(&figures))
}
