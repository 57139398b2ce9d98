//! A figure as a row of a CSV (RFC 4180), without line breaks in it.

use super::Figure;

pub const HEADER: &str = "benchmark,what,unit,contender,value,least,most";

pub fn row(figure: &Figure) -> String {
    let [benchmark, what, unit, contender] = [
        &figure.benchmark,
        &figure.what,
        &figure.unit,
        &figure.contender,
    ]
    .map(|text| quoted(text));
    let (least, most) = match figure.range {
        Some([least, most]) => (number(least), number(most)),
        None => (String::new(), String::new()),
    };
    let value = number(figure.value);
    format!("{benchmark},{what},{unit},{contender},{value},{least},{most}")
}

fn number(value: f64) -> String {
    format!("{value:.4}")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

pub fn figure(row: &str) -> Result<Figure, String> {
    let fields = fields(row)?;
    let [benchmark, what, unit, contender, value, least, most] = fields.as_slice() else {
        return Err(format!("there are {} fields, not 7", fields.len()));
    };
    let range = match (least.as_str(), most.as_str()) {
        ("", "") => None,
        (least, most) => Some([parsed(least)?, parsed(most)?]),
    };
    Ok(Figure {
        benchmark: benchmark.clone(),
        what: what.clone(),
        unit: unit.clone(),
        contender: contender.clone(),
        value: parsed(value)?,
        range,
    })
}

fn parsed(field: &str) -> Result<f64, String> {
    field.parse().map_err(|_| format!("{field:?} is no number"))
}

fn fields(row: &str) -> Result<Vec<String>, String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    let mut rest = row.chars().peekable();
    while let Some(character) = rest.next() {
        let field = fields.last_mut().expect("there is one from the beginning");
        match character {
            '"' if is_quoted && rest.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            _ => field.push(character),
        }
    }
    if is_quoted {
        return Err("a quote is not closed".to_owned());
    }
    Ok(fields)
}
