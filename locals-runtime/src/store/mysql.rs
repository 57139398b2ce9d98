//! [`MySqlStore`]: sessions in MySQL or MariaDB, for as many machines as there are.
//!
//! Few connections of its own, each made again by a task behind it, on which one thing is done at a time. The
//! statements are in [`sql`], the tables in [`schema`].

mod asking;
mod columns;
mod connection;
mod connections;
mod dial;
mod error;
mod key;
mod names;
mod options;
mod pool;
mod purpose;
mod record;
mod schema;
mod setup;
mod sign_in;
mod sign_out;
mod sql;
mod statement;
mod tables;
mod target;
mod tls;
mod value;
mod watch;
mod with_users;
mod work;

pub use options::MySqlOptions;
pub use with_users::MySqlStoreWithUsers;

use super::{
    Credential, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate, Store,
    StoreFuture, Timestamp, UserSessions, sql::UsersTable,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};
use connections::Connections;
use dial::Dialer;
use mysql_async::Opts;
use schema::Guard;
use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tables::Tables;

/// Sessions in MySQL 8 and 9 or MariaDB 10.6 and later; tested on MariaDB 10.11 and MySQL 9.7.
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use locals::{Auth, MySqlStore};
///
/// #[derive(serde::Deserialize)]
/// struct Account { id: i64, email: String } // columns of the application's table `users`
///
/// let store = MySqlStore::connect("mysql://app@db.example/app").await?.with_users("users");
/// let auth: Auth<Account> = Auth::builder(store).connect().await?;
/// # Ok(()) }
/// ```
///
/// It has eight connections of its own, whatever the application uses: [six](MySqlOptions::read_connections) for
/// reads, and [two](MySqlOptions::write_connections) for writes, which are made only where it has sessions, and not
/// where it has [users alone](crate::AuthBuilder::users_from). A request with a session is one round trip; a
/// sign-in is a transaction of five or six. Connections that break are made again in the background; meanwhile a
/// request that asks for its session is answered with 503, and its cookie is left alone.
///
/// Once a second, if anything was read, the server that is read from is asked whether it still takes writes: if not,
/// and another one does, reads go there.
///
/// A sign-in, a sign-out or another token is committed before it is answered, as durably as the server is set
/// up: `innodb_flush_log_at_trx_commit` is 1 unless somebody has changed it, which is told at start. A transaction of
/// the application that is not committed yet can keep a sign-in of the same user waiting, for a second: commit before
/// you sign in.
///
/// The store makes the tables `locals_sessions` and `locals_meta`, of which the first refers to the users
/// table: sessions of a user who is deleted end, and sessions follow a user whose key changes. Since a MySQL
/// server lets anybody switch that off, the users table is [marked](MySqlOptions::users_trigger), too.
///
/// Cloning gives another handle to the same connections; each [`Auth`](crate::Auth) is built on one of its
/// own. The connections live in the runtime in which the store was connected.
#[cfg_attr(docsrs, doc(cfg(feature = "mysql")))]
#[derive(Clone)]
pub struct MySqlStore {
    inner: Arc<Inner>,
    /// Known once the tables are there; see [`Store::prepare`].
    served: OnceLock<Arc<Served>>,
}

struct Inner {
    setup_dialer: Dialer,
    connections: Connections,
    /// How long a first connection is waited for.
    patience: Duration,
    database: Option<String>,
    prefix: String,
    migrates: bool,
    has_foreign_key: bool,
    has_users_trigger: bool,
}

/// The tables, and what there is to say of them.
#[derive(Debug)]
struct Served {
    tables: Tables,
    guard: Option<Guard>,
    warnings: Vec<String>,
}

