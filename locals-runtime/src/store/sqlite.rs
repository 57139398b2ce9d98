//! [`SqliteStore`]: sessions in a SQLite file, by default the application's own.
//!
//! Write-ahead log; reads on connections that only read, one statement each; writes on one thread
//! that commits them in groups. The statements are in [`sql`], the tables in [`schema`].

mod app_table;
mod open;
mod readers;
mod schema;
mod sql;
mod statements;
mod users;
mod with_users;
mod writer;

pub use open::SqliteOptions;
pub use users::UsersTable;
pub use with_users::SqliteStoreWithUsers;

use super::{
    Credential, Extension, NewSession, Rotation, SessionRecord, SessionStore, Store, StoreFuture,
    Timestamp, UserSessions,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};
use app_table::Wanted;
use readers::Readers;
use schema::Schema;
use std::{
    path::Path,
    sync::{Arc, OnceLock},
};
use users::KeyType;
use writer::{Durability, Writer};

/// Sessions in a SQLite file.
///
/// The store makes the tables `locals_sessions` and `locals_meta` in it and, on the users table,
/// four triggers: sessions of a user who is deleted or replaced end, and sessions follow a user
/// whose key changes.
/// Replacing the whole table takes the triggers with it: do that with the program stopped, the next
/// start makes them again. (`INSERT OR REPLACE` deletes a user before it inserts it: use `ON
/// CONFLICT DO UPDATE`.)
/// Cloning gives another handle to the same store.
///
/// ```no_run
/// use locals::{Auth, SqliteStore};
///
/// #[derive(serde::Deserialize)]
/// struct Account { id: i64, email: String } // columns of the application's table `users`
///
/// let store = SqliteStore::open("app.db")?.with_users("users");
/// let auth: Auth<Account> = Auth::builder(store).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A sign-in or sign-out is on the disk (`synchronous=FULL`) before it is answered; a renewal may
/// be lost in a power cut. SQLite allows one writer at a time: while another process holds the
/// lock, writes wait up to [`busy_timeout`](SqliteOptions::busy_timeout) and then fail.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    file: Arc<File>,
}

#[derive(Debug)]
struct File {
    writer: Writer,
    readers: Readers,
    /// Known once the tables are there; see [`Store::prepare`].
    schema: OnceLock<Schema>,
}

impl SqliteStore {
    /// Opens a database file with the default options, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] if the path cannot be a database: a directory, no permission, no
    /// database.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::options(path).open()
    }

    /// The options of a database file.
    pub fn options(path: impl AsRef<Path>) -> SqliteOptions {
        SqliteOptions::new(path.as_ref())
    }

    /// Brings users from a table of the same file, together with their session.
    ///
    /// The fields of the `U` of [`Auth<U>`](crate::Auth) are columns of that table. The table must
    /// be there when [`AuthBuilder::build`](crate::AuthBuilder::build) is called; that checks it.
    /// Deleting a user's row ends the user's sessions.
    pub fn with_users(self, table: impl Into<UsersTable>) -> SqliteStoreWithUsers {
        SqliteStoreWithUsers::new(self, table.into())
    }

    /// Makes the tables, or checks those that are there; with a users table that has columns of
    /// these names for a type of this name.
    fn prepare(
        &self,
        users: Option<(&UsersTable, &'static [&'static str], &'static str)>,
    ) -> Result<(), StoreError> {
        let users = users.map(|(users, fields, type_name)| (users.clone(), fields, type_name));
        let schema = self
            .file
            .writer
            .write_and_wait(Durability::Full, move |connection| {
                let wanted = users.as_ref().map(|(users, fields, type_name)| Wanted {
                    users,
                    fields,
                    type_name,
                });
                schema::prepare(connection, wanted.as_ref())
            })?;
        self.file.schema.get_or_init(|| schema);
        Ok(())
    }

    /// How the users' key is kept; an error before [`Store::prepare`].
    fn key_type(&self) -> Result<KeyType, StoreError> {
        let schema = self.file.schema.get();
        schema.map(|schema| schema.key_type).ok_or_else(unprepared)
    }

    fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        write: impl FnOnce(&rusqlite::Connection, KeyType) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        match self.key_type() {
            Ok(key_type) => self
                .file
                .writer
                .write(durability, move |connection| write(connection, key_type)),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&rusqlite::Connection, KeyType) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        match self.key_type() {
            Ok(key_type) => self
                .file
                .readers
                .read(move |connection| read(connection, key_type)),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }
}

impl SessionStore for SqliteStore {
    fn replace(&self, new: NewSession, ended: Vec<Credential>) -> StoreFuture<'_, ()> {
        self.write(Durability::Full, move |connection, key_type| {
            statements::insert(connection, key_type, &new.record)?;
            statements::end(connection, &ended)?;
            statements::evict(connection, key_type, &new)
        })
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        self.read(move |connection, key_type| statements::load(connection, key_type, id))
    }

    fn extend(&self, extension: Extension) -> StoreFuture<'_, bool> {
        self.write(Durability::Normal, move |connection, _| {
            statements::extend(connection, &extension)
        })
    }

    fn rotate(&self, rotation: Rotation) -> StoreFuture<'_, bool> {
        self.write(Durability::Full, move |connection, _| {
            statements::rotate(connection, &rotation)
        })
    }

    fn end(&self, sessions: Vec<Credential>) -> StoreFuture<'_, u64> {
        self.write(Durability::Full, move |connection, _| {
            statements::end(connection, &sessions)
        })
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        self.write(Durability::Full, move |connection, _| {
            statements::delete(connection, id)
        })
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        self.write(Durability::Full, move |connection, key_type| {
            statements::delete_of_user(connection, key_type, &user, which)
        })
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        self.read(move |connection, key_type| statements::list(connection, key_type, &user, now))
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        self.write(Durability::Full, move |connection, _| {
            statements::delete_expired(connection, deadline, limit)
        })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.read(|connection, _| statements::ping(connection))
    }
}

impl Store<UserId> for SqliteStore {
    fn load_with_user(
        &self,
        presented: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        self.read(move |connection, key_type| {
            let record = statements::load(connection, key_type, presented.id)?;
            Ok(record.map(|record| {
                let user = record.user_id.clone();
                (record, user)
            }))
        })
    }

    fn prepare(&self) -> Result<(), StoreError> {
        SqliteStore::prepare(self, None)
    }
}

fn unprepared() -> StoreError {
    StoreError::Setup("the store is used before `Auth::builder(store).build()`".to_owned())
}

/// A failure of SQLite that has no meaning of its own here.
fn failure(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            StoreError::Timeout
        }
        _ => StoreError::unavailable(error),
    }
}
