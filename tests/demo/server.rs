//! The demo as a process of its own: on a free port, with its database in a temporary folder.

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use tempfile::TempDir;

pub(crate) struct Demo {
    process: Child,
    origin: String,
    // Held open as long as the process runs: writing to a closed pipe would fail.
    stdout: BufReader<ChildStdout>,
    _folder: Option<TempDir>,
}

impl Demo {
    /// A demo nobody has an account at.
    pub(crate) fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut demo = Self::with_database(&folder.path().join("demo.db"));
        demo._folder = Some(folder);
        demo
    }

    pub(crate) fn with_database(database: &Path) -> Self {
        let program = program();
        let mut process = Command::new(&program)
            .env("PORT", "0")
            .env("DATABASE", database)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demo can be started");
        let stdout = process.stdout.take().expect("its output is piped");
        let mut demo = Self {
            process,
            origin: String::new(),
            stdout: BufReader::new(stdout),
            _folder: None,
        };
        let mut line = String::new();
        demo.stdout
            .read_line(&mut line)
            .expect("the demo prints text");
        match line.trim_end().strip_prefix("locals demo on ") {
            Some(origin) => origin.clone_into(&mut demo.origin),
            None => panic!("the demo printed {line:?}, not its address"),
        }
        demo
    }

    /// `http://127.0.0.1:PORT`, as the demo printed it.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
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

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where cargo puts what it builds in this profile: this test runs from `deps` there.
pub(crate) fn profile_folder() -> PathBuf {
    let test = env::current_exe().expect("a test knows where it runs from");
    let folder = test.parent().and_then(Path::parent);
    folder.expect("a test runs from `deps`").to_owned()
}

fn program() -> PathBuf {
    let program = profile_folder()
        .join("examples")
        .join(format!("demo{}", env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is missing: run `cargo build --example demo` first, in the profile of this test",
        program.display()
    );
    program
}
