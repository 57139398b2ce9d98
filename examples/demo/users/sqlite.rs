//! The table in a SQLite file.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, Params, Row};

use super::{Account, Statement};
use crate::error::BoxError;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id            INTEGER PRIMARY KEY,
        email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
        password_hash TEXT NOT NULL,
        admin         INTEGER NOT NULL,
        created_at    INTEGER NOT NULL
    )";

const CREATE: &str = "
    INSERT INTO users (email, password_hash, admin, created_at)
    VALUES (?1, ?2, NOT EXISTS (SELECT 1 FROM users), unixepoch())
    ON CONFLICT (email) DO NOTHING
    RETURNING *";

const FIND: &str = "SELECT * FROM users WHERE email = ?1";

const CHANGE_PASSWORD: &str = "
    UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2
    RETURNING *";

const ALL: &str = "SELECT * FROM users ORDER BY id";

#[derive(Clone)]
pub(crate) struct Table(Arc<Mutex<Connection>>);

impl Table {
    pub(super) fn open(path: impl AsRef<Path>) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Off the async threads: a write waits while another process writes to the file.
    pub(super) async fn run(&self, statement: Statement) -> Result<Vec<Account>, BoxError> {
        let Self(connection) = self.clone();
        let accounts = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            run(&connection, statement)
        });
        Ok(accounts.await??)
    }
}

fn run(connection: &Connection, statement: Statement) -> rusqlite::Result<Vec<Account>> {
    match statement {
        Statement::Create {
            email,
            password_hash,
        } => rows(connection, CREATE, (email, password_hash)),
        Statement::Find { email } => rows(connection, FIND, [email]),
        Statement::ChangePassword { id, before, after } => {
            rows(connection, CHANGE_PASSWORD, (id, before, after))
        }
        Statement::All => rows(connection, ALL, []),
    }
}

/// To the last row: what the statement wrote is committed then.
fn rows(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
) -> rusqlite::Result<Vec<Account>> {
    let mut statement = connection.prepare(statement)?;
    let accounts = statement.query_map(parameters, account)?;
    accounts.collect()
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        email: row.get("email")?,
        password_hash: row.get("password_hash")?,
        admin: row.get("admin")?,
        created_at: row.get("created_at")?,
    })
}
