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
    rig::Database,
    users::{User, signed_in, user},
};
use locals::{Auth, Error, MySqlStore, StoreError};

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
        let auth = self.auth().await;
        let session = signed_in(&auth, 1).await;
        let first = user(&auth, &session).await.expect("a user");
        [first, user(&auth, &session).await.expect("a user")]
    }

    /// Why the user cannot be read, as the log has it.
    async fn refused<U: User>(&self) -> Result<U, String> {
        let auth = self.auth().await;
        match auth.create_session(1).await {
            Ok(session) => Ok(user(&auth, &session).await.expect("a user")),
            Err(Error::Store(StoreError::UserUnreadable { reason })) => Err(reason),
            Err(error) => panic!("{error}"),
        }
    }
}

/// What each column is for a field of its name: `name: "SQL type", "value" => Type = expected;`
macro_rules! cells {
    ($test:ident { $(
        $(#[$attribute:meta])*
        $column:ident: $sql:literal, $literal:literal => $ty:ty = $expected:expr;
    )+ }) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            #[derive(serde::Deserialize)]
            struct Row {
                $($(#[$attribute])* $column: $ty,)+
            }
            let Some(database) = $crate::rig::database() else {
                return;
            };
            let columns = [$((stringify!($column), $sql, $literal)),+];
            let cells = $crate::columns::Cells::of(database, &columns).await;
            for row in cells.read::<Row>().await {
                $(
                    let expected: $ty = $expected;
                    let cell = concat!(stringify!($column), " ", $sql, " ", $literal);
                    assert_eq!(row.$column, expected, "{cell}");
                )+
            }
        }
    };
}

/// Why a column is nothing for a field of its name: `name: "SQL type", "value" => Type, "part of the reason";`
/// The reason names the column, and has no value of it.
macro_rules! refused_cells {
    ($test:ident { $(
        $(#[$attribute:meta])*
        $column:ident: $sql:literal, $literal:literal => $ty:ty, $reason:literal;
    )+ }) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            let Some(database) = $crate::rig::database() else {
                return;
            };
            let columns = [$((stringify!($column), $sql, $literal)),+];
            let cells = $crate::columns::Cells::of(database, &columns).await;
            $({
                #[derive(serde::Deserialize)]
                struct Row {
                    $(#[$attribute])*
                    $column: $ty,
                }
                let cell = concat!(stringify!($column), " ", $sql, " ", $literal);
                let reason = match cells.refused::<Row>().await {
                    Ok(row) => panic!("{cell} is read as {:?}", row.$column),
                    Err(reason) => reason,
                };
                let expected = concat!("column `", stringify!($column), "`: ");
                assert!(reason.starts_with(expected), "{cell}: {reason}");
                assert!(reason.contains($reason), "{cell}: {reason}");
                let is_said = $literal == "NULL" || $literal.starts_with("0000");
                assert!(is_said || !reason.contains($literal), "{cell}: {reason}");
            })+
        }
    };
}

pub(crate) use cells;
pub(crate) use refused_cells;
