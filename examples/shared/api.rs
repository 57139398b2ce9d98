//! What the JSON APIs have in common: accounts and passwords, and what goes over the wire.
//!
//! With the cookie, curl says what browsers say by themselves of every method but GET:
//!
//! ```sh
//! curl -c jar -H 'Content-Type: application/json' \
//!      -d '{"email": "ada@example.com", "password": "correct horse"}' http://127.0.0.1:3000/signup
//! curl -b jar http://127.0.0.1:3000/me
//! curl -b jar -c jar -H 'Sec-Fetch-Site: same-origin' -X POST http://127.0.0.1:3000/logout
//! ```

use std::{
    env,
    ffi::OsString,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::UNIX_EPOCH,
};

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::Error as HashError};
use locals::{BoxError, Session, SessionId, SessionInfo};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// The port and the database file: `PORT` and `DATABASE`, or the defaults.
pub(crate) fn place(default_database: &str) -> Result<(u16, OsString), BoxError> {
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let port = port
        .parse()
        .map_err(|_| format!("PORT is `{port}`: give a number from 0 to 65535"))?;
    let database = env::var_os("DATABASE").unwrap_or_else(|| default_database.into());
    Ok((port, database))
}

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id            INTEGER PRIMARY KEY,
        email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
        password_hash TEXT NOT NULL
    )";

const CREATE: &str = "
    INSERT INTO users (email, password_hash) VALUES (?1, ?2)
    ON CONFLICT (email) DO NOTHING";

const FIND: &str = "SELECT id, email, password_hash FROM users WHERE email = ?1";

const SHORTEST_PASSWORD: usize = 8;

/// A hash in the making holds 19 MiB: a burst of sign-ins waits here instead of filling the memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A user as handlers see one: `locals` fills the fields from the columns of the same names.
#[derive(Deserialize, Serialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    email: String,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: String,
}

/// One line of a user's list of sessions.
#[derive(Serialize)]
pub(crate) struct Listed {
    id: SessionId,
    created_at: u64,
    current: bool,
}

impl Listed {
    pub(crate) fn all(sessions: &[SessionInfo], current: &Session) -> Vec<Self> {
        let line = |info: &SessionInfo| Self {
            id: *info.id(),
            created_at: info
                .created_at()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs(),
            current: info.is_current(current),
        };
        sessions.iter().map(line).collect()
    }
}

/// What the application itself refuses, or fails to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ApiError {
    Unreadable,
    EmptyField,
    ShortPassword,
    EmailTaken,
    WrongPassword,
    NoSuchSession,
    Internal,
}

impl ApiError {
    /// The status of the response.
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::WrongPassword => 401,
            Self::NoSuchSession => 404,
            Self::EmailTaken => 409,
            Self::EmptyField | Self::ShortPassword => 422,
            Self::Internal => 500,
        }
    }

    fn internal(cause: impl Into<BoxError>) -> Self {
        tracing::error!("{:#}", cause.into());
        Self::Internal
    }
}

/// The text in the response.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "send JSON with an email and a password",
            Self::WrongPassword => "this email and password do not belong together",
            Self::NoSuchSession => "you have no such session",
            Self::EmailTaken => "there is an account with this email already",
            Self::ShortPassword => "a password has at least 8 characters",
            Self::EmptyField => "neither email nor password can be empty",
            Self::Internal => "something went wrong here",
        })
    }
}

/// The application's own table.
#[derive(Clone)]
pub(crate) struct Users(Arc<Mutex<Connection>>);

impl Users {
    pub(crate) fn open(path: impl AsRef<Path>) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Makes an account.
    pub(crate) async fn create(&self, credentials: Credentials) -> Result<Account, ApiError> {
        if credentials.password.chars().count() < SHORTEST_PASSWORD {
            return Err(ApiError::ShortPassword);
        }
        let created = self.off_thread(credentials, Self::insert).await?;
        created.ok_or(ApiError::EmailTaken)
    }

    /// The account that these credentials open.
    pub(crate) async fn find(&self, credentials: Credentials) -> Result<Account, ApiError> {
        let found = self.off_thread(credentials, Self::verify).await?;
        found.ok_or(ApiError::WrongPassword)
    }

    async fn off_thread(
        &self,
        Credentials { email, password }: Credentials,
        work: impl FnOnce(&Self, &str, &[u8]) -> Result<Option<Account>, BoxError> + Send + 'static,
    ) -> Result<Option<Account>, ApiError> {
        if email.trim().is_empty() || password.is_empty() {
            return Err(ApiError::EmptyField);
        }
        let users = self.clone();
        let turn = AT_ONCE.acquire().await.map_err(ApiError::internal)?;
        spawn_blocking(move || {
            // Taken along: the work goes on even if the client does not wait for it.
            let _turn = turn;
            work(&users, email.trim(), password.as_bytes())
        })
        .await
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)
    }

    fn insert(&self, email: &str, password: &[u8]) -> Result<Option<Account>, BoxError> {
        let hash = Argon2::default().hash_password(password)?.to_string();
        let connection = self.connection();
        let is_new = connection.execute(CREATE, [email, &hash])? == 1;
        Ok(is_new.then(|| Account {
            id: connection.last_insert_rowid(),
            email: email.to_owned(),
        }))
    }

    fn verify(&self, email: &str, password: &[u8]) -> Result<Option<Account>, BoxError> {
        let row: Option<(i64, String, String)> = self
            .connection()
            .query_row(FIND, [email], |row| row.try_into())
            .optional()?;
        let Some((id, email, hash)) = row else {
            // As much work as with an account: the time taken does not tell who has one.
            Argon2::default().hash_password(password)?;
            return Ok(None);
        };
        match Argon2::default().verify_password(password, hash.as_str()) {
            Ok(()) => Ok(Some(Account { id, email })),
            Err(HashError::PasswordInvalid) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
