//! What a test does to its server.

use std::{
    fs,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use super::RedisInstance;
use crate::{home::attempt, programs::wait_until_stopped};

impl RedisInstance {
    /// Stops the server where it is. Connections stay, new ones are made by the system alone, and nobody answers.
    pub fn pause(&self) {
        self.signal("STOP");
        let process = self.process();
        let child = process.as_ref().expect("the server runs");
        wait_until_stopped(&child.id().to_string());
    }

    /// Goes on after [`RedisInstance::pause`].
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Ends the server as a crash would, and keeps what had reached the system by then.
    pub fn kill(&self) {
        self.end_by("KILL");
    }

    /// Ends the server as who maintains it would.
    pub fn stop(&self) {
        self.end_by("TERM");
    }

    /// On the same port, with the same folder, after [`RedisInstance::kill`] or [`RedisInstance::stop`].
    pub fn start_again(&self) {
        self.spawn();
        assert!(self.is_there(), "Redis does not start: {}", self.log());
    }

    /// Both, one after the other.
    pub fn restart(&self) {
        self.stop();
        self.start_again();
    }

    /// A line of `INFO`.
    pub fn info(&self, name: &str) -> String {
        let info = self.command(&["INFO", "everything"]);
        let mut lines = info.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(known, _)| *known == name);
        let (_, value) = found.unwrap_or_else(|| panic!("no {name} in: {info}"));
        value.trim().to_owned()
    }

    /// Waits until a line of `INFO` is this one, and panics after ten seconds.
    pub fn wait_for(&self, name: &str, value: &str) {
        let start = Instant::now();
        while self.info(name) != value {
            let is_late = start.elapsed() > Duration::from_secs(10);
            assert!(!is_late, "{name} is not {value}: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// One that is paused hears nothing else, and one that has ended need not.
    pub(super) fn end_by(&self, signal: &str) {
        let Some(mut child) = self.process().take() else {
            return;
        };
        for signal in [signal, "CONT"] {
            let _ = attempt(&mut signalling(&child, signal));
        }
        let _ = child.wait();
        // The guard waits for it to go, and a server that is killed leaves it.
        let _ = fs::remove_file(self.home.path("pid"));
    }

    fn signal(&self, signal: &str) {
        let process = self.process();
        let child = process.as_ref().expect("the server runs");
        let sent = attempt(&mut signalling(child, signal));
        sent.unwrap_or_else(|error| panic!("SIG{signal}: {error}"));
    }
}

fn signalling(child: &Child, signal: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"kill "-$1" "$2""#, "signal", signal]);
    shell.arg(child.id().to_string());
    shell
}
