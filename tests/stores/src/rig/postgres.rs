//! PostgreSQL: a schema for each test.

use super::{KeepsUsers, Limited, Manner, Place, Server, through};
use crate::program::Account;
use locals::{Auth, PostgresStore, RedisStore, StoreError};
use std::time::{Duration, Instant};
use test_servers::{Instance, Options, Postgres, Proxy, Schema};
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls};

/// The users of a [`Program`](crate::program::Program): eight of them, so that each connection that writes has some.
pub const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL); \
     INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 8) n";

/// The connections of a store, by the name that it gives them.
const OURS: &str = "application_name = 'locals'";

/// As many clients as a small server serves, its superuser included.
const MOST: usize = 12;

/// The schema's URL; connections by it are called like the schema.
pub fn named(schema: &Schema) -> String {
    format!("{}&application_name={}", schema.url(), schema.name())
}

/// Waits until no connection of which this holds is in a transaction, or has an advisory lock.
///
/// # Panics
///
/// Where one does so after two seconds.
pub async fn leaves_nothing(ask: impl Fn(&str) -> String, whose: &str) {
    let left = format!(
        "SELECT count(*) FROM pg_stat_activity a
         WHERE {whose} AND pid <> pg_backend_pid()
           AND (state LIKE 'idle in transaction%'
                OR EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory'))"
    );
    let start = Instant::now();
    loop {
        let count = ask(&left);
        if count == "0" {
            return;
        }
        let is_late = start.elapsed() > Duration::from_secs(2);
        assert!(!is_late, "{count} connections hold something still");
        sleep(Duration::from_millis(20)).await;
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

impl Place for Schema {
    type Store = PostgresStore;
    type Server = Instance;

    /// It can be set.
    const CONNECTING: Duration = Duration::ZERO;
    /// After authentication.
    const BEFORE_IT_IS_READY: Duration = Duration::from_millis(700);
    const CUT_OF_A_READ: usize = 9;
    const CUTS_OF_A_SIGN_OUT: &'static [usize] = &[0, 5, 20, 33];

    fn new() -> Option<Self> {
        let schema = Postgres::shared()?.schema();
        schema.execute(USERS);
        Some(schema)
    }

    fn port(&self) -> u16 {
        let server = Postgres::shared().expect("there is the schema of it");
        server.port()
    }

    async fn store_by(&self, port: u16, manner: Manner) -> Result<PostgresStore, StoreError> {
        let url = through(port, &named(self), Place::port(self));
        let options = PostgresStore::options(url)?;
        let options = match manner {
            Manner::Usual => options,
            Manner::Impatient => options.connect_timeout(Duration::from_secs(1)),
            Manner::Narrow => options.write_connections(1),
        };
        options.connect().await
    }

    fn rows(&self) -> u64 {
        number(&self.text("SELECT count(*) FROM locals_sessions"))
    }

    async fn rows_of(&self, user: &str) -> u64 {
        number(&self.text(&format!(
            "SELECT count(*) FROM locals_sessions WHERE user_id = '{user}'"
        )))
    }

    async fn leaves_nothing(&self) {
        let whose = format!("application_name = '{}'", self.name());
        leaves_nothing(|sql| self.text(sql), &whose).await;
    }

    /// BEGIN, the lock, the row, the eviction and COMMIT have about 800 bytes.
    fn cuts_of_a_sign_in() -> Vec<usize> {
        let around_the_begin = (0..60).step_by(5);
        around_the_begin.chain((61..900).step_by(23)).collect()
    }

    /// The shortest message is one of five bytes, so each is cut in two or before its end; the reply has 150 bytes.
    fn cuts_of_its_reply() -> Vec<usize> {
        (0..170).step_by(4).collect()
    }

    fn cut_on_acknowledgement(proxy: &Proxy) {
        proxy.cut_on_commit_reply();
    }
}

fn started(settings: Vec<(&'static str, String)>) -> Option<Instance> {
    let instance = Instance::start(Options {
        settings,
        without_fsync: true,
        ..Options::default()
    })?;
    instance.execute(USERS);
    Some(instance)
}

impl Server for Instance {
    type Store = PostgresStore;

    const CONNECTIONS: usize = 3;

    fn lasting() -> Option<Self> {
        started(Vec::new())
    }

    fn url(&self) -> String {
        Instance::url(self)
    }

    fn port(&self) -> u16 {
        Instance::port(self)
    }

    fn pause(&self) {
        Instance::pause(self);
    }

    fn resume(&self) {
        Instance::resume(self);
    }

    fn kill(&self) {
        Instance::kill(self);
    }

    fn start_again(&self) {
        Instance::start_again(self);
    }

    fn restart(&self) {
        Instance::restart(self);
    }

    fn kill_connections(&self) -> usize {
        self.terminate_backends("locals")
    }

    async fn leaves_nothing(&self) {
        leaves_nothing(|sql| self.text(sql), OURS).await;
    }
}

impl Limited for Instance {
    type Crowd = Vec<Client>;

    fn small() -> Option<Self> {
        started(vec![("max_connections", MOST.to_string())])
    }

    fn impatient_url(&self) -> String {
        format!("{}?connect_timeout=1", Instance::url(self))
    }

    async fn crowd(&self) -> Vec<Client> {
        let start = Instant::now();
        let mut crowd = Vec::new();
        while crowd.len() < MOST {
            assert!(start.elapsed() < Duration::from_secs(5), "{}", crowd.len());
            match tokio_postgres::connect(&Instance::url(self), NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    crowd.push(client);
                }
                // Those whom they follow have not left yet.
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
        }
        crowd
    }

    fn has_turned_away(&self) -> bool {
        self.log().contains("too many clients")
    }

    fn set_read_only(&self, is_read_only: bool) {
        Instance::set_read_only(self, is_read_only);
    }
}

impl KeepsUsers for Instance {
    const READING: usize = 1;

    fn connections(&self) -> usize {
        let count = format!("SELECT count(*) FROM pg_stat_activity WHERE {OURS}");
        self.text(&count).parse().expect("a number")
    }

    async fn users_of(&self, sessions: RedisStore) -> Auth<Account> {
        let users = PostgresStore::connect(Instance::url(self)).await;
        let users = users.expect("a store").with_users("users");
        let auth = Auth::<Account>::builder(sessions).users_from(users);
        auth.connect().await.expect("stores that are ready")
    }
}
