//! The key-value form: `host=localhost password='it\'s'`.

use crate::{
    error::StoreError,
    store::sql::{Pairs, refuse},
};

pub(super) fn pairs(text: &str) -> Result<Pairs, StoreError> {
    let mut pairs = Pairs::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = key(rest)?;
        let (value, after) = value(after)?;
        pairs.push((key.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// A key, and what follows its `=`.
fn key(text: &str) -> Result<(&str, &str), StoreError> {
    let (key, after) = text.split_once('=').unwrap_or(("", ""));
    let key = key.trim_end();
    // What has no `=` may be the rest of a password: it is not named.
    if key.is_empty() || key.contains(char::is_whitespace) {
        return refuse(
            "the connection string has a word without `=`: a value with spaces is put in quotation marks, as in \
             password='two words'",
        );
    }
    Ok((key, after.trim_start()))
}

/// A value, and what follows it. A backslash takes the next character as it is.
fn value(text: &str) -> Result<(String, &str), StoreError> {
    let quoted = text.strip_prefix('\'');
    let mut rest = quoted.unwrap_or(text).chars();
    let mut value = String::new();
    while let Some(next) = rest.next() {
        match next {
            '\\' => value.extend(rest.next()),
            '\'' if quoted.is_some() => return Ok((value, rest.as_str())),
            space if quoted.is_none() && space.is_whitespace() => {
                return Ok((value, rest.as_str()));
            }
            other => value.push(other),
        }
    }
    if quoted.is_some() {
        return refuse(
            "the connection string has a value whose quotation mark is not closed: within one, `'` is written \\' and \
             `\\` is written \\\\",
        );
    }
    Ok((value, ""))
}
