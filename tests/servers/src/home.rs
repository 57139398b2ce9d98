//! The folder of a server, and the user that the server runs as.

use std::{
    env, fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::programs;

/// A temporary folder. PostgreSQL and pgbouncer refuse to be root: where we are, they are the user `postgres`,
/// whose folder it then is. The guard removes it, since a `TempDir` in a static would stay.
pub(crate) struct Home {
    folder: PathBuf,
    /// Whether the server must not be who we are.
    is_root: bool,
}

impl Home {
    pub(crate) fn new() -> Self {
        let mut home = Self::ours();
        let owner = fs::metadata(&home.folder)
            .expect("the folder was made")
            .uid();
        home.is_root = owner == 0;
        home.hand_over();
        home
    }

    /// Of a server that does not mind to be root: it runs as we do.
    pub(crate) fn ours() -> Self {
        let folder = tempfile::Builder::new().prefix("locals-").tempdir();
        Self {
            folder: folder.expect("a temporary folder").keep(),
            is_root: false,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Appends to a file, which is then the server's and nobody else's: a server takes no key that others read.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let path = self.path(name);
        let file = fs::OpenOptions::new().append(true).create(true).open(&path);
        let mut file = file.expect("the file can be opened");
        file.write_all(text.as_bytes())
            .expect("the file can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        self.hand_over();
    }

    fn hand_over(&self) {
        if self.is_root {
            let mut chown = Command::new("chown");
            run(chown.arg("-R").arg("postgres:").arg(&self.folder));
        }
    }

    /// The program as the server's user, in the folder, without the variables that libpq reads.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = if self.is_root {
            without_root(program)
        } else {
            Command::new(program)
        };
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.env("HOME", &self.folder);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

fn without_root(program: &Path) -> Command {
    let (wrapper, arguments) = match programs::on_path("setpriv") {
        Some(setpriv) => (
            setpriv,
            ["--reuid=postgres", "--regid=postgres", "--clear-groups"],
        ),
        None => (PathBuf::from("runuser"), ["-u", "postgres", "--"]),
    };
    let mut command = Command::new(wrapper);
    command.args(arguments).arg(program);
    command
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) {
    if let Err(output) = attempt(command) {
        panic!("{command:?}: {output}");
    }
}

/// Runs it to its end; what it printed where it failed.
pub(crate) fn attempt(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&printed).into_owned())
}
