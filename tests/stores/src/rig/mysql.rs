//! MySQL or MariaDB: a database for each test.

use super::{KeepsUsers, Limited, Manner, Place, Server, through};
use crate::program::Account;
use locals::{Auth, MySqlStore, RedisStore, StoreError};
use mysql_async::{Conn, Opts, OptsBuilder};
use std::time::{Duration, Instant};
use test_servers::{MySql, MySqlDatabase, MySqlInstance, MySqlOptions, PROCESSLIST, Proxy};
use tokio::{sync::Mutex, time::sleep};

/// The users of a [`Program`](crate::program::Program): eight of them, so that each connection that writes has some.
pub const USERS: &str = "CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(64) NOT NULL);
    INSERT INTO users VALUES (1, 'user 1'), (2, 'user 2'), (3, 'user 3'), (4, 'user 4'),
                             (5, 'user 5'), (6, 'user 6'), (7, 'user 7'), (8, 'user 8')";

/// Who asks a server of one test: `read_only` holds for them, and not for `root`.
const APP: &str = "app";

const PASSWORD: &str = "secret";

/// As many clients as a small server serves: two programs of eight connections, and one more of each when it starts.
const MOST: usize = 20;

/// What a question about InnoDB's transactions is answered now. Its table shows them as they were at the last look,
/// until nobody has looked for a tenth of a second: so one looks at a time, and waits before.
pub async fn of_transactions(ask: impl FnOnce() -> String) -> String {
    static LOOKING: Mutex<()> = Mutex::const_new(());
    let _alone = LOOKING.lock().await;
    sleep(Duration::from_millis(120)).await;
    ask()
}

