//! Each type of MySQL's and MariaDB's, in each type of Rust's that it may be.
//!
//! The cells of a test are the columns of one table with one user, who is read at the sign-in and twice
//! after it: what a column was taken as is remembered.

mod clock;
mod documents;
mod fields;
mod migrations;
mod numbers;
mod restrictions;
mod texts;
mod unreadable;

use crate::{
    rig::{Database, database},
    users::User,
};
use locals::{Auth, MySqlStore};
use store_tests::{cells, columns::read, refused_cells};

/// A table of one user.
struct Cells {
    store: MySqlStore,
    database: Database,
}

/// A text stands in quotes; bytes, bits and NULL as they are.
fn value(literal: &str) -> String {
    let is_bare = literal == "NULL" || ["b'", "X'", "ST_"].iter().any(|b| literal.starts_with(b));
    if is_bare {
        format!(", {literal}")
    } else {
        format!(", '{literal}'")
    }
}

impl Cells {
    /// Names, types and values of columns. What does not fit is refused, but for the dates that are none.
    async fn of(database: Database, cells: &[(&str, &str, &str)]) -> Self {
        let columns = cells.iter().map(|(name, ty, _)| format!(", `{name}` {ty}"));
        let columns: String = columns.collect();
        let values: String = cells.iter().map(|(.., literal)| value(literal)).collect();
        database.execute(&format!(
            "SET sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00';
             CREATE TABLE users (id integer PRIMARY KEY{columns}) CHARACTER SET utf8mb4;
             INSERT INTO users VALUES (1{values})"
        ));
        let store = MySqlStore::connect(database.url()).await;
        Self {
            store: store.expect("a store"),
            database,
        }
    }

    async fn auth<U: User>(&self) -> Auth<U> {
        let users = self.store.clone().with_users("users");
        Auth::builder(users).connect().await.expect("an Auth")
    }

    async fn read<U: User>(&self) -> [U; 2] {
        read(&self.auth().await).await
    }
}
