//! A file that keeps its texts as UTF-16, in which two ids may become one.

use locals::{Auth, SqliteStore};

use super::{is_refused, open, seen, sign_in};
use crate::sqlite::Database;

const UUID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

fn in_utf_16(order: &str, tables: &str) -> Database {
    Database::with(&format!("PRAGMA encoding = 'UTF-16{order}'; {tables}"))
}

#[test]
fn e_11_text_ids_in_a_utf_16_file_are_refused() {
    for order in ["le", "be"] {
        let named = format!("UTF-16{order}");
        let users = "CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT);
                     INSERT INTO users VALUES ('ada', 'ada@example.com')";
        let database = in_utf_16(order, users);
        is_refused(open(&database, "users"), &[&named, "integer"]);
        let store = SqliteStore::open(&database.path).expect("a database");
        let without_users: Result<Auth, _> = Auth::builder(store).build();
        is_refused(without_users, &[&named]);
        let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
        assert_eq!(database.number(ours), 0, "nothing is left behind");
    }
}

#[tokio::test]
async fn e_11_other_ids_in_a_utf_16_file_are_taken() {
    let integer = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
                   INSERT INTO users VALUES (1, 'ådà@example.com')";
    let uuid = "CREATE TABLE users (id BLOB PRIMARY KEY, email TEXT);
                INSERT INTO users VALUES (x'67e5504410b1426f9247bb680e5fe0c8', 'ådà@example.com')";
    for (tables, id) in [(integer, "1"), (uuid, UUID)] {
        for order in ["le", "be"] {
            let database = in_utf_16(order, tables);
            let auth = open(&database, "users").expect("no text is compared");
            let token = sign_in(&auth, id).await;
            assert_eq!(seen(&auth, &token).await, "ådà@example.com");
            drop(auth);
            let restarted = open(&database, "users").expect("the guard is whole");
            assert_eq!(seen(&restarted, &token).await, "ådà@example.com");
            let store = SqliteStore::open(&database.path).expect("a database");
            let plain: Auth = Auth::builder(store).build().expect("the same ids");
            assert_eq!(seen(&plain, &token).await, id);
        }
    }
}
