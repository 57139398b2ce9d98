//! [`PostgresOptions`]: how to connect, and what our tables are called.

use super::{
    Inner, PostgresStore,
    connections::Connections,
    dial::{Dialer, Dialing, dialer, given_dialer, refuses_options},
    limits::{LIMITS, LIMITS_OF_SETUP},
    purpose::Shared,
    statement::Statements,
    target::Target,
    tls::Tls,
};
use crate::{
    error::StoreError,
    store::sql::{check_count, check_name, refuse},
};
use std::{
    fmt,
    ops::RangeInclusive,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::watch};
use tokio_postgres::{
    Config, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT_OF_SEVERAL: Duration = Duration::from_secs(1);

const WRITE_CONNECTIONS: RangeInclusive<usize> = 1..=16;

/// The longest name of ours is the prefix and `sessions_by_external_ref`, of 63 that PostgreSQL keeps.
const LONGEST_PREFIX: usize = 38;

/// The options of a [`PostgresStore`]; made by [`PostgresStore::options`].
///
/// A connection string is a URL, `postgres://user:password@host:5432/database?key=value`, with what is no
/// letter, digit or `-._~` in a password percent-encoded (RFC 3986 §2.1), or pairs, `host=.. user=..`. Of
/// [libpq's keys](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS) are known:
///
/// | key | |
/// |---|---|
/// | `host`, `hostaddr`, `port` | several of each are tried in turn; a directory is that of a Unix socket |
/// | `user`, `password`, `dbname`, `application_name`, `options` | |
/// | `sslmode` | `disable`, `prefer`, `require`, `verify-ca`, `verify-full`; `no-verify` |
/// | `sslrootcert`, `sslcert`, `sslkey`, `sslnegotiation`, `channel_binding` | `sslrootcert=system`: the platform's, which `verify-ca` does not take |
/// | `target_session_attrs` | by default a server that takes no writes is read from if there is no other, a standby never; `read-write`, `primary`: neither; `any`: both, and what a standby does not know yet to have ended is good there |
/// | `load_balance_hosts` | `disable`, `random` |
/// | `connect_timeout`, `keepalives*`, `tcp_user_timeout` | |
/// | `pgbouncer` | [`pooled`](Self::pooled) |
///
/// Any other is an error that names it. A session store carries what signs people in, so encryption is
/// stricter than libpq's: without `sslmode`, and with `require`, the certificate is verified, unless the server
/// is on this machine.
///
/// ```no_run
/// # async fn connect() -> Result<(), locals::StoreError> {
/// use locals::PostgresStore;
///
/// let store = PostgresStore::options("postgres://app@db1.example,db2.example/app")?
///     .schema("sessions")
///     .write_connections(4)
///     .connect()
///     .await?;
/// # Ok(()) }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
#[derive(Clone, Debug)]
#[must_use = "nothing is connected until `connect().await`"]
pub struct PostgresOptions {
    source: Source,
    schema: Option<String>,
    prefix: String,
    write_connections: usize,
    pooled: Option<bool>,
    migrates: bool,
    connect_timeout: Option<Duration>,
    allow_plaintext: bool,
    allow_unverified_tls: bool,
    allow_stale_reads: bool,
}

/// Where connections come from.
#[derive(Clone)]
enum Source {
    Target(Box<Target>),
    Given(Arc<dyn Fn(&Dialing) -> Dialer + Send + Sync>),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(target) => target.fmt(f),
            Self::Given(_) => f.write_str("Config"),
        }
    }
}

