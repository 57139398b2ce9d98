//! An example as a process of its own: on a free port, with its database in a temporary folder.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

/// A running example. It is killed with the value.
pub(crate) struct Server {
    pub(crate) process: Child,
    origin: String,
    // Held open as long as the process runs: writing to a closed pipe would fail.
    stdout: BufReader<ChildStdout>,
    _folder: Option<TempDir>,
}

impl Server {
    /// An example nobody has an account at.
    pub(crate) fn without_accounts(example: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Self::start(example, folder.path().join("example.db"));
        server._folder = Some(folder);
        server
    }

    pub(crate) fn start(example: &str, database: impl AsRef<OsStr>) -> Self {
        Self::with(example, [("DATABASE", database.as_ref().to_owned())])
    }

    /// With these variables in its environment.
    pub(crate) fn with(
        example: &str,
        variables: impl IntoIterator<Item = (&'static str, OsString)>,
    ) -> Self {
        let mut process = Command::new(program(example))
            .env("PORT", "0")
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example can be started");
        let stdout = process.stdout.take().expect("its output is piped");
        let mut server = Self {
            process,
            origin: String::new(),
            stdout: BufReader::new(stdout),
            _folder: None,
        };
        let mut line = String::new();
        server
            .stdout
            .read_line(&mut line)
            .expect("the example prints text");
        match line.trim_end().split_once(" on http://") {
            Some((_, address)) => server.origin = format!("http://{address}"),
            None => panic!("the example `{example}` printed {line:?}, not its address"),
        }
        server
    }

    /// `http://127.0.0.1:PORT`, as the example printed it.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Server {
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

pub(crate) fn program(example: &str) -> PathBuf {
    let program = profile_folder()
        .join("examples")
        .join(format!("{example}{}", env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is missing: run `cargo build --example {example}` first, with the features that it \
         needs, in the profile of this test",
        program.display()
    );
    program
}
