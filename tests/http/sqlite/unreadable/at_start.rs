//! What a program says at its start of a user who cannot be read: a warning, as it can serve the
//! others.

use locals::{Auth, SqliteStore, UsersTable};
use serde::{Deserialize, de::DeserializeOwned};

use super::{MISFITS, TELLTALES};
use crate::{rig::LogFrom, sqlite::Database};

pub(super) const ADA_AND_BOB: &str = "
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, admin INTEGER);
INSERT INTO users VALUES (1, 'ada@example.com', 1), (2, 'bob@example.com', 0);";

fn starts<U>(database: &Database, users: impl Into<UsersTable>)
where
    U: DeserializeOwned + Send + Sync + 'static,
{
    let store = SqliteStore::open(&database.path).expect("a database");
    let auth: Result<Auth<U>, _> = Auth::builder(store.with_users(users)).build();
    auth.expect("the columns are there");
}

/// What was logged about this type since then.
fn said_of(name: &str, log: LogFrom) -> Vec<String> {
    let text = log.text();
    let lines = text.lines().filter(|line| line.contains(name));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_first_user_who_cannot_be_read_is_one_warning_with_column_and_type() {
    /// Of this test alone, as the log is one for all.
    #[derive(Deserialize)]
    #[allow(dead_code, reason = "nobody looks at it")]
    struct Doubtful {
        id: i64,
        email: String,
        admin: bool,
    }

    for (column, value) in MISFITS {
        let database = Database::with(ADA_AND_BOB);
        database.run(&format!("UPDATE users SET {column} = {value} WHERE id = 1"));
        let log = LogFrom::now();
        starts::<Doubtful>(&database, "users");
        let said = said_of("Doubtful", log);
        assert_eq!(said.len(), 1, "{column} = {value}: {said:?}");
        assert!(said[0].contains("WARN"), "{}", said[0]);
        assert!(said[0].contains(&format!("`{column}`")), "{}", said[0]);
        for telltale in TELLTALES {
            assert!(!said[0].contains(telltale), "{}", said[0]);
        }
    }
}

/// Somebody who can be read, nobody, and nobody who counts.
#[test]
fn without_a_user_who_cannot_be_read_there_is_no_warning() {
    /// Of this test alone, as the log is one for all.
    #[derive(Deserialize)]
    #[allow(dead_code, reason = "nobody looks at it")]
    struct Undoubted {
        id: i64,
        email: String,
        admin: bool,
    }

    let log = LogFrom::now();
    let database = Database::with(ADA_AND_BOB);
    starts::<Undoubted>(&database, "users");
    database.run("DELETE FROM users");
    starts::<Undoubted>(&database, "users");
    database.run("INSERT INTO users VALUES (1, NULL, 1)");
    let with_address = UsersTable::new("users").only_if("email IS NOT NULL");
    starts::<Undoubted>(&database, with_address);
    assert_eq!(said_of("Undoubted", log), [""; 0]);

    starts::<Undoubted>(&database, "users");
    assert_eq!(said_of("Undoubted", log).len(), 1, "it is looked for");
}
