//! [`MySqlOptions`]: how to connect, and what our tables are called.

mod database;
#[cfg(test)]
mod tests;

use super::{
    Inner, MySqlStore,
    connections::Connections,
    dial::{Dialer, LIMITS, LIMITS_OF_SETUP, Limits, Route, Terms, Wants, dialer},
    purpose::Shared,
    statement::Statements,
    target::Target,
    tls::Tls,
};
use crate::{
    error::StoreError,
    store::sql::{check_count, check_name, refuse},
};
use database::check_database;
use mysql_async::Opts;
use std::{
    fmt,
    ops::RangeInclusive,
    sync::{Arc, OnceLock, atomic::AtomicU64},
    time::Duration,
};
use tokio::runtime::Handle;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT_OF_SEVERAL: Duration = Duration::from_secs(1);

const READ_CONNECTIONS: RangeInclusive<usize> = 1..=64;
const WRITE_CONNECTIONS: RangeInclusive<usize> = 1..=16;

/// Of 64 characters that MySQL lets a name have, it leaves room for ours.
const LONGEST_PREFIX: usize = 38;

/// The options of a [`MySqlStore`]; made by [`MySqlStore::options`].
///
/// A URL is `mysql://user:password@host:3306/database?key=value`, or the same with `mariadb://`; what is no letter,
/// digit or `-._~` in a password is percent-encoded (RFC 3986 §2.1), and an IPv6 address is put in brackets. Several
/// hosts, `host:3306,host:3306`, are the nodes of a cluster, or a server and those that may take its place: they are
/// tried in their order, and the first that takes writes is taken. Of parameters are known:
///
/// | key | |
/// |---|---|
/// | `ssl-mode` | `DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY`; `no-verify` |
/// | `ssl-ca` | the file of the root certificates, in PEM, instead of the platform's |
/// | `ssl-cert`, `ssl-key` | the files of our own certificate and its key, in PEM |
/// | `connect-timeout` | [`connect_timeout`](Self::connect_timeout), in whole seconds |
/// | `socket` | the path of a Unix socket; the host is then `localhost` or left out |
/// | `charset` | `utf8mb4`, which it always is |
/// | `require_ssl`, `verify_ca`, `verify_identity` | the driver's own way to say `ssl-mode` |
///
/// `ssl_mode`, `sslmode` and `sslMode` are the same, and so it is with the others; a mode may be in small letters, or
/// one of PostgreSQL's (`require`, `verify-full`). Any other parameter is an error that names it.
///
/// A session store carries what signs people in, so encryption is stricter than MySQL's own. Without `ssl-mode` a
/// server on this machine is connected to in plaintext, and any other by TLS. `REQUIRED` verifies the certificate, and
/// `VERIFY_CA` is as strict as `VERIFY_IDENTITY`: the certificate has to be the host's, because the driver is not able
/// to take one for another name. Nothing goes to another machine in plaintext, and none but a verified server is
/// connected to, unless [`allow_plaintext`](Self::allow_plaintext) or `no-verify` says so.
///
/// The driver takes rustls' provider of cryptography from the process. Where the application has set none before, the
/// first connection by TLS sets *ring*.
///
/// ```no_run
/// # async fn connect() -> Result<(), locals::StoreError> {
/// use locals::MySqlStore;
///
/// let store = MySqlStore::options("mysql://app:s3cret@db1.example,db2.example/app")?
///     .database("sessions")
///     .write_connections(4)
///     .connect()
///     .await?;
/// # Ok(()) }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "mysql")))]
#[derive(Clone, Debug)]
#[must_use = "nothing is connected until `connect().await`"]
pub struct MySqlOptions {
    source: Source,
    database: Option<String>,
    prefix: String,
    read_connections: usize,
    write_connections: usize,
    migrates: bool,
    has_foreign_key: bool,
    has_users_trigger: bool,
    connect_timeout: Option<Duration>,
    allow_plaintext: bool,
    allow_unverified_tls: bool,
    allow_stale_reads: bool,
}

