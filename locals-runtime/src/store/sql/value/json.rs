//! A text that is read as JSON, and why it is none, without what stands in it.

use super::RowError;
use serde::de::DeserializeOwned;

/// A JSON deserializer that borrows nothing for the value it makes.
type Json<'a> = serde_json::Deserializer<serde_json::de::IoRead<&'a [u8]>>;

/// Reads a text as JSON, to its end.
pub(super) fn json<T>(
    text: &str,
    read: impl FnOnce(&mut Json<'_>) -> serde_json::Result<T>,
) -> Result<T, RowError> {
    let mut deserializer = serde_json::Deserializer::from_reader(text.as_bytes());
    let value = read(&mut deserializer).map_err(|error| not_the_json(text, &error))?;
    deserializer
        .end()
        .map_err(|error| not_the_json(text, &error))?;
    Ok(value)
}

/// A value of any type out of a text that is JSON.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, RowError> {
    serde_json::from_str(text).map_err(|error| not_the_json(text, &error))
}

fn not_the_json(text: &str, error: &serde_json::Error) -> RowError {
    let place = format!("(line {}, column {})", error.line(), error.column());
    // Of a date JSON takes the year for a number.
    RowError::unfit(if begins_with_a_date(text) {
        format!(
            "text that is not the JSON which is asked for {place}; it looks like a date: the crate `time` reads those \
             with its feature `serde-human-readable`"
        )
    } else if error.is_data() {
        let unfit = unfit(&error.to_string());
        format!("JSON that does not fit{unfit} {place}")
    } else {
        format!("text that is not the JSON which is asked for {place}")
    })
}

/// Of what serde_json says, that which holds no value: the name of a field, or what was expected.
fn unfit(said: &str) -> String {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    if said.starts_with("missing field `") {
        return format!(": {said}");
    }
    let expected = said.rsplit_once(", expected ");
    expected.map_or_else(String::new, |(_, expected)| {
        format!(", expected {expected}")
    })
}

fn begins_with_a_date(text: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    let shape: Vec<u8> = text.bytes().take(10).map(shape).collect();
    shape == b"0000-00-00"
}
