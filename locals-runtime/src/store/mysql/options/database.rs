//! What a database may be called.

use crate::{error::StoreError, store::sql::refuse};

const LONGEST_NAME: usize = 64;

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
