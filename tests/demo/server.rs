//! The demo as a process of its own.

use std::{
    path::Path,
    process::{Command, ExitStatus},
};

use crate::database::Database;
pub(crate) use crate::support::server::{Server as Demo, profile_folder};

impl Demo {
    /// A demo nobody has an account at, on SQLite.
    pub(crate) fn fresh() -> Self {
        Self::without_accounts("demo")
    }

    pub(crate) fn on(database: &Database) -> Self {
        Self::with("demo", database.variables())
    }

    pub(crate) fn with_database(database: &Path) -> Self {
        Self::start("demo", database)
    }

    /// Presses Ctrl-C and waits for the end.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let kill = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -INT {}", self.process.id()))
            .status()
            .expect("there is a shell");
        assert!(kill.success());
        self.process.wait().expect("the demo ends")
    }
}
