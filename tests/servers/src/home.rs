//! The folder of a server, and the user that the server runs as.

use std::{
    env, fs,
    io::Write,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::programs;

/// How the variables begin that the servers and their clients read.
const VARIABLES: [&str; 3] = ["PG", "MYSQL", "MARIADB"];

/// A temporary folder. PostgreSQL, pgbouncer and MariaDB refuse to be root: where we are, they are the user that
/// their package made, whose folder it then is. The guard removes it, since a `TempDir` in a static would stay.
pub(crate) struct Home {
    folder: PathBuf,
    /// Whom the server is to be, where it must not be who we are.
    user: Option<&'static str>,
}

impl Home {
    /// Of a server that is this user where we are root, and who we are elsewhere.
    pub(crate) fn of(user: &'static str) -> Self {
        let mut home = Self::ours();
        let owner = fs::metadata(&home.folder)
            .expect("the folder was made")
            .uid();
        home.user = (owner == 0).then_some(user);
        home.hand_over();
        home
    }

    /// Of a server that does not mind to be root: it runs as we do.
    pub(crate) fn ours() -> Self {
        let folder = tempfile::Builder::new().prefix("locals-").tempdir();
        Self {
            folder: folder.expect("a temporary folder").keep(),
            user: None,
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
        if let Some(user) = self.user {
            let mut chown = Command::new("chown");
            run(chown.arg("-R").arg(format!("{user}:")).arg(&self.folder));
        }
    }

    /// The program as the server's user, in the folder, without the variables that servers and their clients read.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = match self.user {
            Some(user) => without_root(user, program),
            None => Command::new(program),
        };
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if VARIABLES.iter().any(|start| text.starts_with(start)) {
                command.env_remove(&name);
            }
        }
        command.env("HOME", &self.folder);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

/// As a user who has a group of the same name.
fn without_root(user: &str, program: &Path) -> Command {
    let (reuid, regid) = (format!("--reuid={user}"), format!("--regid={user}"));
    let (wrapper, arguments) = match programs::on_path("setpriv") {
        Some(setpriv) => (setpriv, [&*reuid, &*regid, "--clear-groups"]),
        None => (PathBuf::from("runuser"), ["-u", user, "--"]),
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
