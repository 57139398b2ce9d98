//! What names and numbers of the options can be.

use super::refuse;
use crate::error::StoreError;
use std::ops::RangeInclusive;

/// `[A-Za-z_][A-Za-z0-9_]*`, no longer than this.
pub(crate) fn check_name(what: &str, name: &str, longest: usize) -> Result<(), StoreError> {
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = (1..=longest).contains(&name.len())
        && name.bytes().next().is_some_and(begins)
        && name
            .bytes()
            .all(|byte| begins(byte) || byte.is_ascii_digit());
    if is_name {
        return Ok(());
    }
    refuse(format!(
        "`{}` cannot be {what}: use 1 to {longest} ASCII letters, digits and underscores, beginning with no \
         digit",
        name.escape_debug()
    ))
}

/// How many connections there may be that do this.
pub(crate) fn check_count(
    count: usize,
    of: RangeInclusive<usize>,
    verb: &str,
) -> Result<(), StoreError> {
    if of.contains(&count) {
        return Ok(());
    }
    refuse(format!(
        "{count} connections cannot {verb}: take {} to {}",
        of.start(),
        of.end()
    ))
}
