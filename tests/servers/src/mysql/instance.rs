//! A private server, which a test may ill-treat.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use mysql_async::{Opts, OptsBuilder};

use super::{MySqlDatabase, MySqlOptions, question, template, url};
use crate::{
    guard::Guard,
    home::Home,
    port,
    programs::{self, MySqlPrograms},
};

/// The guard knows the process from its first moment on.
const START: &str = r#"echo "$$" >"$1" && shift && exec "$@""#;

/// The database of a server's URL.
const DATABASE: &str = "test";

/// A server of one test. It ends with the value, and its folder goes.
///
/// Its functions block: a test that goes on meanwhile calls them by `spawn_blocking`.
pub struct MySqlInstance {
    pub(super) home: Home,
    program: PathBuf,
    port: u16,
    process: Mutex<Option<Child>>,
    // Held for its end.
    _guard: Guard,
}

impl MySqlInstance {
    /// Starts one. `None` where neither MariaDB nor MySQL is installed, with a line that says so; under `CI=true` a
    /// panic.
    pub fn start(options: MySqlOptions) -> Option<Self> {
        let Some(programs) = programs::mysql() else {
            return programs::skip(programs::NO_MYSQL);
        };
        Some(Self::begin(programs, &options))
    }

    pub(super) fn begin(programs: MySqlPrograms, options: &MySqlOptions) -> Self {
        let instance = Self::empty(programs, options);
        let create = format!("CREATE DATABASE {DATABASE}");
        instance.administer(&create);
        instance
    }

    /// With nothing in it, on a port that is free, and on another one where somebody else was faster.
    pub(super) fn empty(programs: MySqlPrograms, options: &MySqlOptions) -> Self {
        let home = Home::of(template::USER);
        let mut instance = Self {
            _guard: Guard::of(home.folder(), &home.path("pid"), "TERM"),
            home,
            port: 0,
            process: Mutex::default(),
            program: programs.server.clone(),
        };
        options.write_into(&instance.home);
        template::fill(&instance.home, &programs, options);
        let has_started = (0..5).any(|_| {
            instance.port = port::free();
            instance.spawn();
            instance.is_there()
        });
        assert!(has_started, "MariaDB does not start: {}", instance.log());
        instance
    }

    pub(super) fn spawn(&self) {
        let mut log = fs::File::options();
        let log = log.append(true).create(true).open(self.home.path("log"));
        let mut command = self.home.command(Path::new("sh"));
        command.args(["-c", START, "start"]);
        command.arg(self.home.path("pid")).arg(&self.program);
        let folder = self.home.folder().display();
        command.arg(format!("--defaults-file={folder}/my.cnf"));
        // The port tells servers of this machine apart, and so those that follow each other.
        command.arg(format!("--port={}", self.port));
        command.arg(format!("--server-id={}", self.port));
        command
            .stdout(Stdio::null())
            .stderr(log.expect("a file for its log"));
        let child = command.spawn().expect("a shell can be started");
        *self.process() = Some(child);
    }

    /// Waits until it answers; whether it does.
    pub(super) fn is_there(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if question::first(&self.before_all(), "DO 1").is_ok() {
                return true;
            }
            if self.has_ended() {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }

    fn has_ended(&self) -> bool {
        let mut process = self.process();
        process
            .as_mut()
            .is_none_or(|child| !matches!(child.try_wait(), Ok(None)))
    }

    pub(super) fn process(&self) -> MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it is, as `root`, who needs no password, with an empty database.
    pub fn url(&self) -> String {
        url::of(&self.place())
    }

    /// Where it listens, as long as it lives.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.home.path("socket")
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path("log")).unwrap_or_default()
    }

    /// A fresh database in it.
    pub fn database(&self) -> MySqlDatabase {
        MySqlDatabase::fresh(&self.place())
    }

    /// Executes statements as `root`, by the socket. Panics where one fails.
    pub fn execute(&self, sql: &str) {
        self.text(sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        question::text(&self.place(), sql)
    }

    /// The same, where the database of the URL need not be there.
    pub(super) fn administer(&self, sql: &str) -> String {
        question::text(&self.before_all(), sql)
    }

    /// As its URL says, but by the socket, which is there whatever a test does to the port.
    pub(super) fn place(&self) -> Opts {
        let place = OptsBuilder::from_opts(self.before_all());
        place.db_name(Some(DATABASE)).into()
    }

    /// The same without a database.
    fn before_all(&self) -> Opts {
        OptsBuilder::default()
            .ip_or_hostname("127.0.0.1")
            .tcp_port(self.port)
            .socket(Some(self.socket().display().to_string()))
            .prefer_socket(false)
            .user(Some("root"))
            .into()
    }
}

impl Drop for MySqlInstance {
    fn drop(&mut self) {
        self.end_by("KILL");
    }
}
