//! What a test does to its server.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use mysql_async::{Conn, Opts, prelude::Queryable};

use super::{MySqlInstance, PROCESSLIST, question};
use crate::{home::attempt, programs::wait_until_stopped};

impl MySqlInstance {
    /// Stops the server where it is. Connections stay, new ones are made by the system alone, and nobody answers.
    pub fn pause(&self) {
        self.signal("STOP");
        let pid = fs::read_to_string(self.home.path("pid")).expect("the server runs");
        wait_until_stopped(pid.trim());
    }

    /// Goes on after [`MySqlInstance::pause`].
    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Ends the server as a crash would: nobody is told, and connections break.
    pub fn kill(&self) {
        self.end_by("KILL");
    }

    /// Ends the server as who maintains it would: transactions are rolled back, and clients are told.
    pub fn shut_down(&self) {
        self.end_by("TERM");
    }

    /// On the same port, with the same data, after [`MySqlInstance::kill`] or [`MySqlInstance::shut_down`].
    pub fn start_again(&self) {
        self.spawn();
        assert!(self.is_there(), "MariaDB does not start: {}", self.log());
    }

    /// Both, one after the other.
    pub fn restart(&self) {
        self.shut_down();
        self.start_again();
    }

    /// Ends the connections of the user, or to the database, of this name. How many there were.
    pub fn kill_connections(&self, of: &str) -> usize {
        let killed = kill_connections(&self.place(), of);
        killed.unwrap_or_else(|error| panic!("connections of {of}: {error}"))
    }

    /// Whether the server refuses to write, from now on and in every connection, but for those of users who may
    /// write all the same: `root` is one.
    pub fn set_read_only(&self, is_read_only: bool) {
        let value = if is_read_only { "ON" } else { "OFF" };
        self.execute(&format!("SET GLOBAL read_only = {value}"));
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

    /// One that is paused hears nothing else, and one that has ended need not.
    pub(super) fn end_by(&self, signal: &str) {
        let Some(mut child) = self.process().take() else {
            return;
        };
        for signal in [signal, "CONT"] {
            let _ = attempt(&mut self.signalling(signal));
        }
        let _ = child.wait();
        // The guard waits for it to go, and a server that is killed leaves it.
        let _ = fs::remove_file(self.home.path("pid"));
    }

    fn signal(&self, signal: &str) {
        let sent = attempt(&mut self.signalling(signal));
        sent.unwrap_or_else(|error| panic!("SIG{signal}: {error}"));
    }

    fn signalling(&self, signal: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"read -r pid <"$2" && kill "-$1" "$pid""#, "signal"]);
        shell.arg(signal).arg(self.home.path("pid"));
        shell
    }
}

/// Of the user, or to the database, of this name; how many there were.
pub(super) fn kill_connections(server: &Opts, of: &str) -> Result<usize, String> {
    let of = of.replace('\'', "''");
    let others = format!(
        "SELECT id FROM {PROCESSLIST}
         WHERE (user = '{of}' OR db = '{of}') AND id <> CONNECTION_ID()"
    );
    question::connected(server, async move |conn: &mut Conn| {
        let ids: Vec<u64> = conn.query(others).await?;
        let mut killed = 0;
        for id in ids {
            // One that has ended by itself meanwhile is refused.
            let kill = conn.query_drop(format!("KILL CONNECTION {id}")).await;
            killed += usize::from(kill.is_ok());
        }
        Ok(killed)
    })
}
