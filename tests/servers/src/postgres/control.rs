//! What a test does to its server.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::Instance;
use crate::home::{attempt, run};

/// A server and its children, who are no process group: each is the head of its own. The server first, so
/// that it makes no further child.
const SIGNAL: &str = r#"kill "-$1" "$2" && { pkill "-$1" -P "$2" || true; }"#;

impl Instance {
    /// Stops every process of the server where it is. Connections stay, new ones are made by the system
    /// alone, and nobody answers.
    pub fn pause(&self) {
        run(&mut self.signal("STOP"));
    }

    /// Goes on after [`Instance::pause`].
    pub fn resume(&self) {
        run(&mut self.signal("CONT"));
    }

    /// Ends the server as a crash would: nobody is told, and connections break.
    pub fn kill(&self) {
        self.stop("immediate");
    }

    /// Ends the server as who maintains it would: transactions are rolled back, and clients are told.
    pub fn shut_down(&self) {
        self.stop("fast");
    }

    /// On the same port, with the same data, after [`Instance::kill`] or [`Instance::shut_down`].
    pub fn start_again(&self) {
        run(&mut self.starting());
    }

    /// Both, one after the other.
    pub fn restart(&self) {
        self.shut_down();
        self.start_again();
    }

    /// Ends the connections that call themselves so. How many there were.
    pub fn terminate_backends(&self, application_name: &str) -> usize {
        let ended = self.text(&format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE application_name = '{}' AND pid <> pg_backend_pid()",
            application_name.replace('\'', "''")
        ));
        ended.parse().expect("a number")
    }

    /// Whether transactions are read-only that do not say otherwise, from now on and in every connection.
    pub fn set_read_only(&self, is_read_only: bool) {
        let value = if is_read_only { "on" } else { "off" };
        // Each alone: the first is refused among others, the second would read the file too early.
        self.execute(&format!(
            "ALTER SYSTEM SET default_transaction_read_only = {value}"
        ));
        self.execute("SELECT pg_reload_conf()");
        self.wait_for("SHOW default_transaction_read_only", value);
    }

    /// Waits until the answer is this one, and panics after ten seconds.
    pub fn wait_for(&self, sql: &str, answer: &str) {
        let start = Instant::now();
        while self.text(sql) != answer {
            let is_late = start.elapsed() > Duration::from_secs(10);
            assert!(!is_late, "{sql} is not {answer}: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn stop(&self, mode: &str) {
        // A server that is paused hears nothing, and one that has ended need not.
        let _ = attempt(&mut self.signal("CONT"));
        run(self.pg_ctl("stop").args(["--mode", mode]));
    }

    fn signal(&self, signal: &str) -> Command {
        let pid_file = fs::read_to_string(self.home.path("data/postmaster.pid"));
        let pid_file = pid_file.expect("the server runs");
        let pid = pid_file
            .lines()
            .next()
            .expect("its process is in the first line");
        let mut shell = Command::new("sh");
        shell.args(["-c", SIGNAL, "signal", signal, pid]);
        shell
    }
}
