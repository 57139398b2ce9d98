//! Where the servers' programs are, and what is said where they are not.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

pub(crate) const NO_POSTGRES: &str = "there is no PostgreSQL: install the Debian package postgresql, or name a server \
     where databases can be created in LOCALS_TEST_POSTGRES";
pub(crate) const NO_PGBOUNCER: &str = "there is no pgbouncer: install the Debian package pgbouncer";

pub(crate) const NO_MYSQL: &str = "there is no MariaDB: install the Debian package mariadb-server, or name a server in \
     LOCALS_TEST_MYSQL";
pub(crate) const NO_REDIS: &str = "there is no Redis: install the Debian package redis-server, or name a server in \
     LOCALS_TEST_REDIS";

pub(crate) const NO_STRACE: &str = "there is no strace that may look at a server: install the Debian package strace, and \
     let it look at other processes (as root, or by `kernel.yama.ptrace_scope = 0`)";

/// `None`, with a line that says why; under `CI=true` a panic.
pub(crate) fn skip<T>(missing: &str) -> Option<T> {
    let is_ci = env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!is_ci, "{missing}");
    eprintln!("skipped: {missing}");
    None
}

/// The folder with `initdb`, `pg_ctl` and `postgres`: that of `pg_config`, the newest of Debian's, that
/// of the `postgres` in `PATH`.
pub(crate) fn postgres() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(find_postgres).as_deref()
}

fn find_postgres() -> Option<PathBuf> {
    let mut folders: Vec<_> = named_by_pg_config().into_iter().collect();
    folders.extend(of_debian());
    folders.extend(of_path());
    let is_server = |folder: &PathBuf| {
        let mut programs = ["initdb", "pg_basebackup", "pg_ctl", "postgres"].iter();
        programs.all(|program| folder.join(program).exists())
    };
    folders.into_iter().find(is_server)
}

fn named_by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim()))
}

fn of_debian() -> Vec<PathBuf> {
    let root = Path::new("/usr/lib/postgresql");
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let mut versions: Vec<u32> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable();
    let folders = versions.into_iter().rev();
    folders
        .map(|version| root.join(version.to_string()).join("bin"))
        .collect()
}

fn of_path() -> Option<PathBuf> {
    let program = fs::canonicalize(on_path("postgres")?).ok()?;
    Some(program.parent()?.to_owned())
}

/// A server that speaks MySQL's protocol, and what makes the folder that it begins with.
pub(crate) struct MySqlPrograms {
    pub(crate) server: PathBuf,
    pub(crate) install: PathBuf,
    /// What the latter is told, beside the folder.
    pub(crate) arguments: &'static [&'static str],
}

/// The `mysqld` that `LOCALS_TEST_MYSQLD` names, else MariaDB, or MySQL where that is there alone. All make a `root` of
/// this machine who needs no password.
pub(crate) fn mysql() -> Option<MySqlPrograms> {
    if let Some(server) = named("LOCALS_TEST_MYSQLD") {
        return Some(of_mysql(server));
    }
    let mariadb = on_path("mariadbd").zip(on_path("mariadb-install-db"));
    let of_mariadb = mariadb.map(|(server, install)| MySqlPrograms {
        server,
        install,
        // `--force`, since it need not know what this machine is called.
        arguments: &[
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--force",
        ],
    });
    of_mariadb.or_else(|| on_path("mysqld").map(of_mysql))
}

fn of_mysql(server: PathBuf) -> MySqlPrograms {
    MySqlPrograms {
        install: server.clone(),
        server,
        arguments: &["--initialize-insecure"],
    }
}

/// The server that speaks Redis's protocol: the one that `LOCALS_TEST_REDIS_SERVER` names, else Redis, or Valkey where
/// that is there alone.
pub(crate) fn redis() -> Option<PathBuf> {
    let named = named("LOCALS_TEST_REDIS_SERVER");
    named.or_else(|| on_path("redis-server").or_else(|| on_path("valkey-server")))
}

/// The program that a variable names.
fn named(variable: &str) -> Option<PathBuf> {
    let program = PathBuf::from(env::var_os(variable)?);
    assert!(program.is_file(), "{variable}: no file {program:?}");
    Some(program)
}

/// A program of `PATH`, or of root's: Debian keeps pgbouncer there.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = env::split_paths(&path).collect();
    folders.push(PathBuf::from("/usr/sbin"));
    let mut programs = folders.into_iter().map(|folder| folder.join(name));
    programs.find(|program| program.is_file())
}

/// Waits until every thread of a process that was told to stop has done so: until then one may answer.
pub(crate) fn wait_until_stopped(pid: &str) {
    let is_stopped = |status: &str| {
        let (_, behind_the_name) = status.rsplit_once(") ").unwrap_or_default();
        // In small letters, if somebody traces it.
        behind_the_name.starts_with(['T', 't'])
    };
    let start = Instant::now();
    loop {
        let threads = fs::read_dir(format!("/proc/{pid}/task")).expect("the process is there");
        let running = threads.flatten().any(|thread| {
            let status = fs::read_to_string(thread.path().join("stat"));
            status.is_ok_and(|status| !is_stopped(&status))
        });
        if !running {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "process {pid} goes on"
        );
        thread::sleep(Duration::from_millis(1));
    }
}
