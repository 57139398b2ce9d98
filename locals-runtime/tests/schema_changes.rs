//! E-11: random histories of a users table that people rename, rebuild, drop, restore and repair while
//! programs run on it or do not. Whatever becomes of the sessions, none opens the account of another.

#![cfg(all(feature = "sqlite", feature = "testing"))]

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use fastrand::Rng;
use locals::{Auth, SqliteStore, UserId};
use rusqlite::Connection;

const HISTORIES: usize = 150;
const STEPS: usize = 80;

/// Every account ever made has a name of its own: keys are used again, names are not.
#[derive(serde::Deserialize)]
struct Account {
    who: String,
}

/// A program that runs on the file.
enum Program {
    WithUsers(Auth<Account>),
    /// It looks its users up by the id that the session has.
    IdsOnly(Auth),
}

struct History {
    directory: tempfile::TempDir,
    random: Rng,
    programs: [Option<Program>; 3],
    /// Whose session each token was made for.
    tokens: BTreeMap<String, String>,
    accounts: u32,
    /// Texts of triggers that somebody has put aside.
    kept: Vec<String>,
    log: Vec<String>,
    opened: usize,
}

const KEYS: [&str; 3] = [
    "INTEGER PRIMARY KEY",
    "INT NOT NULL UNIQUE",
    "INTEGER UNIQUE",
];

