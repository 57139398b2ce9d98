//! The users of a site: rows of a table beside the sessions, or a list where the store has none.

#[cfg(feature = "sqlite")]
use std::path::Path;
use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{Arc, Mutex, MutexGuard},
};

use locals::{Guard, Session, UserId};
use serde::{Deserialize, Serialize};

/// The users every site starts with; Ada is the administrator.
pub(crate) const ADA: i64 = 1;
pub(crate) const BOB: i64 = 2;
pub(crate) const EVE: i64 = 3;

/// Everybody's, until it is changed.
pub(crate) const PASSWORD: &str = "the first one";

/// A user of the sites: the columns of their own table.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) admin: bool,
    /// Tables of tests that are not about it have none.
    #[serde(default)]
    pub(crate) password: String,
}

/// Admits the administrator.
pub(crate) struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, user: &Account) -> bool {
        user.admin
    }
}

/// The list that users come from where there is no table, and the table's first rows.
#[derive(Clone)]
pub(super) struct Users(Arc<Mutex<Vec<Account>>>);

type Found = Result<Option<Account>, Infallible>;

impl Users {
    pub(super) fn new() -> Self {
        let users = [
            (ADA, "ada@example.com", true),
            (BOB, "bob@example.com", false),
            (EVE, "eve@example.com", false),
        ];
        let users = users.map(|(id, email, admin)| Account {
            id,
            email: email.to_owned(),
            admin,
            password: PASSWORD.to_owned(),
        });
        Self(Arc::new(Mutex::new(users.into())))
    }

    pub(super) fn find(&self, id: &UserId) -> Option<Account> {
        let users = self.list();
        let found = users.iter().find(|user| UserId::from(user.id) == *id);
        found.cloned()
    }

    /// For a store that has no users.
    pub(super) fn lookup(&self) -> impl Fn(UserId) -> Ready<Found> + Send + Sync + use<> {
        let known = self.clone();
        move |id| ready(Ok(known.find(&id)))
    }

    pub(super) fn remove(&self, id: i64) {
        self.list().retain(|user| user.id != id);
    }

    pub(super) fn set_admin(&self, id: i64, admin: bool) {
        let mut users = self.list();
        let user = users.iter_mut().find(|user| user.id == id);
        user.expect("one of the site's users").admin = admin;
    }

    pub(super) fn set_password(&self, id: i64, password: &str) {
        let mut users = self.list();
        let user = users.iter_mut().find(|user| user.id == id);
        user.expect("one of the site's users").password = password.to_owned();
    }

    /// A table as an application has it, with a column that [`Account`] does not ask for, and one that
    /// may be NULL where [`Account`] has no `Option`.
    #[cfg(feature = "sqlite")]
    pub(super) fn create_table(&self, database: &Path) {
        let file = rusqlite::Connection::open(database).expect("the store made the file");
        file.execute_batch(
            "CREATE TABLE users (
                id INTEGER PRIMARY KEY,
                email TEXT UNIQUE,
                password TEXT NOT NULL DEFAULT '',
                note TEXT NOT NULL DEFAULT '',
                admin INTEGER NOT NULL
            )",
        )
        .expect("a new table");
        for user in self.list().iter() {
            file.execute(
                "INSERT INTO users (id, email, admin, password) VALUES (?1, ?2, ?3, ?4)",
                (user.id, &user.email, user.admin, &user.password),
            )
            .expect("a new user");
        }
    }

    /// The same in PostgreSQL.
    #[cfg(feature = "postgres")]
    pub(super) fn create_table_in(&self, schema: &test_servers::Schema) {
        schema.execute(
            "CREATE TABLE users (
                id bigint PRIMARY KEY,
                email text UNIQUE,
                password text NOT NULL DEFAULT '',
                note text NOT NULL DEFAULT '',
                admin boolean NOT NULL
            )",
        );
        self.insert(|sql| schema.execute(sql));
    }

    /// The same in MySQL.
    #[cfg(feature = "mysql")]
    pub(super) fn create_table_in_mysql(&self, database: &test_servers::MySqlDatabase) {
        database.execute(
            "CREATE TABLE users (
                id BIGINT PRIMARY KEY,
                email VARCHAR(255) UNIQUE,
                password VARCHAR(255) NOT NULL DEFAULT '',
                note VARCHAR(255) NOT NULL DEFAULT '',
                admin BOOLEAN NOT NULL
            )",
        );
        self.insert(|sql| database.execute(sql));
    }

    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn insert(&self, execute: impl Fn(&str)) {
        let rows = self.list();
        let rows = rows.iter().map(|user| {
            let Account {
                id,
                email,
                admin,
                password,
            } = user;
            format!("({id}, '{email}', {admin}, '{password}')")
        });
        let rows: Vec<_> = rows.collect();
        let columns = "id, email, admin, password";
        execute(&format!(
            "INSERT INTO users ({columns}) VALUES {}",
            rows.join(", ")
        ));
    }

    fn list(&self) -> MutexGuard<'_, Vec<Account>> {
        self.0.lock().expect("nothing panics while it is locked")
    }
}
