//! [`SqliteStore`]: sessions in a SQLite file, by default the application's own.
//!
//! Write-ahead log; reads on connections that only read, one statement each; writes on one thread
//! that commits them in groups. The statements are in [`sql`], the tables in [`schema`].

mod columns;
mod connection;
mod error;
mod guard;
mod key;
mod open;
mod readers;
mod release;
mod schema;
mod sql;
mod statements;
mod with_users;
mod write;
mod writer;

pub use open::SqliteOptions;
pub use with_users::SqliteStoreWithUsers;

use super::{
    AnswersAtOnce, Credential, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate,
    Store, StoreFuture, Timestamp, UserSessions,
    sql::{Column, UsersTable},
};
use crate::{error::StoreError, event::TARGET, token::SessionId, user_id::UserId};
use columns::UsersTableSpec;
use connection::Connection;
use readers::Readers;
use schema::Schema;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};
use write::Purpose;
use writer::Writer;

/// Sessions in a SQLite file.
///
/// The store makes the tables `locals_sessions` and `locals_meta` and the view `locals_guard` in it
/// and, on the users table, four triggers: sessions of a user who is deleted or replaced end, and
/// sessions follow a user whose key changes. (`INSERT OR REPLACE` deletes a user before it inserts it:
/// use `ON CONFLICT DO UPDATE`.) One file has the sessions of one users table.
///
/// `ALTER TABLE` leaves the sessions as they are, a renamed table included (a program that runs meanwhile
/// looks for the former name, and answers 503 until it is started again). A users table that is
/// dropped and made again, copied or restored has lost the triggers, and nobody can tell any more
/// whose key is whose: every session ends at the next start, which says so in the log, and a program
/// that runs meanwhile answers 503 until it is started again.
///
/// Cloning gives another handle to the same file; each [`Auth`](crate::Auth) is built on one of its
/// own.
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
/// SQLite allows one writer at a time. While another program, or a transaction of your own that is not
/// committed yet, holds the lock, a sign-in or sign-out waits up to
/// [`busy_timeout`](SqliteOptions::busy_timeout) and then fails: commit before you sign in. A renewal
/// waits a tenth of a second, and then its session is served without it.
///
/// A sign-in or sign-out is on the disk (`synchronous=FULL`) before it is answered; a renewal may be lost in
/// a power cut. The tables are `STRICT`, so SQLite before 3.37 (November 2021), a shell of the system for
/// instance, cannot open the file.
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
#[derive(Clone, Debug)]
pub struct SqliteStore {
    file: Arc<File>,
    /// Known once the tables are there; see [`Store::prepare`].
    schema: OnceLock<Arc<Schema>>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
}

impl SqliteStore {
    /// Opens a database file with the default options, and makes it if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] if the path cannot be a database: a directory, no permission, no
    /// database; a connection string; `:memory:`, for which there is [`MemoryStore`](crate::MemoryStore).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::options(path).open()
    }

    /// The options of a database file.
    pub fn options(path: impl AsRef<Path>) -> SqliteOptions {
        SqliteOptions::new(path.as_ref())
    }

    /// Brings users from a table of the same file, together with their session.
    ///
    /// The fields of the `U` of [`Auth<U>`](crate::Auth) are columns of that table; [`UsersTable`] says which
    /// column may be which field. The table must be there when
    /// [`AuthBuilder::build`](crate::AuthBuilder::build) is called; that checks it. Deleting a user's row ends
    /// the user's sessions.
    ///
    /// What a migration of that table does to the sessions:
    ///
    /// | migration | sessions |
    /// |---|---|
    /// | `ALTER TABLE .. ADD`, `DROP` or `RENAME COLUMN`, `CREATE INDEX`, `VACUUM` | go on |
    /// | `ALTER TABLE users RENAME TO accounts`, then `.with_users("accounts")` | go on |
    /// | `RENAME COLUMN` of the key, then `.key(..)` with the new name | go on |
    /// | create a new table, copy, drop the old one, rename the new one | all end at the next start |
    /// | rename the old table, create a new one under its name, copy, drop the old one | all end at the next start |
    /// | the same, and the old one is kept | `build()` is refused: drop it, or name it |
    /// | restore the table from a dump | all end at the next start |
    ///
    /// SQLite drops the triggers that guard a table together with the table, so nobody can tell afterwards
    /// whether a key is still the same user's. A program that runs through one of those, or through a
    /// renaming of the table, its key or a column that the type names, answers 503 to whoever has a session,
    /// until it is started again.
    pub fn with_users(self, table: impl Into<UsersTable>) -> SqliteStoreWithUsers {
        SqliteStoreWithUsers::new(self, table.into())
    }

    /// Makes the tables, or checks those that are there; with a users table, tells which of its columns
    /// are read for the application's type.
    fn prepare(&self, users: Option<UsersTableSpec>) -> Result<Vec<Column>, StoreError> {
        let prepare = move |connection: &Connection| schema::prepare(connection, users.as_ref());
        let (schema, columns) = self.file.writer.set_up(prepare)?;
        self.schema.get_or_init(|| Arc::new(schema));
        Ok(columns)
    }

    fn warnings(&self) -> Vec<String> {
        let exposure = open::exposure(&self.file.path);
        exposure
            .into_iter()
            .chain(release::may_lose_commits())
            .collect()
    }

    /// What [`Store::prepare`] has found out.
    fn schema(&self) -> Result<Arc<Schema>, StoreError> {
        self.schema.get().cloned().ok_or_else(unprepared)
    }

    fn write<T: Send + 'static>(
        &self,
        purpose: Purpose,
        write: impl Fn(&Connection, &Schema) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        match self.schema() {
            Ok(schema) => self
                .file
                .writer
                .write(purpose, move |connection| write(connection, &schema)),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection, &Schema) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        match self.schema() {
            Ok(schema) => self
                .file
                .readers
                .read(move |connection| read(connection, &schema)),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }
}