/// Where connections come from.
#[derive(Clone)]
enum Source {
    Target(Box<Target>),
    Given(Opts),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(target) => target.fmt(f),
            // The driver's own shows the password.
            Self::Given(_) => f.write_str("Opts"),
        }
    }
}

impl MySqlOptions {
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self::of(Source::Target(Box::new(Target::parse(url)?))))
    }

    /// What they say holds, hosts and TLS unchecked, but for `client_found_rows`, `prefer_socket` and the pool.
    pub(super) fn with_opts(opts: Opts) -> Self {
        Self::of(Source::Given(opts))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            database: None,
            prefix: "locals_".to_owned(),
            read_connections: 6,
            write_connections: 2,
            migrates: true,
            has_foreign_key: true,
            has_users_trigger: true,
            connect_timeout: None,
            allow_plaintext: false,
            allow_unverified_tls: false,
            allow_stale_reads: false,
        }
    }

    /// The database of our tables, which is made with them if it is not there. Default: that of the URL.
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.database = Some(database.into());
        self
    }

    /// What the names of our tables begin with: at most 38 letters, digits and underscores. Default: `locals_`.
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How many connections read, 1 to 64. Default: 6.
    ///
    /// One answers one question after the other, so this bounds how many requests learn of their session at a time.
    pub fn read_connections(mut self, count: usize) -> Self {
        self.read_connections = count;
        self
    }

    /// How many connections write, 1 to 16. Default: 2.
    ///
    /// One commits one transaction after the other, so this is what bounds how many people can sign in at a time.
    pub fn write_connections(mut self, count: usize) -> Self {
        self.write_connections = count;
        self
    }

    /// Whether the tables are made where they are not there, and changed where they have to be. Default: `true`.
    ///
    /// With `false` they are only looked at, and an error has the statements that make them, which
    /// [`schema_sql`](super::MySqlStoreWithUsers::schema_sql) gives out too; the [trigger](Self::users_trigger) is then
    /// made by those statements alone. `locals::guide::mysql` has the rights for either.
    pub fn migrations(mut self, migrates: bool) -> Self {
        self.migrates = migrates;
        self
    }

    /// Whether sessions refer to the users table by a foreign key. Default: `true`.
    ///
    /// `false` is for servers that have none (Vitess, PlanetScale). A user who is deleted still has no session then,
    /// but the rows stay until they expire. A users table that is dropped and made again is not noticed: a session of
    /// the former user opens the account of whoever has that id now. A table of another name is noticed, and refused
    /// at start.
    pub fn foreign_key(mut self, has_foreign_key: bool) -> Self {
        self.has_foreign_key = has_foreign_key;
        self
    }

    /// Whether the users table is given a trigger, which tells it from another one of its name. Default: `true`.
    ///
    /// A MySQL server lets anybody switch its foreign keys off (`foreign_key_checks = 0`, as a dump does that is
    /// restored): a users table can be dropped then and made again, and sessions of those before would open the
    /// accounts of whoever has their ids now. The trigger goes with the table: a program that runs answers 503 within
    /// a second, or four after a pause, and at the next start every session ends. It is named like the foreign key,
    /// does nothing, and is made only where the server lets us; where it does not, a warning at start says so, and only
    /// a session whose user is gone tells of such a gap.
    ///
    /// Rows can be deleted from the table only as long as the account exists that has made the trigger: a program that
    /// starts with another one makes it its own. `false` removes it, for accounts that come and go by themselves, and
    /// for tools that change only tables without triggers. Programs that were started with it go on then, and make it
    /// again when they are started again.
    pub fn users_trigger(mut self, has_users_trigger: bool) -> Self {
        self.has_users_trigger = has_users_trigger;
        self
    }

    /// How long connecting to one server may take, TLS and authentication included. Default: what the URL says, or 2
    /// seconds, or 1 where there are several servers.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Lets `ssl-mode=DISABLED` and `PREFERRED` hold for servers on other machines too, and the latter be the default:
    /// whoever is on the network between can read and change what is sent, and learn the password of the database.
    pub fn allow_plaintext(mut self) -> Self {
        self.allow_plaintext = true;
        self
    }

    /// Takes any certificate for the server's, where `ssl-mode` is `REQUIRED` or not given: whoever is on the network
    /// between can be the server.
    pub fn allow_unverified_tls(mut self) -> Self {
        self.allow_unverified_tls = true;
        self
    }

    /// Where several servers are named and none takes writes, reads from one of them all the same: it may be a replica,
    /// on which a session that was ended is good for as long as it is behind. A server that is named alone is read from
    /// in any case.
    pub fn allow_stale_reads(mut self) -> Self {
        self.allow_stale_reads = true;
        self
    }

    /// Connects.
    ///
    /// The connections live in the runtime in which this is called.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what only whoever runs the program can mend: a password, a name, a
    /// certificate; [`StoreError::Unavailable`] if the server cannot be reached.
    pub async fn connect(self) -> Result<MySqlStore, StoreError> {
        self.check()?;
        let runtime = Handle::try_current().or_else(|_| {
            refuse("connect to the database in a tokio runtime: its connections live there")
        })?;
        let routes = self.routes()?;
        let dialer = self.dialer(&routes, LIMITS);
        let setup_dialer = self.dialer(&routes, LIMITS_OF_SETUP);
        // Whatever is wrong is said here, and not by the tasks.
        let first = dialer(Wants::Any).await?;
        drop(first);
        let shared = Shared {
            dialer,
            statements: Arc::new(Statements::default()),
            runtime,
            losses: Arc::new(AtomicU64::new(0)),
            asked: Arc::new(AtomicU64::new(0)),
        };
        let (reads, writes) = (self.read_connections, self.write_connections);
        let inner = Inner {
            connections: Connections::start(shared, reads, writes),
            setup_dialer,
            patience: self.timeout(),
            database: self.database,
            prefix: self.prefix,
            migrates: self.migrates,
            has_foreign_key: self.has_foreign_key,
            has_users_trigger: self.has_users_trigger,
        };
        Ok(MySqlStore {
            inner: Arc::new(inner),
            served: OnceLock::new(),
        })
    }

    fn check(&self) -> Result<(), StoreError> {
        check_name(
            "what our tables' names begin with",
            &self.prefix,
            LONGEST_PREFIX,
        )?;
        if let Some(database) = &self.database {
            check_database(database)?;
        }
        if let Source::Given(opts) = &self.source
            && opts.db_name().is_none_or(str::is_empty)
        {
            return refuse(
                "the driver's options name no database: call `.db_name(Some(\"..\"))` of their builder",
            );
        }
        check_count(self.read_connections, READ_CONNECTIONS, "read")?;
        check_count(self.write_connections, WRITE_CONNECTIONS, "write")
    }

    fn routes(&self) -> Result<Arc<[Route]>, StoreError> {
        let routes = match &self.source {
            Source::Target(target) => {
                let tls = Tls::new(target, self.allow_plaintext, self.allow_unverified_tls)?;
                Route::all(target, &tls)
            }
            Source::Given(opts) => vec![Route::given(opts)],
        };
        Ok(routes.into())
    }

    fn dialer(&self, routes: &Arc<[Route]>, limits: Limits) -> Dialer {
        let terms = Terms {
            limits,
            timeout: self.timeout(),
            reads_anywhere: self.allow_stale_reads || routes.len() == 1,
        };
        dialer(Arc::clone(routes), terms)
    }

    fn timeout(&self) -> Duration {
        let (given, default) = match &self.source {
            // One that has vanished keeps nobody from the next.
            Source::Target(target) if target.servers().len() > 1 => {
                (target.connect_timeout(), CONNECT_TIMEOUT_OF_SEVERAL)
            }
            Source::Target(target) => (target.connect_timeout(), CONNECT_TIMEOUT),
            Source::Given(_) => (None, CONNECT_TIMEOUT),
        };
        self.connect_timeout.or(given).unwrap_or(default)
    }
}
