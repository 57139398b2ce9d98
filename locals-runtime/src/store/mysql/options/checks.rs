//! What names and numbers can be.

use crate::{error::StoreError, store::sql::refuse};
use std::ops::RangeInclusive;

/// Of 64 characters that MySQL lets a name have, it leaves room for ours.
const LONGEST_PREFIX: usize = 38;
const LONGEST_NAME: usize = 64;

pub(super) fn check_prefix(prefix: &str) -> Result<(), StoreError> {
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = (1..=LONGEST_PREFIX).contains(&prefix.len())
        && prefix.bytes().next().is_some_and(begins)
        && prefix
            .bytes()
            .all(|byte| begins(byte) || byte.is_ascii_digit());
    if is_name {
        return Ok(());
    }
    refuse(format!(
        "`{}` cannot be what our tables' names begin with: use 1 to {LONGEST_PREFIX} ASCII letters, digits and \
         underscores, beginning with no digit",
        prefix.escape_debug()
    ))
}

/// Any name that MySQL lets a database have: it is quoted.
pub(super) fn check_database(name: &str) -> Result<(), StoreError> {
    let length = name.chars().count();
    let is_name = (1..=LONGEST_NAME).contains(&length)
        && !name.contains('\0')
        && !name.ends_with(char::is_whitespace);
    if is_name {
        return Ok(());
    }
    refuse(format!(
        "`{}` cannot be the name of a database: it has 1 to {LONGEST_NAME} characters, and does not end with a space",
        name.escape_debug()
    ))
}

pub(super) fn check_count(
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
