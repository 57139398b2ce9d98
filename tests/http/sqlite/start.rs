//! What can be wrong when the program starts: each message names it, and says what to do.

mod keys;
mod paths;
mod tables;

use std::path::Path;

use locals::{Auth, BuildError, SqliteStore, UsersTable};

use crate::rig::Account;

fn open(path: &Path, users: impl Into<UsersTable>) -> Result<Auth<Account>, BuildError> {
    Auth::builder(SqliteStore::open(path)?.with_users(users)).build()
}

/// The refusal's text, with each of these words in it.
fn refusal(result: Result<Auth<Account>, BuildError>, words: &[&str]) -> String {
    let text = result.expect_err("something is wrong").to_string();
    for word in words {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
    text
}
