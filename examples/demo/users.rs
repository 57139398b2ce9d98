//! The application's own `users` table.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, OptionalExtension, Row};
use serde::Deserialize;

use crate::error::AppError;

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
    ON CONFLICT (email) DO NOTHING";

const CREDENTIALS: &str = "SELECT id, password_hash FROM users WHERE email = ?1";

const ALL: &str = "SELECT id, email, admin, created_at FROM users ORDER BY id";

/// A user as handlers see one: `locals` fills the fields from the columns of the same names.
#[derive(Clone, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) email: String,
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

    /// The new account's id; `None` if the e-mail has an account already.
    pub(crate) async fn create(
        &self,
        email: &str,
        password_hash: String,
    ) -> Result<Option<i64>, AppError> {
        let email = email.to_owned();
        self.run(move |connection| {
            let created = connection.execute(CREATE, (email, password_hash))? == 1;
            Ok(created.then(|| connection.last_insert_rowid()))
        })
        .await
    }

    /// The id and the password hash that belong to an e-mail.
    pub(crate) async fn credentials(&self, email: &str) -> Result<Option<(i64, String)>, AppError> {
        let email = email.to_owned();
        self.run(move |connection| {
            connection
                .query_row(CREDENTIALS, [email], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .await
    }

    pub(crate) async fn all(&self) -> Result<Vec<Account>, AppError> {
        self.run(|connection| {
            connection
                .prepare(ALL)?
                .query_map([], Account::from_row)?
                .collect()
        })
        .await
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
