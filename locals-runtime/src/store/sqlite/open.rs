//! Opening the file: options, permissions, pragmas, and what can be wrong with a path.

use super::{
    File, SqliteStore,
    connection::Connection,
    error::{failure, is_busy},
    readers::Readers,
    writer::{Patience, Writer},
};
use crate::{error::StoreError, store::sql::refuse};
use rusqlite::{OpenFlags, config::DbConfig};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread,
    time::{Duration, Instant},
};

/// The options of a [`SqliteStore`]; made by [`SqliteStore::options`].
///
/// ```no_run
/// use locals::SqliteStore;
/// use std::time::Duration;
///
/// let store = SqliteStore::options("app.db")
///     .busy_timeout(Duration::from_secs(1))
///     .read_threads(4)
///     .open()?;
/// # Ok::<(), locals::StoreError>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
#[derive(Clone, Debug)]
#[must_use = "nothing is opened until `open()`"]
pub struct SqliteOptions {
    path: PathBuf,
    busy_timeout: Option<Duration>,
    read_threads: usize,
}

const PATIENCE: Duration = Duration::from_millis(1500);

/// Another program may be migrating the application's tables.
const PATIENCE_AT_START: Duration = Duration::from_secs(5);

/// Bytes of the log that stay on the disk, where a reader has kept it from being used again.
const LOG_KEPT: i64 = 64 * 1024 * 1024;

const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

impl SqliteOptions {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            busy_timeout: None,
            read_threads: 0,
        }
    }

    /// How long a write waits, from the moment it is asked for, while another program or another
    /// connection of this one holds the write lock; at most a day. Default: 1.5 seconds, and 5 while the
    /// store is opened and made ready; what is given here holds for both.
    ///
    /// Less than the [deadline](crate::AuthBuilder::store_deadline) of a call, so that the error names the
    /// lock.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = Some(timeout.min(LONGEST_TIMEOUT));
        self
    }

    fn patience(&self) -> Duration {
        self.busy_timeout.unwrap_or(PATIENCE)
    }

    fn patience_at_start(&self) -> Duration {
        self.busy_timeout.unwrap_or(PATIENCE_AT_START)
    }

    /// Reads on so many threads of the store's own. Default: 0, which reads on the thread that
    /// asks: a point read takes microseconds unless the disk is slow.
    pub fn read_threads(mut self, threads: usize) -> Self {
        self.read_threads = threads;
        self
    }

    /// Opens the file, and makes it, readable by its owner only, if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`], naming the path and what is wrong with it: as
    /// [`SqliteStore::open`].
    pub fn open(self) -> Result<SqliteStore, StoreError> {
        check_path(&self.path)?;
        let writer = self.connect()?;
        self.use_write_ahead_log(&writer)?;
        // SQLite opens a file that it may not write all the same, and says so here.
        writer
            .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
            .map_err(|error| self.unusable(&error.to_string()))?;
        let cores = thread::available_parallelism().map_or(4, usize::from);
        let (count, in_place) = match self.read_threads {
            0 => (cores, true),
            threads => (threads, false),
        };
        let connections = (0..count)
            .map(|_| {
                let connection = self.connect()?;
                let mut patience = self.patience();
                if in_place {
                    patience = patience.min(PATIENCE_IN_PLACE);
                }
                connection
                    .pragma_update(None, "query_only", true)
                    .and_then(|()| connection.busy_timeout(patience))
                    .map_err(failure)?;
                Ok(connection)
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let readers = if in_place {
            Readers::in_place(connections)
        } else {
            Readers::threads(connections)?
        };
        let patience = Patience {
            of_a_change: self.patience(),
            at_start: self.patience_at_start(),
        };
        Ok(SqliteStore {
            file: Arc::new(File {
                path: self.path,
                writer: Writer::start(writer, patience)?,
                readers,
            }),
            schema: OnceLock::new(),
        })
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(&self.path, flags)
            .map_err(|error| self.unusable(&error.to_string()))?;
        connection
            .busy_timeout(self.patience_at_start())
            .and_then(|()| connection.pragma_update(None, "foreign_keys", true))
            .and_then(|()| connection.pragma_update(None, "trusted_schema", false))
            .and_then(|()| names_are_no_texts(&connection))
            .map_err(|error| self.unusable(&error.to_string()))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Connection::new(connection))
    }

    /// Two processes that start together both want this, and SQLite does not wait for the other
    /// here: so it is tried again until the busy timeout.
    fn use_write_ahead_log(&self, connection: &Connection) -> Result<(), StoreError> {
        let deadline = Instant::now() + self.patience_at_start();
        let mode = loop {
            let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| {
                row.get::<_, String>(0)
            });
            match mode.map_err(|error| (is_busy(&error), error)) {
                Ok(mode) => break mode,
                Err((true, _)) if Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(5));
                }
                Err((_, error)) => return Err(self.unusable(&error.to_string())),
            }
        };
        if mode != "wal" {
            return Err(self.unusable(&format!("it cannot keep a write-ahead log (`{mode}`)")));
        }
        connection
            .pragma_update(None, "journal_size_limit", LOG_KEPT)
            .map_err(failure)
    }

    fn unusable(&self, reason: &str) -> StoreError {
        StoreError::Setup(format!(
            "`{}` cannot be used as a session database: {reason} (check that it is a SQLite file, and \
             the permissions of the file and its directory)",
            self.path.display()
        ))
    }
}