impl SessionStore for SqliteStore {
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        self.write(Purpose::Change, move |connection, schema| {
            statements::insert(connection, schema, &new.record)?;
            Ok(Replaced {
                ended: statements::end(connection, &ended)?,
                evicted: statements::evict(connection, schema.key_type, &new)?,
            })
        })
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        self.read(move |connection, schema| statements::load(connection, schema, id))
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        let purpose = match (&update.rotation, &update.extension) {
            (None, _) => Purpose::Renewal,
            (Some(_), Some(_)) => Purpose::RotatingRenewal,
            (Some(_), None) => Purpose::Change,
        };
        self.write(purpose, move |connection, _| {
            statements::update(connection, &update)
        })
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        self.write(Purpose::Change, move |connection, _| {
            statements::end(connection, &sessions)
        })
    }

    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        let external_ref = external_ref.to_owned();
        self.write(Purpose::Change, move |connection, _| {
            statements::delete_by_external_ref(connection, &external_ref)
        })
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        self.write(Purpose::Change, move |connection, _| {
            statements::delete(connection, id)
        })
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        self.write(Purpose::Change, move |connection, schema| {
            statements::delete_of_user(connection, schema, &user, which)
        })
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        let rows =
            self.read(move |connection, schema| statements::list(connection, schema, &user, now));
        rows.and_then(|rows| Ok(rows.into_iter().filter_map(readable).collect()))
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        self.write(Purpose::Change, move |connection, _| {
            statements::delete_expired(connection, deadline, limit)
        })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.read(statements::ping)
    }
}

super::no_other_users!(SqliteStore);

impl AnswersAtOnce for SqliteStore {}

impl Store<UserId> for SqliteStore {
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        self.read(move |connection, schema| {
            let record = statements::load(connection, schema, credential.id)?;
            Ok(record.and_then(|record| record.opened_by(&credential.secret_hash)))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
        let id = match self.schema() {
            Ok(schema) => schema.key_type.canonical(id),
            Err(error) => return StoreFuture::ready(Err(error)),
        };
        StoreFuture::ready(Ok(id.map(|id| (id.clone(), id))))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(SqliteStore::prepare(self, None).map(drop))
    }

    fn warnings(&self) -> Vec<String> {
        SqliteStore::warnings(self)
    }
}

fn unprepared() -> StoreError {
    StoreError::Setup("the store is used before `Auth::builder(store).build()`".to_owned())
}

/// A row of a list, unless it cannot be read: that hides no other.
fn readable(row: Result<SessionRecord, StoreError>) -> Option<SessionRecord> {
    row.inspect_err(
        |error| tracing::error!(target: TARGET, %error, "left out of a list of sessions"),
    )
    .ok()
}
