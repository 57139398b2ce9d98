//! An application's file: one that an earlier release has left behind, or a new one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use locals::{Auth, BuildError, Renewal, SqliteStore, StoreError, testing::TestClock};
use rusqlite::Connection;
use tempfile::TempDir;

#[derive(Debug, PartialEq, serde::Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) email: String,
}

/// A file in a directory of its own, and the clock of its time.
pub(crate) struct Database {
    path: PathBuf,
    pub(crate) clock: TestClock,
    _directory: TempDir,
}

impl Database {
    pub(crate) fn none() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self {
            path: directory.path().join("app.db"),
            clock: TestClock::new(),
            _directory: directory,
        }
    }

    pub(crate) fn copy_of(fixture: &str) -> Self {
        let database = Self::none();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let bytes = fs::read(fixtures.join(fixture)).expect("the fixture");
        fs::write(&database.path, bytes).expect("a copy of it");
        database
    }

    /// As an application begins with this release.
    pub(crate) fn new_with_users() -> Self {
        let database = Self::none();
        database.run(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
             INSERT INTO users VALUES (1, 'ada@example.org'), (2, 'bob@example.org')",
        );
        database
    }

    pub(crate) fn app(&self) -> Connection {
        Connection::open(&self.path).expect("the application's file")
    }

    pub(crate) fn run(&self, statements: &str) {
        let done = self.app().execute_batch(statements);
        done.expect("the application's statements");
    }

    pub(crate) fn number(&self, query: &str) -> i64 {
        let number = self.app().query_row(query, [], |row| row.get(0));
        number.expect("the application's query")
    }

    pub(crate) fn store(&self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open(&self.path)
    }

    pub(crate) fn open(&self) -> Result<Auth<Account>, BuildError> {
        self.open_with(Renewal::InPlace)
    }

    pub(crate) fn open_with(&self, renewal: Renewal) -> Result<Auth<Account>, BuildError> {
        let builder = Auth::builder(self.store()?.with_users("users"));
        builder.clock(self.clock.clone()).renewal(renewal).build()
    }

    /// For handlers that need no user but the id.
    pub(crate) fn open_by_id(&self) -> Result<Auth, BuildError> {
        Auth::builder(self.store()?)
            .clock(self.clock.clone())
            .build()
    }

    pub(crate) fn version(&self) -> i64 {
        self.number("SELECT version FROM locals_meta")
    }

    /// Lines of text, of whatever columns a query has.
    pub(crate) fn lines(&self, query: &str) -> Vec<String> {
        let app = self.app();
        let mut statement = app.prepare(query).expect("a query");
        let lines = statement.query_map([], |row| row.get(0));
        let lines = lines.expect("rows");
        lines.collect::<Result<_, _>>().expect("lines")
    }

    /// As earlier releases have made the table of sessions.
    pub(crate) fn is_without_rowid(&self) -> bool {
        self.number("SELECT wr FROM pragma_table_list('locals_sessions')") == 1
    }

    /// Columns, indexes, triggers and the view, but for the generation that stands in it, and for the index of the ids: a
    /// table `WITHOUT ROWID` is one itself.
    pub(crate) fn schema(&self) -> Vec<String> {
        let mut schema = Vec::new();
        for table in ["locals_meta", "locals_sessions"] {
            schema.extend(self.lines(&format!(
                "SELECT '{table} ' || cid || ' ' || name || ' ' || type || ' ' || \"notnull\" || ' '
                     || coalesce(dflt_value, 'no default') || ' ' || pk || ' ' || hidden
                 FROM pragma_table_xinfo('{table}') ORDER BY cid"
            )));
        }
        schema.extend(self.lines(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, 'by itself') FROM sqlite_schema
             WHERE (tbl_name LIKE 'locals%' AND type = 'index' OR type = 'trigger')
               AND name <> 'sqlite_autoindex_locals_sessions_1'
             ORDER BY type, name",
        ));
        schema.extend(
            self.lines(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name",
            ),
        );
        schema
    }

    pub(crate) fn guard(&self) -> String {
        let view = self.lines("SELECT sql FROM sqlite_schema WHERE name = 'locals_guard'");
        view.into_iter().next().expect("the guard's view")
    }
}