impl History {
    fn new(seed: u64) -> Self {
        let shared_memory = tempfile::tempdir_in("/dev/shm");
        let directory = shared_memory.or_else(|_| tempfile::tempdir());
        let mut history = Self {
            directory: directory.expect("a directory"),
            random: Rng::with_seed(seed),
            programs: [const { None }; 3],
            tokens: BTreeMap::new(),
            accounts: 0,
            kept: Vec::new(),
            log: Vec::new(),
            opened: 0,
        };
        history.create_users("users");
        for _ in 0..3 {
            history.insert_user();
        }
        history
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.random.usize(..choices.len())]
    }

    /// The application's statements; what SQLite refuses did not happen.
    fn run(&mut self, statements: &str) {
        let app = Connection::open(self.file("app.db")).expect("the application's file");
        let mut story = String::new();
        for pragma in ["foreign_keys", "legacy_alter_table", "recursive_triggers"] {
            let on = self.random.bool();
            app.pragma_update(None, pragma, on).expect("a pragma");
            story += if on { pragma } else { "" };
            story += " ";
        }
        // An open transaction is rolled back when the connection is closed.
        let outcome = app.execute_batch(statements);
        self.log
            .push(format!("[{story}] {statements} -> {outcome:?}"));
    }

    fn create_users(&mut self, table: &str) {
        let key = self.one_of(&KEYS);
        self.run(&format!(
            "CREATE TABLE {table} (id {key}, who TEXT UNIQUE, other INTEGER UNIQUE)"
        ));
    }

    fn new_name(&mut self) -> String {
        self.accounts += 1;
        format!("account-{}", self.accounts)
    }

    /// As SQLite hands out keys, or with one that was used before.
    fn insert_user(&mut self) {
        let who = self.new_name();
        let verb = self.one_of(&["INSERT", "INSERT OR REPLACE"]);
        let key = self.one_of(&[
            "1",
            "2",
            "3",
            "(SELECT coalesce(max(id), 0) + 1 FROM users)",
        ]);
        self.run(&format!(
            "{verb} INTO users (id, who, other) VALUES ({key}, '{who}', {})",
            self.accounts
        ));
    }

    fn change_rows(&mut self) {
        let (a, b) = (self.random.u32(1..5), self.random.u32(1..9));
        match self.random.u32(..6) {
            0 | 1 => self.insert_user(),
            2 => self.run(&format!("DELETE FROM users WHERE id = {a}")),
            3 => self.run(&format!(
                "UPDATE OR REPLACE users SET id = {b} WHERE id = {a}"
            )),
            4 => self.run(&format!(
                "UPDATE OR REPLACE users SET rowid = {b} WHERE id = {a}"
            )),
            _ => self.run(&format!(
                "UPDATE OR REPLACE users SET other = {b} WHERE id = {a}"
            )),
        }
    }

    /// Copied as they are, or with other keys.
    fn copy(&mut self, from: &str, to: &str) -> String {
        let key = self.one_of(&["id", "id", "id + 1", "4 - id"]);
        format!("INSERT OR IGNORE INTO {to} (id, who, other) SELECT {key}, who, other FROM {from}")
    }

    fn change_schema(&mut self) {
        match self.random.u32(..13) {
            0 => {
                self.create_users("fresh");
                let copy = self.copy("users", "fresh");
                self.run(&format!(
                    "{copy}; DROP TABLE users; ALTER TABLE fresh RENAME TO users"
                ));
            }
            1 => {
                self.run("ALTER TABLE users RENAME TO former");
                self.create_users("users");
                let copy = self.copy("former", "users");
                self.run(&copy);
            }
            2 => self.run("DROP TABLE former"),
            3 => self.run("ALTER TABLE former RENAME TO users"),
            4 => self.run(
                "ALTER TABLE users RENAME COLUMN id TO spare;
                 ALTER TABLE users RENAME COLUMN other TO id;
                 ALTER TABLE users RENAME COLUMN spare TO other",
            ),
            5 => {
                self.run("DROP TABLE users");
                self.create_users("users");
            }
            6 => self.drop_triggers(),
            7 => {
                self.drop_triggers();
                for _ in 0..self.random.u32(1..5) {
                    self.change_rows();
                }
                self.restore_triggers();
            }
            8 => self.run("DROP VIEW locals_guard"),
            9 => self.run("VACUUM"),
            10 => self.run("ALTER TABLE users ADD COLUMN born TEXT; CREATE TABLE notes (x)"),
            11 => self.run("ALTER TABLE users DROP COLUMN born; DROP TABLE notes"),
            _ => self.break_a_trigger(),
        }
    }

    fn drop_triggers(&mut self) {
        let app = Connection::open(self.file("app.db")).expect("the application's file");
        let mut ours = app
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            .expect("a query");
        let rows = ours.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Vec<(String, String)> = rows.and_then(Iterator::collect).expect("triggers");
        for (name, text) in rows {
            if self.random.u32(..4) > 0 {
                self.run(&format!("DROP TRIGGER {name}"));
                self.kept.push(text);
            }
        }
    }

    fn restore_triggers(&mut self) {
        for text in std::mem::take(&mut self.kept) {
            self.run(&text);
        }
    }

    /// With a new version of the schema, as whoever writes there has to give it.
    fn break_a_trigger(&mut self) {
        self.run(
            "BEGIN;
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'WHERE \"user_id\"', 'WHERE 0 AND \"user_id\"')
             WHERE name = 'locals_user_deleted';
             PRAGMA writable_schema = OFF;
             CREATE TABLE version (x); DROP TABLE version;
             COMMIT",
        );
    }

    fn snapshot(&mut self) {
        let copy = self.file("snapshot.db");
        let _ = std::fs::remove_file(&copy);
        self.run(&format!("VACUUM INTO '{}'", copy.display()));
    }

    fn restore(&mut self) {
        let snapshot = self.file("snapshot.db");
        if !snapshot.exists() {
            return;
        }
        let attached = format!("ATTACH '{}' AS old", snapshot.display());
        match self.random.u32(..4) {
            0 => {
                self.programs = [const { None }; 3];
                self.wait_until_nobody_has_it_open();
                std::fs::copy(&snapshot, self.file("app.db")).expect("a copy");
                self.log
                    .push("copied the snapshot over the file".to_owned());
            }
            1 => self.run(&format!(
                "{attached}; DELETE FROM users; INSERT INTO users SELECT * FROM old.users"
            )),
            2 => self.run(&format!(
                "{attached}; DROP TABLE users; CREATE TABLE users AS SELECT * FROM old.users;
                 CREATE UNIQUE INDEX users_by_id ON users (id)"
            )),
            _ => self.run(&format!(
                "{attached}; INSERT OR REPLACE INTO users SELECT * FROM old.users"
            )),
        }
    }

    /// A store's thread closes its connection when it is done; the last one to go takes the log along.
    fn wait_until_nobody_has_it_open(&self) {
        let begun = Instant::now();
        while self.file("app.db-wal").exists() {
            assert!(begun.elapsed() < Duration::from_secs(10), "somebody has");
            let app = Connection::open(self.file("app.db")).expect("the application's file");
            let read = app.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
            read.expect("a schema");
        }
    }

    fn start_or_stop(&mut self) {
        let place = self.random.usize(..self.programs.len());
        if self.programs[place].take().is_some() {
            self.log.push(format!("program {place} stopped"));
            return;
        }
        let started = self.start();
        self.log
            .push(format!("program {place} started: {}", started.is_some()));
        self.programs[place] = started;
    }

    fn start(&mut self) -> Option<Program> {
        let store = SqliteStore::open(self.file("app.db")).expect("the file");
        if self.random.u32(..4) == 0 {
            return Auth::builder(store).build().map(Program::IdsOnly).ok();
        }
        let store = store.with_users("users");
        let started = Auth::builder(store).build();
        if let Err(error) = &started {
            self.log.push(error.to_string());
        }
        started.map(Program::WithUsers).ok()
    }

    /// Whether the sessions are those of a users table.
    fn has_users(&self) -> bool {
        let app = Connection::open(self.file("app.db")).expect("the application's file");
        let references = "SELECT count(*) FROM pragma_foreign_key_list('locals_sessions')";
        app.query_row(references, [], |row| row.get(0))
            .is_ok_and(|count: i64| count > 0)
    }

    fn who_has(&self, id: &str) -> Option<String> {
        let app = Connection::open(self.file("app.db")).expect("the application's file");
        app.query_row("SELECT who FROM users WHERE id = ?1", [id], |row| {
            row.get(0)
        })
        .ok()
    }

    async fn sign_in(&mut self) {
        let id = UserId::from(self.random.u32(1..5));
        let place = self.random.usize(..self.programs.len());
        let session = match &self.programs[place] {
            Some(Program::WithUsers(auth)) => auth.create_session(&id).await,
            // Where there is no users table, an id is all that is promised.
            Some(Program::IdsOnly(auth)) if self.has_users() => auth.create_session(&id).await,
            Some(Program::IdsOnly(_)) | None => return,
        };
        match (session, self.who_has(id.as_str())) {
            (Ok(session), Some(who)) => {
                self.log
                    .push(format!("program {place} signed {id} in: {who}"));
                self.tokens.insert(session.token().expose().to_owned(), who);
            }
            (Ok(_), None) | (Err(_), _) => {}
        }
    }

    async fn check(&mut self, seed: u64) {
        for program in self.programs.iter().flatten() {
            for (token, made_for) in &self.tokens {
                let opened = match program {
                    Program::WithUsers(auth) => {
                        let found = auth.validate_session_user(token.as_str()).await;
                        found.ok().flatten().map(|(_, account)| account.who)
                    }
                    Program::IdsOnly(auth) => {
                        let found = auth.validate_session(token.as_str()).await;
                        let session = found.ok().flatten();
                        session.and_then(|session| self.who_has(session.user_id().as_str()))
                    }
                };
                self.opened += usize::from(opened.is_some());
                let story = || format!("seed {seed}:\n{}", self.log.join("\n"));
                assert!(
                    opened.is_none() || opened.as_ref() == Some(made_for),
                    "a session of {made_for} opens {opened:?}; {}",
                    story()
                );
            }
        }
    }

    async fn step(&mut self) {
        match self.random.u32(..20) {
            0..=6 => self.change_rows(),
            7..=9 => self.change_schema(),
            10..=12 => self.start_or_stop(),
            13 => self.snapshot(),
            14 => self.restore(),
            _ => self.sign_in().await,
        }
    }
}

#[tokio::test]
async fn e_11_no_history_of_the_users_table_opens_anothers_account() {
    let first = fastrand::u64(..);
    let mut opened = 0;
    for seed in (0..HISTORIES as u64).map(|history| first.wrapping_add(history)) {
        let mut history = History::new(seed);
        for _ in 0..STEPS {
            history.step().await;
            history.check(seed).await;
        }
        opened += history.opened;
    }
    assert!(opened > HISTORIES, "only {opened} sessions opened anything");
    eprintln!("sessions opened the right account {opened} times");
}
