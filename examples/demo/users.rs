//! The application's own `users` table.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, Params, Row};
use serde::Deserialize;

use crate::{error::AppError, password};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id            INTEGER PRIMARY KEY,
        email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
        password_hash TEXT NOT NULL,
        admin         INTEGER NOT NULL,
        created_at    INTEGER NOT NULL
    )";

/// The first account of all is the administrator's.
const CREATE: &str = "
    INSERT INTO users (email, password_hash, admin, created_at)
    VALUES (?1, ?2, NOT EXISTS (SELECT 1 FROM users), unixepoch())
    ON CONFLICT (email) DO NOTHING
    RETURNING *";

const FIND: &str = "SELECT * FROM users WHERE email = ?1";

/// Only in the place of the password that was checked.
const CHANGE_PASSWORD: &str = "
    UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2
    RETURNING *";

const ALL: &str = "SELECT * FROM users ORDER BY id";

/// A user as handlers see one: `locals` fills the fields from the columns of the same names.
#[derive(Clone, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) password_hash: String,
    pub(crate) admin: bool,
    created_at: i64,
}

impl Account {
    pub(crate) fn created_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.created_at.unsigned_abs())
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            email: row.get("email")?,
            password_hash: row.get("password_hash")?,
            admin: row.get("admin")?,
            created_at: row.get("created_at")?,
        })
    }
}

#[derive(Clone)]
pub(crate) struct Users(Arc<Mutex<Connection>>);

impl Users {
    pub(crate) fn open(path: impl AsRef<Path>) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The new account; `None` if the e-mail has one already.
    pub(crate) async fn create(
        &self,
        email: &str,
        password_hash: String,
    ) -> Result<Option<Account>, AppError> {
        let email = email.to_owned();
        self.run(move |connection| one(connection, CREATE, (email, password_hash)))
            .await
    }

    /// The account of this e-mail, if the password is right.
    pub(crate) async fn check(
        &self,
        email: &str,
        password: String,
    ) -> Result<Option<Account>, AppError> {
        let email = email.to_owned();
        let account = self
            .run(move |connection| one(connection, FIND, [email]))
            .await?;
        let hash = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let right = password::verify(password, hash).await?;
        Ok(account.filter(|_| right))
    }

    /// The account with its new password; `None` if it has another one than `account` by now.
    pub(crate) async fn change_password(
        &self,
        account: &Account,
        password_hash: String,
    ) -> Result<Option<Account>, AppError> {
        let (id, before) = (account.id, account.password_hash.clone());
        self.run(move |connection| one(connection, CHANGE_PASSWORD, (id, before, password_hash)))
            .await
    }

    pub(crate) async fn all(&self) -> Result<Vec<Account>, AppError> {
        self.run(|connection| rows(connection, ALL, [])).await
    }

    /// Off the async threads: a write waits while another process writes to the file.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AppError> {
        let Self(connection) = self.clone();
        tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection)
        })
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)
    }
}

/// To the last row: what the statement wrote is committed then.
fn rows(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
) -> rusqlite::Result<Vec<Account>> {
    let mut statement = connection.prepare(statement)?;
    let accounts = statement.query_map(parameters, Account::from_row)?;
    accounts.collect()
}

fn one(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
) -> rusqlite::Result<Option<Account>> {
    Ok(rows(connection, statement, parameters)?.pop())
}