/// Waits until no connection of which this holds is in a transaction.
///
/// # Panics
///
/// Where one is after two seconds.
pub async fn leaves_nothing(ask: impl Fn(&str) -> String, whose: &str) {
    let left = format!(
        "SELECT COUNT(*) FROM information_schema.innodb_trx t
         JOIN {PROCESSLIST} p ON p.id = t.trx_mysql_thread_id WHERE {whose}"
    );
    let start = Instant::now();
    loop {
        let count = of_transactions(|| ask(&left)).await;
        if count == "0" {
            return;
        }
        let is_late = start.elapsed() > Duration::from_secs(2);
        assert!(!is_late, "{count} connections hold something still");
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

impl Place for MySqlDatabase {
    type Store = MySqlStore;
    type Server = MySqlInstance;

    /// It can be set.
    const CONNECTING: Duration = Duration::ZERO;
    /// After authentication.
    const BEFORE_IT_IS_READY: Duration = Duration::from_millis(300);
    const CUT_OF_A_READ: usize = 9;
    /// The reply has 11 bytes.
    const CUTS_OF_A_SIGN_OUT: &'static [usize] = &[0, 4, 7, 10];

    fn new() -> Option<Self> {
        let database = MySql::shared()?.database();
        database.execute(USERS);
        Some(database)
    }

    fn port(&self) -> u16 {
        let server = MySql::shared().expect("there is the database of it");
        server.port()
    }

    async fn store_by(&self, port: u16, manner: Manner) -> Result<MySqlStore, StoreError> {
        let url = through(port, &self.url(), Place::port(self));
        let options = MySqlStore::options(url)?;
        let options = match manner {
            Manner::Usual => options,
            Manner::Impatient => options.connect_timeout(Duration::from_secs(1)),
            Manner::Narrow => options.read_connections(1).write_connections(1),
        };
        options.connect().await
    }

    fn rows(&self) -> u64 {
        number(&self.text("SELECT COUNT(*) FROM locals_sessions"))
    }

    async fn rows_of(&self, user: &str) -> u64 {
        number(&self.text(&format!(
            "SELECT COUNT(*) FROM locals_sessions WHERE user_id = '{user}'"
        )))
    }

    async fn leaves_nothing(&self) {
        let whose = format!("p.db = '{}'", self.name());
        leaves_nothing(|sql| self.text(sql), &whose).await;
    }

    /// Its statements are prepared by then: the row has about 300 bytes of them, the others as many together.
    fn cuts_of_a_sign_in() -> Vec<usize> {
        (0..800).step_by(17).collect()
    }

    /// Of each statement one; two of them have rows, with their columns' names.
    fn cuts_of_its_reply() -> Vec<usize> {
        (0..520).step_by(9).collect()
    }

    fn cut_on_acknowledgement(proxy: &Proxy) {
        proxy.cut_on_commit_reply();
    }
}

/// How many connections stores have now.
///
/// # Panics
///
/// Where the server does not answer.
pub fn count(instance: &MySqlInstance) -> usize {
    let text = instance.text(&format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE user = '{APP}'"
    ));
    text.parse().expect("a number")
}

/// One that another may follow, with the users of a [`Program`](crate::program::Program). `None` where there is none,
/// which has been told then.
pub fn primary() -> Option<MySqlInstance> {
    // Else nobody but an administrator may make the mark of the users table.
    let trusted = ("log_bin_trust_function_creators", "ON");
    started(MySqlOptions {
        replicated: true,
        ..MySqlOptions::with(&[trusted])
    })
}

/// Where a store finds whichever of them takes writes.
pub fn both(first: &MySqlInstance, second: &MySqlInstance) -> String {
    let (first, second) = (first.port(), second.port());
    format!("mysql://{APP}:{PASSWORD}@127.0.0.1:{first},127.0.0.1:{second}/test")
}

fn started(options: MySqlOptions) -> Option<MySqlInstance> {
    let instance = MySqlInstance::start(options)?;
    instance.execute(&format!(
        "CREATE USER {APP}@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON test.* TO {APP}@'%'"
    ));
    instance.execute(USERS);
    Some(instance)
}

impl Server for MySqlInstance {
    type Store = MySqlStore;

    const CONNECTIONS: usize = 8;

    fn lasting() -> Option<Self> {
        started(MySqlOptions::default())
    }

    fn url(&self) -> String {
        let port = MySqlInstance::port(self);
        format!("mysql://{APP}:{PASSWORD}@127.0.0.1:{port}/test")
    }

    fn port(&self) -> u16 {
        MySqlInstance::port(self)
    }

    fn pause(&self) {
        MySqlInstance::pause(self);
    }

    fn resume(&self) {
        MySqlInstance::resume(self);
    }

    fn kill(&self) {
        MySqlInstance::kill(self);
    }

    fn start_again(&self) {
        MySqlInstance::start_again(self);
    }

    fn restart(&self) {
        MySqlInstance::restart(self);
    }

    fn kill_connections(&self) -> usize {
        MySqlInstance::kill_connections(self, APP)
    }

    async fn leaves_nothing(&self) {
        let whose = format!("p.user = '{APP}'");
        leaves_nothing(|sql| self.text(sql), &whose).await;
    }
}

impl Limited for MySqlInstance {
    type Crowd = Vec<Conn>;

    fn small() -> Option<Self> {
        let most = MOST.to_string();
        started(MySqlOptions::with(&[("max_connections", &most)]))
    }

    fn impatient_url(&self) -> String {
        format!("{}?connect-timeout=1", Server::url(self))
    }

    async fn crowd(&self) -> Vec<Conn> {
        let opts = Opts::from_url(&Server::url(self)).expect("a URL");
        let opts = Opts::from(OptsBuilder::from_opts(opts).prefer_socket(false));
        let start = Instant::now();
        let mut crowd = Vec::new();
        while crowd.len() < MOST {
            assert!(start.elapsed() < Duration::from_secs(5), "{}", crowd.len());
            match Conn::new(opts.clone()).await {
                Ok(conn) => crowd.push(conn),
                // Those whom they follow have not left yet.
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
        }
        crowd
    }

    fn has_turned_away(&self) -> bool {
        let turned_away = self.text(
            "SHOW GLOBAL STATUS WHERE Variable_name = 'Connection_errors_max_connections' AND Value > 0",
        );
        !turned_away.is_empty()
    }

    fn set_read_only(&self, is_read_only: bool) {
        MySqlInstance::set_read_only(self, is_read_only);
    }
}

impl KeepsUsers for MySqlInstance {
    const READING: usize = 6;

    fn connections(&self) -> usize {
        count(self)
    }

    async fn users_of(&self, sessions: RedisStore) -> Auth<Account> {
        let users = MySqlStore::connect(Server::url(self)).await;
        let users = users.expect("a store").with_users("users");
        let auth = Auth::<Account>::builder(sessions).users_from(users);
        auth.connect().await.expect("stores that are ready")
    }
}
