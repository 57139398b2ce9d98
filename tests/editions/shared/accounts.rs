//! Users of the application's own, and the guard that lets some of them in.

use locals::{Auth, Guard, MemoryStore, Session, UserId};
use std::convert::Infallible;

#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) email: String,
    admin: bool,
}

pub(crate) struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, user: &Account) -> bool {
        user.admin
    }
}

/// Everybody has an account, and Ada is the administrator.
pub(crate) fn auth() -> Auth<Account> {
    let find = |id: UserId| async move {
        Ok::<_, Infallible>(Some(Account {
            email: format!("{id}@example.com"),
            admin: id.as_str() == "ada",
        }))
    };
    Auth::builder(MemoryStore::new())
        .users_with(find)
        .build()
        .expect("nothing is set")
}
