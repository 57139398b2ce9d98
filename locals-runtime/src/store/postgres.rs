//! [`PostgresStore`]: sessions in PostgreSQL, for as many machines as there are.
//!
//! Few connections of its own, each made again by a task behind it; a read is one prepared statement, a
//! write one transaction that is sent as a whole. The statements are in [`sql`], the tables in [`schema`].

mod columns;
mod connection;
mod connections;
mod dial;
mod error;
mod key;
mod limits;
mod names;
mod options;
mod param;
mod purpose;
mod record;
mod schema;
mod setup;
mod sql;
mod statement;
mod steps;
mod tables;
mod target;
mod tls;
mod transaction;
mod value;
mod with_users;

pub use options::PostgresOptions;
pub use with_users::PostgresStoreWithUsers;

use super::{
    Credential, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate, Store,
    StoreFuture, Timestamp, UserSessions, sql::UsersTable,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};
use connections::Connections;
use dial::Dialer;
use purpose::Shared;
use std::{
    fmt,
    sync::{Arc, OnceLock, atomic::Ordering},
    time::Duration,
};
use tables::Tables;
use tokio_postgres::{
    Config, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

/// Sessions in PostgreSQL 13 or later; tested on 15.
///
/// ```no_run
/// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
/// use locals::{Auth, PostgresStore};
///
/// #[derive(serde::Deserialize)]
/// struct Account { id: i64, email: String } // columns of the application's table `users`
///
/// let store = PostgresStore::connect("postgres://app@db.example/app").await?.with_users("users");
/// let auth: Auth<Account> = Auth::builder(store).connect().await?;
/// # Ok(()) }
/// ```
///
/// It has three connections of its own, whatever the application uses: one for reads, and
/// [two](PostgresOptions::write_connections) for writes; behind a [pooler](PostgresOptions::pooled) it has eight, and
/// more round trips. Those for writes are made only where it has sessions, and not where it has
/// [users alone](crate::AuthBuilder::users_from). A request with a session is one round trip; so is a sign-in, which
/// is a transaction sent as a whole. Connections that break are made again in the background; meanwhile a request that
/// asks for its session is answered with 503, and its cookie is left alone.
///
/// At most 1024 reads are queued on a connection, those among them for which nobody waits any more; one more is
/// [`StoreError::Overloaded`]. Once a second, if anything was read, it is asked whether the server that is read from
/// takes writes still: if not, and another one does, reads go there.
///
/// A sign-in, a sign-out or another token is committed before it is answered, as durably as the server is set
/// up, and on its disk at least; a renewal of the deadlines alone does not wait for the disk. A transaction of
/// the application that is not committed yet can keep a sign-in of the same user waiting, for half a second, twice:
/// commit before you sign in.
///
/// The store makes the tables `locals_sessions` and `locals_meta`, of which the first refers to the users
/// table: sessions of a user who is deleted end, and sessions follow a user whose key changes. The functions
/// `locals_guard` and `locals_guard_lookup` beside them tell whether that reference still holds.
///
/// Cloning gives another handle to the same connections; each [`Auth`](crate::Auth) is built on one of its
/// own. The connections live in the runtime in which the store was connected.
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
#[derive(Clone)]
pub struct PostgresStore {
    inner: Arc<Inner>,
    /// Known once the tables are there; see [`Store::prepare`].
    served: OnceLock<Arc<Served>>,
}

struct Inner {
    shared: Shared,
    setup_dialer: Dialer,
    connections: Connections,
    /// How long a first connection is waited for.
    patience: Duration,
    schema: Option<String>,
    prefix: String,
    migrates: bool,
    /// Whether a pooler was spoken of, or guessed, before anything was asked.
    expects_pooler: bool,
    warnings: Vec<String>,
}

/// The tables, and what there is to say of them.
#[derive(Debug)]
struct Served {
    tables: Tables,
    /// The name of the reference to the users table.
    guard: String,
    warnings: Vec<String>,
}

impl PostgresStore {
    /// Connects with the default options.
    ///
    /// `url` is what `psql` takes: `postgres://user:password@host:5432/database?sslmode=verify-full`, or the
    /// form `host=.. dbname=..`; [`PostgresOptions`] says what of it is known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong with it and what to write, and if the server refuses the user
    /// or the database; [`StoreError::Unavailable`] if it cannot be reached.
    pub async fn connect(url: impl AsRef<str>) -> Result<Self, StoreError> {
        Self::options(url)?.connect().await
    }

    /// The options of a connection string.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong with it.
    pub fn options(url: impl AsRef<str>) -> Result<PostgresOptions, StoreError> {
        PostgresOptions::new(url.as_ref())
    }

    /// The options for a configuration of tokio-postgres, with the TLS of your choice. What is in the
    /// configuration is used as it is, but for two things: `connect_timeout` bounds TLS and authentication too, and
    /// whatever `target_session_attrs` is, a server that takes writes is taken if there is one, and a standby is
    /// never read from without [`allow_stale_reads`](PostgresOptions::allow_stale_reads).
    pub fn with_config<T>(config: Config, tls: T) -> PostgresOptions
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        PostgresOptions::with_config(config, tls)
    }

    /// Brings users from a table of the same database, together with their session, in one statement.
    ///
    /// The fields of the `U` of [`Auth<U>`](crate::Auth) are columns of that table; [`UsersTable`] says which
    /// column may be which field. `"auth.accounts"` is a table of a schema; without one, the connection's
    /// `search_path` decides. The table must be there when
    /// [`AuthBuilder::connect`](crate::AuthBuilder::connect) is called; that checks it.
    ///
    /// What a migration of that table does to the sessions:
    ///
    /// | migration | sessions |
    /// |---|---|
    /// | `ALTER TABLE .. ADD`, `DROP`, `RENAME` or `ALTER COLUMN`, `CREATE INDEX`, `VACUUM` | go on |
    /// | the key made wider, `integer` to `bigint` | go on; the next start widens ours |
    /// | `ALTER TABLE users RENAME TO accounts` or `SET SCHEMA`, then `.with_users("accounts")` | go on |
    /// | `RENAME COLUMN` of the key, then `.key(..)` with the new name | go on |
    /// | a dump of the whole database restored | go on |
    /// | `DROP TABLE users CASCADE`, and made again | all end at the next start |
    /// | the reference dropped, and made again | all end at the next start |
    /// | `TRUNCATE users CASCADE` | all end |
    /// | rename the old table, create a new one under its name | [`connect`](crate::AuthBuilder::connect) is refused |
    ///
    /// A program that runs while the table is dropped, or while it, its key or a column that the type names is
    /// renamed, answers 503 to whoever has a session or signs in, until it is started again or the name is back.
    pub fn with_users(self, table: impl Into<UsersTable>) -> PostgresStoreWithUsers {
        PostgresStoreWithUsers::new(self, table.into())
    }

    /// The statements that make the session tables where there is no users table, for whoever applies them by
    /// hand: see [`PostgresOptions::migrations`]. With a users table they are those of
    /// [`PostgresStoreWithUsers::schema_sql`].
    ///
    /// # Errors
    ///
    /// Those of [`connect`](Self::connect).
    pub async fn schema_sql(&self) -> Result<String, StoreError> {
        self.ddl(None).await
    }

    async fn ddl(&self, users: Option<&UsersTable>) -> Result<String, StoreError> {
        let setup = self.setup().await?;
        let found = match users {
            Some(users) => Some(setup.find(users, None).await?),
            None => None,
        };
        setup.ddl(found.as_ref())
    }

    fn connections(&self) -> &Connections {
        &self.inner.connections
    }

    async fn prepare_statements(&self) -> Result<(), StoreError> {
        self.connections().prepare(self.inner.patience).await
    }

    /// What [`Store::prepare`] has found out.
    fn served(&self) -> Result<&Served, StoreError> {
        let served = self.served.get();
        served.map(|served| &**served).ok_or_else(unprepared)
    }

    fn tables(&self) -> Result<&Tables, StoreError> {
        Ok(&self.served()?.tables)
    }

    /// As far as is known by now.
    fn is_pooled(&self) -> bool {
        self.inner.shared.is_pooled.load(Ordering::Relaxed)
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.inner.warnings.clone();
        if self.is_pooled() && !self.inner.expects_pooler {
            warnings.push(
                "a transaction pooler stands before PostgreSQL: statements are not prepared, and one is asked \
                 at a time; set `pooled(true)`, or connect directly"
                    .to_owned(),
            );
        }
        let served = self.served.get().map(|served| served.warnings.clone());
        warnings.extend(served.unwrap_or_default());
        warnings
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("schema", &self.inner.schema)
            .field("prefix", &self.inner.prefix)
            .finish_non_exhaustive()
    }
}

impl SessionStore for PostgresStore {
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

super::no_other_users!(PostgresStore);

impl Store<UserId> for PostgresStore {
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
            self.prepare_statements().await
        }))
    }

    fn warnings(&self) -> Vec<String> {
        PostgresStore::warnings(self)
    }
}

fn unprepared() -> StoreError {
    StoreError::Setup("the store is used before `Auth::builder(store).connect().await`".to_owned())
}