impl PostgresOptions {
    pub(super) fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self::of(Source::Target(Box::new(Target::parse(url)?))))
    }

    /// The options of the environment's `PGHOST`, `PGUSER`, `PGPASSWORD`, `PGDATABASE` and so on, as `psql`
    /// reads them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with the variable that is wrong, and what is wrong with it.
    pub fn from_env() -> Result<Self, StoreError> {
        Ok(Self::of(Source::Target(Box::new(Target::from_env()?))))
    }

    pub(super) fn with_config<T>(config: Config, tls: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        Self::of(Source::Given(Arc::new(move |how| {
            given_dialer(config.clone(), tls.clone(), how)
        })))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            schema: None,
            prefix: "locals_".to_owned(),
            write_connections: 2,
            pooled: None,
            migrates: true,
            connect_timeout: None,
            allow_plaintext: false,
            allow_unverified_tls: false,
            allow_stale_reads: false,
        }
    }

    /// The schema of our tables, which is made if it is not there. Default: the first on the role's
    /// `search_path`.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// What the names of our tables begin with: at most 38 letters, digits and underscores. Default: `locals_`.
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How many connections write, 1 to 16. Default: 2.
    ///
    /// One commits one transaction after the other, so this is what bounds how many people can sign in at a
    /// time; the writes of one user go by the same, unless that is busy.
    pub fn write_connections(mut self, count: usize) -> Self {
        self.write_connections = count;
        self
    }

    /// Whether a transaction pooler stands before the server: PgBouncer, Supavisor, RDS Proxy and so on.
    /// Default: told by `pgbouncer=true`, by the host's name and by what the server answers.
    ///
    /// Then nothing is prepared, nothing is set for a connection, and one thing is asked at a time on each: a
    /// read is several times the work for the server. There are four connections that read, and at least four
    /// that write; where the pooler is found out by its answers, as many as there were. No tables are made or
    /// changed: connect directly once, or apply [`schema_sql`](super::PostgresStoreWithUsers::schema_sql).
    pub fn pooled(mut self, pooled: bool) -> Self {
        self.pooled = Some(pooled);
        self
    }

    /// Whether the tables are made where they are not there, and changed where they have to be. Default: `true`.
    ///
    /// That takes `CREATE` on their schema, and `SELECT` and `REFERENCES` on the users table; who changes them has to
    /// own them. With `false` they are only looked at, and an error has the statements that make them, which
    /// [`schema_sql`](super::PostgresStoreWithUsers::schema_sql) gives out too. The role then needs `USAGE` on
    /// the schema, `SELECT`, `INSERT`, `UPDATE` and `DELETE` on `locals_sessions`, `SELECT` on `locals_meta` and
    /// on the columns that are read of the users table, and `EXECUTE` on the two functions, which everybody has
    /// by default.
    pub fn migrations(mut self, migrates: bool) -> Self {
        self.migrates = migrates;
        self
    }

    /// How long connecting to one host may take, TLS and authentication included. Default: what the connection
    /// string says, or 2 seconds, or 1 where there are several hosts.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Lets `sslmode=disable` and `prefer` hold for servers on other machines too: whoever is on the network
    /// between can read and change what is sent.
    pub fn allow_plaintext(mut self) -> Self {
        self.allow_plaintext = true;
        self
    }

    /// Takes any certificate for the server's: whoever is on the network between can be the server.
    pub fn allow_unverified_tls(mut self) -> Self {
        self.allow_unverified_tls = true;
        self
    }

    /// Reads from a standby if no other server is there, as `target_session_attrs=any` does: what a standby does
    /// not know yet to have ended is good there. Where the connection string has `target_session_attrs`, that
    /// holds.
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
    pub async fn connect(self) -> Result<PostgresStore, StoreError> {
        self.check()?;
        let runtime = Handle::try_current().or_else(|_| {
            refuse(
                "connect to PostgreSQL in a tokio runtime: its connections live there".to_owned(),
            )
        })?;
        let (expects_pooler, warnings) = self.pooling();
        let is_pooled = Arc::new(AtomicBool::new(expects_pooler));
        let dialer = self.dialer(LIMITS, &is_pooled)?;
        let setup_dialer = self.dialer(LIMITS_OF_SETUP, &is_pooled)?;
        // Whatever is wrong is said here, and not by the tasks.
        let first = dialer(super::dial::Wants::Any).await?;
        drop(first);
        let shared = Shared {
            dialer,
            statements: Arc::new(Statements::default()),
            runtime,
            is_pooled,
            writer_found: Arc::new(watch::Sender::new(())),
        };
        let inner = Inner {
            connections: Connections::start(&shared, self.write_connections),
            setup_dialer,
            patience: self.timeout(),
            shared,
            schema: self.schema,
            prefix: self.prefix,
            migrates: self.migrates,
            expects_pooler,
            warnings,
        };
        Ok(PostgresStore {
            inner: Arc::new(inner),
            served: OnceLock::new(),
        })
    }

    fn check(&self) -> Result<(), StoreError> {
        if let Some(schema) = &self.schema {
            check_name("the name of a schema", schema, 63)?;
        }
        check_name(
            "what our tables' names begin with",
            &self.prefix,
            LONGEST_PREFIX,
        )?;
        check_count(self.write_connections, WRITE_CONNECTIONS, "write")
    }

    fn timeout(&self) -> Duration {
        let given = match &self.source {
            Source::Target(target) => target.connect_timeout(),
            Source::Given(_) => None,
        };
        let default = match &self.source {
            // One that has vanished keeps nobody from the next.
            Source::Target(target) if target.hosts().len() > 1 => CONNECT_TIMEOUT_OF_SEVERAL,
            Source::Target(_) | Source::Given(_) => CONNECT_TIMEOUT,
        };
        self.connect_timeout.or(given).unwrap_or(default)
    }

    /// Whether there is a pooler, and what to say of it where that was guessed.
    fn pooling(&self) -> (bool, Vec<String>) {
        let Source::Target(target) = &self.source else {
            return (self.pooled == Some(true), Vec::new());
        };
        match (self.pooled, target.looks_pooled()) {
            (Some(pooled), _) => (pooled, Vec::new()),
            (None, Some(reason)) => {
                let warning = format!(
                    "taken for a transaction pooler ({reason}): statements are not prepared, and one is asked at a \
                     time; say `pooled(true)` if it is one, `pooled(false)` if not"
                );
                (true, vec![warning])
            }
            (None, None) => (target.is_pooled(), Vec::new()),
        }
    }

    /// Connects in one way or the other, by what is known of a pooler at that moment.
    fn dialer(&self, limits: &str, is_pooled: &Arc<AtomicBool>) -> Result<Dialer, StoreError> {
        let made = |options: Option<String>| {
            let how = Dialing {
                options,
                timeout: self.timeout(),
                allows_stale_reads: self.allow_stale_reads,
            };
            Ok::<_, StoreError>(match &self.source {
                Source::Target(target) => {
                    let tls = Tls::new(target, self.allow_plaintext, self.allow_unverified_tls)?;
                    dialer((**target).clone(), tls, how)
                }
                Source::Given(dialer) => dialer(&how),
            })
        };
        let (direct, pooled) = (made(Some(limits.to_owned()))?, made(None)?);
        let is_pooled = Arc::clone(is_pooled);
        Ok(Arc::new(move |wants| {
            let (direct, pooled) = (Arc::clone(&direct), Arc::clone(&pooled));
            let is_pooled = Arc::clone(&is_pooled);
            Box::pin(async move {
                if !is_pooled.load(Ordering::Relaxed) {
                    match direct(wants).await {
                        Err(error) if refuses_options(&error) => {
                            is_pooled.store(true, Ordering::Relaxed);
                        }
                        dialed => return dialed,
                    }
                }
                pooled(wants).await
            })
        }))
    }
}
