//! What a cell of a users table is, in each type of Rust's that it may be.
//!
//! The module around the tests of a store has its `database()` and its `Cells`, a table of one user, number 1, with
//! these columns: `Cells::of(database, columns)`, `auth()`, `read()`.

use crate::users::{User, signed_in, user};
use locals::{Auth, Error, StoreError};

/// The user, read twice after the sign-in: what a column was taken as is remembered.
pub async fn read<U: User>(auth: &Auth<U>) -> [U; 2] {
    let session = signed_in(auth, 1).await;
    let first = user(auth, &session).await.expect("a user");
    [first, user(auth, &session).await.expect("a user")]
}

/// Why the user cannot be read, as the log has it.
pub async fn refused<U: User>(auth: &Auth<U>) -> Result<U, String> {
    match auth.create_session(1).await {
        Ok(session) => Ok(user(auth, &session).await.expect("a user")),
        Err(Error::Store(StoreError::UserUnreadable { reason })) => Err(reason),
        Err(error) => panic!("{error}"),
    }
}

/// What each column is for a field of its name: `name: "SQL type", "value" => Type = expected;`
#[macro_export]
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
            let Some(database) = super::database() else {
                return;
            };
            let columns = [$((stringify!($column), $sql, $literal)),+];
            let cells = super::Cells::of(database, &columns).await;
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
#[macro_export]
macro_rules! refused_cells {
    ($test:ident { $(
        $(#[$attribute:meta])*
        $column:ident: $sql:literal, $literal:literal => $ty:ty, $reason:literal;
    )+ }) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            let Some(database) = super::database() else {
                return;
            };
            let columns = [$((stringify!($column), $sql, $literal)),+];
            let cells = super::Cells::of(database, &columns).await;
            $({
                #[derive(serde::Deserialize)]
                struct Row {
                    $(#[$attribute])*
                    $column: $ty,
                }
                let cell = concat!(stringify!($column), " ", $sql, " ", $literal);
                let reason = match $crate::columns::refused::<Row>(&cells.auth().await).await {
                    Ok(row) => panic!("{cell} is read as {:?}", row.$column),
                    Err(reason) => reason,
                };
                let expected = concat!("column `", stringify!($column), "`: ");
                assert!(reason.starts_with(expected), "{cell}: {reason}");
                assert!(reason.contains($reason), "{cell}: {reason}");
                // What is no value of anybody's.
                let is_said = ["NULL", "infinity", "-infinity"].contains(&$literal)
                    || $literal.starts_with("0000");
                assert!(is_said || !reason.contains($literal), "{cell}: {reason}");
            })+
        }
    };
}
