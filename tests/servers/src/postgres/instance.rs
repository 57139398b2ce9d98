//! A private server, which a test may ill-treat.

use std::{fs, path::Path, process::Command};

use tokio_postgres::Config;

use super::{Options, connection};
use crate::{
    guard::Guard,
    home::{Home, attempt, run},
    port, programs,
};

/// A server of one test. It ends with the value, and its folder goes.
///
/// Its functions block: a test that goes on meanwhile calls them by `spawn_blocking`.
pub struct Instance {
    pub(super) home: Home,
    pub(super) programs: &'static Path,
    port: u16,
    // Held for its end.
    _guard: Guard,
}

impl Instance {
    /// Starts one. `None` where no PostgreSQL is installed, with a line that says so; under `CI=true` a
    /// panic.
    pub fn start(options: Options) -> Option<Self> {
        let Some(programs) = programs::postgres() else {
            return programs::skip(programs::NO_POSTGRES);
        };
        Some(Self::begin(programs, &options))
    }

    pub(super) fn begin(programs: &'static Path, options: &Options) -> Self {
        let mut instance = Self::empty(programs);
        let mut initdb = instance.command("initdb");
        initdb.args(["--auth=trust", "--no-sync", "--username=postgres"]);
        run(initdb.args(["--encoding=UTF8", "--locale=C.UTF-8"]));
        instance.configure(options);
        instance.first_start();
        instance
    }

    /// A folder that is guarded, with nothing in it.
    pub(super) fn empty(programs: &'static Path) -> Self {
        let home = Home::of("postgres");
        let pid_file = home.path("data/postmaster.pid");
        Self {
            _guard: Guard::of(home.folder(), &pid_file, "QUIT"),
            home,
            programs,
            port: 0,
        }
    }

    fn configure(&self, options: &Options) {
        self.home.append("data/postgresql.conf", &options.lines());
        let rules = self.home.path("data/pg_hba.conf");
        fs::remove_file(rules).expect("initdb wrote one");
        self.home.append("data/pg_hba.conf", &options.rules());
        if let Some(ssl) = &options.ssl {
            self.home.append("data/server.crt", &ssl.server.certificate);
            self.home.append("data/server.key", &ssl.server.key);
            self.home.append("data/root.crt", &ssl.clients);
        }
    }

    /// On a port that is free, and on another one where somebody else was faster.
    pub(super) fn first_start(&mut self) {
        let folder = self.home.folder().display();
        let socket = format!("unix_socket_directories = '{folder}'\n");
        self.home.append("data/postgresql.conf", &socket);
        let has_started = (0..5).any(|_| {
            self.port = port::free();
            let line = format!("port = {}\n", self.port);
            self.home.append("data/postgresql.conf", &line);
            attempt(&mut self.starting()).is_ok()
        });
        assert!(has_started, "PostgreSQL does not start: {}", self.log());
    }

    pub(super) fn starting(&self) -> Command {
        let mut start = self.pg_ctl("start");
        start.arg("--log").arg(self.home.path("log"));
        start
    }

    /// Of the folder with the data, and to its end.
    pub(super) fn pg_ctl(&self, action: &str) -> Command {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.args([action, "--silent", "--wait"]);
        pg_ctl
    }

    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = self.home.command(&self.programs.join(program));
        command.arg("--pgdata").arg(self.home.path("data"));
        command
    }

    /// Where it is, as the superuser, who needs no password where `hba` does not say otherwise.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where it listens, as long as it lives.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its socket is: what `host` names for a connection by it.
    pub fn socket_folder(&self) -> &Path {
        self.home.folder()
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path("log")).unwrap_or_default()
    }

    /// Executes statements as the superuser, by the socket. Panics where one fails.
    pub fn execute(&self, sql: &str) {
        self.text(sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        let answer = connection::ask(self.by_socket(), sql);
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// By the socket, which no `hba` of a test closes.
    fn by_socket(&self) -> Config {
        let mut config = Config::new();
        config.host_path(self.home.folder()).port(self.port);
        config.user("postgres").dbname("postgres");
        config
    }
}
