//! A private server, which a test may ill-treat.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{RedisOptions, address::Address, wire};
use crate::{guard::Guard, home::Home, port, programs};

/// A server of one test. It ends with the value, and its folder goes.
///
/// Its functions block: a test that goes on meanwhile calls them by `spawn_blocking`.
pub struct RedisInstance {
    pub(super) home: Home,
    program: PathBuf,
    port: u16,
    tls_port: Option<u16>,
    is_sentinel: bool,
    process: Mutex<Option<Child>>,
    // Held for its end.
    _guard: Guard,
}

impl RedisInstance {
    /// Starts one. `None` where no Redis is installed, with a line that says so; under `CI=true` a panic.
    pub fn start(options: RedisOptions) -> Option<Self> {
        let Some(program) = programs::redis() else {
            return programs::skip(programs::NO_REDIS);
        };
        Some(Self::begin(program, &options))
    }

    /// On ports that are free, and on other ones where somebody else was faster.
    pub(super) fn begin(program: PathBuf, options: &RedisOptions) -> Self {
        let home = Home::ours();
        options.write_into(&home);
        let mut instance = Self {
            _guard: Guard::of(home.folder(), &home.path("pid"), "TERM"),
            home,
            program,
            port: 0,
            tls_port: None,
            is_sentinel: options.is_sentinel(),
            process: Mutex::default(),
        };
        let has_started = (0..5).any(|_| {
            instance.port = port::free();
            instance.tls_port = options.tls.as_ref().map(|_| port::free());
            instance.spawn();
            instance.is_there()
        });
        assert!(has_started, "Redis does not start: {}", instance.log());
        instance
    }

    pub(super) fn spawn(&self) {
        let mut command = self.home.command(&self.program);
        command.arg(self.home.path("redis.conf"));
        if self.is_sentinel {
            command.arg("--sentinel");
        }
        command.args(["--port", &self.port.to_string()]);
        if let Some(port) = self.tls_port {
            command.args(["--tls-port", &port.to_string()]);
        }
        command.stdout(Stdio::null());
        let child = command.spawn().expect("the program can be started");
        *self.process() = Some(child);
    }

    /// Waits until it answers; whether it does.
    pub(super) fn is_there(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if self.try_command(&["PING"]).is_ok_and(|it| it == "PONG") {
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

    /// Where it is.
    pub fn url(&self) -> String {
        Address::of(self.port).url()
    }

    /// Where it listens, as long as it lives.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens for TLS.
    pub fn tls_port(&self) -> u16 {
        self.tls_port.expect("it was started with a certificate")
    }

    /// By which the other nodes of a cluster know it.
    pub(super) fn announced_port(&self) -> u16 {
        self.tls_port.unwrap_or(self.port)
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.home.path("socket")
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path("log")).unwrap_or_default()
    }

    /// What the server answers, the parts of a list in lines of their own. Panics where it refuses.
    pub fn command(&self, words: &[&str]) -> String {
        let answer = self.try_command(words);
        answer.unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// The same; the error where it refuses, or cannot be reached.
    pub fn try_command(&self, words: &[&str]) -> Result<String, String> {
        wire::ask(&Address::of(self.port), words)
    }
}

impl Drop for RedisInstance {
    fn drop(&mut self) {
        self.end_by("KILL");
    }
}