/// Readers wait for nobody but who recovers the write-ahead log, or has the file to itself; in place, a
/// worker of the application's runtime stands still meanwhile.
const PATIENCE_IN_PLACE: Duration = Duration::from_millis(100);

/// By default SQLite takes `"a column that is not there"` for a text: a condition with a name that is
/// misspelled, or renamed later, would let in whoever it is to keep out.
fn names_are_no_texts(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)
        .map(drop)
}

/// Makes the file if there is none, and tells apart what SQLite calls "unable to open".
///
/// A file that is there is never opened here: closing it would give up every lock this process has
/// on it, those of the application's own connections included (<https://sqlite.org/howtocorrupt.html>
/// §2.2).
fn check_path(path: &Path) -> Result<(), StoreError> {
    let shown = path.display();
    if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
        return refuse(
            "sessions in memory need no database: use `MemoryStore`, with users by `.users_with(..)`, or \
             name a file"
                .to_owned(),
        );
    }
    if let Some(scheme) = of_another_database(&path.to_string_lossy()) {
        return refuse(format!(
            "a connection string of `{scheme}` is no SQLite file: name a path, `app.db`"
        ));
    }
    if let Some(file) = named_in_a_url(&path.to_string_lossy()) {
        return refuse(match &*file {
            "" | ":memory:" => format!(
                "`{shown}` is a connection string for a database in memory: use `MemoryStore`, with users \
                 by `.users_with(..)`, or name a file"
            ),
            file => format!(
                "`{shown}` is a connection string, and this takes a path: write `{file}` (the file is made \
                 if there is none)"
            ),
        });
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            refuse(format!("`{shown}` is a directory: name a file in it"))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create_private(path) {
            Ok(()) => Ok(()),
            Err(error) => refuse(format!(
                "the database `{shown}` cannot be created ({error}): does its directory exist, and \
                 may this user write there?"
            )),
        },
        Err(error) => refuse(format!("`{shown}` cannot be looked at: {error}")),
    }
}

/// `postgres` of `postgres://..`, which may hold a password.
fn of_another_database(path: &str) -> Option<&str> {
    let (scheme, _) = path.split_once("://")?;
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+');
    let is_ours =
        scheme.to_ascii_lowercase().starts_with("sqlite") || scheme.eq_ignore_ascii_case("file");
    (is_scheme && !is_ours).then_some(scheme)
}

/// The file that another library's connection string names: taken for a path, it would make a file of an
/// odd name.
fn named_in_a_url(path: &str) -> Option<String> {
    let has = |prefix: &str| {
        let start = path.get(..prefix.len())?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| &path[prefix.len()..])
    };
    let schemes = ["jdbc:sqlite:", "sqlite3:", "sqlite:", "file:"];
    let source = ["data source=", "datasource="].into_iter().find_map(has);
    let scheme = schemes.into_iter().find_map(has);
    let parameter = path.split_once('?').is_some_and(|(_, query)| {
        let keys = [
            "mode=",
            "cache=",
            "vfs=",
            "immutable=",
            "nolock=",
            "psow=",
            "connection_limit=",
        ];
        keys.iter().any(|key| query.contains(key))
    });
    let file = match scheme.or(source) {
        Some(file) => file,
        None if parameter => path,
        None => return None,
    };
    let file = file.split(['?', ';']).next().unwrap_or_default();
    let absolute = file
        .strip_prefix("//")
        .map(|rest| rest.strip_prefix("localhost").unwrap_or(rest));
    Some(absolute.unwrap_or(file).trim_matches('"').to_owned())
}

/// Readable by its owner only; SQLite gives the log beside it the same mode.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // Another process that starts at the same moment has made it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What to say of a file that others may read.
pub(super) fn exposure(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        let permissions = fs::metadata(path).ok()?.permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777;
        (mode & 0o077 != 0).then(|| {
            format!(
                "the session database `{}` is readable by others (mode {mode:o}): `chmod 600` it",
                path.display()
            )
        })
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
