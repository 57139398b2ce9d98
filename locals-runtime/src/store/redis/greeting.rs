//! [`Greeting`]: what is said first on a connection, and [`Login`], as whom.

use super::resp::Command;
use crate::{error::StoreError, store::refuse};

/// It has no `Debug`: there is a password in it.
#[derive(Clone)]
pub(super) struct Greeting {
    pub(super) login: Option<Login>,
    pub(super) database: u32,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    /// `None`: the default user.
    user: Option<String>,
    password: String,
}

impl Login {
    /// `None` if there is neither.
    pub(super) fn of(user: String, password: String) -> Result<Option<Self>, StoreError> {
        match (user.is_empty(), password.is_empty()) {
            (true, true) => Ok(None),
            (false, true) => refuse(
                "the URL of Redis has a user and no password: write redis://user:password@host:6379",
            ),
            (has_no_user, false) => Ok(Some(Self {
                user: (!has_no_user).then_some(user),
                password,
            })),
        }
    }
}

impl Greeting {
    /// Answered with what the server says of itself.
    pub(super) fn hello(&self) -> Command {
        let hello = Command::new("HELLO").arg("3");
        match &self.login {
            Some(Login { user, password }) => hello
                .arg("AUTH")
                .arg(user.as_deref().unwrap_or("default"))
                .arg(password),
            None => hello,
        }
    }

    /// Said where it is another one than everybody begins with.
    pub(super) fn select(&self) -> Option<Command> {
        let database = (self.database > 0).then(|| self.database.to_string());
        database.map(|database| Command::new("SELECT").arg(database))
    }
}