impl MySqlStore {
    /// Connects with the default options.
    ///
    /// `url` is `mysql://user:password@host:3306/database?ssl-mode=VERIFY_IDENTITY`; [`MySqlOptions`] says what of
    /// it is known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong with it and what to write, and if the server refuses the user
    /// or the database; [`StoreError::Unavailable`] if it cannot be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, StoreError> {
        Self::options(url)?.connect().await
    }

    /// The options of a URL.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong with it.
    pub fn options(url: impl AsRef<str>) -> Result<MySqlOptions, StoreError> {
        MySqlOptions::new(url.as_ref())
    }

    /// The options for those of mysql_async 0.37, with the TLS that they say: for what no URL says. What is in them is
    /// used as it is, but for what a session needs: rows that an update finds are counted, and nothing is pooled.
    pub fn with_opts(opts: impl Into<Opts>) -> MySqlOptions {
        MySqlOptions::with_opts(opts.into())
    }

    /// Brings users from a table of the same server, together with their session, in one statement.
    ///
    /// The fields of the `U` of [`Auth<U>`](crate::Auth) are columns of that table; [`UsersTable`] says which
    /// column may be which field. `"accounts.users"` is a table of another database. The table must be there when
    /// [`AuthBuilder::connect`](crate::AuthBuilder::connect) is called; that checks it.
    ///
    /// What a migration of that table does to the sessions:
    ///
    /// | migration | sessions |
    /// |---|---|
    /// | `ALTER TABLE .. ADD`, `DROP`, `MODIFY`, `RENAME COLUMN`, `CREATE INDEX`, `OPTIMIZE` | go on |
    /// | the key made wider, `INT` to `BIGINT`, as `locals::guide::mysql` says | go on |
    /// | `RENAME TABLE users TO accounts`, then `.with_users("accounts")` | go on |
    /// | `RENAME TABLE users TO other.users` | the server refuses it, as long as the table is [marked](MySqlOptions::users_trigger) |
    /// | a dump of the whole database restored, with its triggers | go on |
    /// | with `foreign_key_checks = 0`: `DROP TABLE users`, and made again | all end at the next start, if [marked](MySqlOptions::users_trigger) |
    /// | with `foreign_key_checks = 0`: users deleted, or `TRUNCATE users` | all end at the next start, if a session has no user by then |
    /// | the reference dropped, and made again | all end at the next start |
    /// | rename the old table, create a new one under its name | [`connect`](crate::AuthBuilder::connect) is refused |
    ///
    /// A program that runs while the table is dropped, or while it or its key is renamed, answers 503 to whoever has a
    /// session or signs in, a second later or four after a pause, until it is started again or the name is back.
    pub fn with_users(self, table: impl Into<UsersTable>) -> MySqlStoreWithUsers {
        MySqlStoreWithUsers::new(self, table.into())
    }

    /// The statements that make the session tables where there is no users table, for whoever applies them by
    /// hand: see [`MySqlOptions::migrations`]. With a users table they are those of
    /// [`MySqlStoreWithUsers::schema_sql`].
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect).
    pub async fn schema_sql(&self) -> Result<String, StoreError> {
        self.ddl(None).await
    }

    async fn ddl(&self, users: Option<&UsersTable>) -> Result<String, StoreError> {
        let mut setup = self.setup().await?;
        let found = match users {
            Some(users) => Some(setup.find(users, None).await?),
            None => None,
        };
        setup.ddl(found.as_ref())
    }

    /// Until it serves: a start does not wait longer for what may be away than for a connection.
    async fn wait(&self) -> Result<(), StoreError> {
        let patience = self.inner.patience;
        self.connections().wait(patience).await?;
        self.connections().wait_to_write(patience).await;
        Ok(())
    }

    fn connections(&self) -> &Connections {
        &self.inner.connections
    }

    /// What [`Store::prepare`] has found out.
    fn served(&self) -> Result<&Served, StoreError> {
        let served = self.served.get();
        served.map(|served| &**served).ok_or_else(unprepared)
    }

    fn tables(&self) -> Result<&Tables, StoreError> {
        Ok(&self.served()?.tables)
    }

    fn warnings(&self) -> Vec<String> {
        let served = self.served.get().map(|served| served.warnings.clone());
        served.unwrap_or_default()
    }
}

impl fmt::Debug for MySqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MySqlStore")
            .field("database", &self.inner.database)
            .field("prefix", &self.inner.prefix)
            .finish_non_exhaustive()
    }
}

impl SessionStore for MySqlStore {
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        StoreFuture::later(
            async move { self.tables()?.replace(self.connections(), new, ended).await },
        )
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        StoreFuture::later(async move { self.tables()?.load(self.connections(), id).await })
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        StoreFuture::later(async move { self.tables()?.update(self.connections(), &update).await })
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        StoreFuture::later(async move { self.tables()?.end(self.connections(), &sessions).await })
    }

    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        let external_ref = external_ref.to_owned();
        StoreFuture::later(async move {
            let tables = self.tables()?;
            tables
                .delete_by_external_ref(self.connections(), &external_ref)
                .await
        })
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        StoreFuture::later(async move {
            let ended = self.tables()?.end(self.connections(), &[id]).await?;
            Ok(ended > 0)
        })
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        StoreFuture::later(async move {
            let tables = self.tables()?;
            tables
                .delete_of_user(self.connections(), &user, which)
                .await
        })
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        StoreFuture::later(async move { self.tables()?.list(self.connections(), &user, now).await })
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        StoreFuture::later(async move {
            let tables = self.tables()?;
            tables
                .delete_expired(self.connections(), deadline, limit)
                .await
        })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(async move { self.tables()?.ping(self.connections()).await })
    }
}

super::no_other_users!(MySqlStore);

impl Store<UserId> for MySqlStore {
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        let record = self.load(credential.id);
        record.and_then(move |record| {
            Ok(record.and_then(|record| record.opened_by(&credential.secret_hash)))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
        let id = self.tables().map(|tables| tables.key.canonical(id));
        StoreFuture::ready(id.map(|id| id.map(|id| (id.clone(), id))))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(setup::bounded(async move {
            self.connections().begin_writing();
            self.setup().await?.make_tables(None).await?;
            self.wait().await
        }))
    }

    fn warnings(&self) -> Vec<String> {
        MySqlStore::warnings(self)
    }
}

fn unprepared() -> StoreError {
    StoreError::Setup("the store is used before `Auth::builder(store).connect().await`".to_owned())
}
