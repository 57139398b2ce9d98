//! A pooler in transaction mode in front of a server.

use std::{
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use tokio_postgres::Config;

use crate::{
    guard::Guard,
    home::{Home, attempt},
    port, postgres, programs,
};

/// A pgbouncer of one test: a client has a connection of the server's for one transaction only. It refuses
/// the startup parameter `options`, as it does out of the box. It ends with the value.
pub struct PgBouncer {
    config: Config,
    home: Home,
    port: u16,
    // Held for its end.
    _guard: Guard,
}

impl PgBouncer {
    /// One with at most `pool_size` connections to the server of this URL, all of them as its user,
    /// whoever the client is. `None` where it is not installed, with a line that says so; under `CI=true`
    /// a panic.
    pub fn before(url: &str, pool_size: u16) -> Option<Self> {
        let Some(program) = programs::on_path("pgbouncer") else {
            return programs::skip(programs::NO_PGBOUNCER);
        };
        let home = Home::of("postgres");
        let mut pooler = Self {
            config: url.parse().expect("a connection string"),
            _guard: Guard::of(home.folder(), &home.path("pid"), "TERM"),
            home,
            port: 0,
        };
        let has_started = (0..5).any(|_| {
            pooler.port = port::free();
            let name = format!("{}.ini", pooler.port);
            pooler.home.append(&name, &pooler.settings(pool_size));
            let mut start = pooler.home.command(&program);
            let start = start.args(["--daemon", "--quiet", name.as_str()]);
            attempt(start).is_ok() && pooler.answers()
        });
        assert!(has_started, "pgbouncer does not start");
        Some(pooler)
    }

    fn settings(&self, pool_size: u16) -> String {
        let folder = self.home.folder().display();
        format!(
            "[databases]\n* = {}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\n\
             default_pool_size = {pool_size}\nmax_client_conn = 500\n\
             logfile = {folder}/log\npidfile = {folder}/pid\n",
            self.server(),
            self.port
        )
    }

    /// In the form of the key `*`: the database is the one that the client names.
    fn server(&self) -> String {
        let (host, port) = (postgres::host(&self.config), postgres::port(&self.config));
        let user = self.config.get_user().unwrap_or("postgres");
        let mut server = format!("host={host} port={port} user={user}");
        // It takes no empty one.
        if let Some(password) = self.config.get_password() {
            let password = String::from_utf8_lossy(password).replace('\'', "''");
            server += &format!(" password='{password}'");
        }
        server
    }

    /// Whether it listens, and has said who it is: the guard looks for that.
    fn answers(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if self.home.path("pid").exists() && self.is_listening() {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    fn is_listening(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's database, through the pooler.
    pub fn url(&self) -> String {
        let user = self.config.get_user().unwrap_or("postgres");
        let database = self.config.get_dbname().unwrap_or("postgres");
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }
}
