//! [`Greeting`]: what is said first on a connection, and [`Login`], as whom.

use super::{
    error::Failed,
    resp::{Command, Refusal},
};
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

    /// A server that says no may repeat what it was told, and in words of its own (N-01).
    pub(super) fn unsaid(&self, failed: Failed) -> Failed {
        match (failed, &self.login) {
            (Failed::Refused(Refusal { code, detail }), Some(Login { password, .. }))
                if detail.contains(password) =>
            {
                let detail = "(it repeats what it was sent)".to_owned();
                Failed::Refused(Refusal { code, detail })
            }
            (failed, _) => failed,
        }
    }

    /// Said where it is another one than everybody begins with.
    pub(super) fn select(&self) -> Option<Command> {
        let database = (self.database > 0).then(|| self.database.to_string());
        database.map(|database| Command::new("SELECT").arg(database))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::redis::error::tests::answered;

    #[test]
    fn n_01_a_server_that_repeats_the_password_is_not_quoted() {
        let login = Login::of(String::new(), "hunter2".to_owned()).unwrap();
        let greeting = Greeting { login, database: 0 };
        let failed = greeting.unsaid(answered("ERR do not know HELLO 3 AUTH default hunter2"));
        assert!(!failed.text().contains("hunter2"), "{}", failed.text());
        let failed = greeting.unsaid(answered("LOADING Redis is loading"));
        assert_eq!(failed.text(), "LOADING Redis is loading");
    }
}
