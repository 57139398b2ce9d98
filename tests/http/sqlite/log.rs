//! The write-ahead log: SQLite copies it into the file in time, whoever reads or writes meanwhile.

use std::{cell::Cell, ops::Range, time::Duration};

use futures_util::future::join_all;
use locals::{Auth, SqliteStore};

use super::Database;

const MEBIBYTE: u64 = 1024 * 1024;

impl Database {
    /// No users table, so that anybody may sign in.
    fn of_anybody(&self) -> Auth {
        let store = SqliteStore::open(&self.path).expect("a database");
        // A disk may take its time over a long log.
        let builder = Auth::builder(store).store_deadline(Duration::from_secs(60));
        builder.build().expect("a database")
    }

    fn bytes_of_the_log(&self) -> u64 {
        let log = self.path.with_extension("db-wal");
        log.metadata().expect("a log").len()
    }
}

async fn sign_in(auth: &Auth, users: Range<u32>) {
    for user in users {
        let session = auth.create_session(format!("user-{user}")).await;
        assert!(session.is_ok(), "{user}: {session:?}");
    }
}

#[tokio::test]
async fn k_04_the_log_stays_small_while_many_sign_in() {
    let database = Database::none();
    let auth = database.of_anybody();
    let longest = Cell::new(0);
    let sign_ins = (0..64).map(async |client| {
        for round in 0..15 {
            let first = client * 150 + round * 10;
            sign_in(&auth, first..first + 10).await;
            longest.set(longest.get().max(database.bytes_of_the_log()));
        }
    });
    join_all(sign_ins).await;
    assert_eq!(
        database.number("SELECT count(*) FROM locals_sessions"),
        64 * 150
    );
    // Uncopied it would be some 45 MiB.
    let longest = longest.into_inner();
    assert!(longest <= 8 * MEBIBYTE, "{longest}");
}

#[tokio::test]
async fn k_04_a_log_that_a_reader_has_made_long_is_given_back() {
    let database = Database::with("CREATE TABLE notes (text BLOB)");
    let auth = database.of_anybody();
    let reader = database.app();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM notes")
        .expect("a transaction that reads");
    database.run("INSERT INTO notes VALUES (zeroblob(80 * 1024 * 1024))");
    sign_in(&auth, 0..300).await;
    let long = database.bytes_of_the_log();
    assert!(long > 80 * MEBIBYTE, "{long}");
    reader.execute_batch("COMMIT").expect("the end of it");
    sign_in(&auth, 300..600).await;
    let kept = database.bytes_of_the_log();
    assert!(kept <= 64 * MEBIBYTE, "{kept}");
    assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 600);
}
