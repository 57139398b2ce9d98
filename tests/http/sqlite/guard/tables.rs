//! Two users tables, or two keys, on one file: one of them has the sessions.

use locals::{Auth, SqliteStore, UsersTable};

use super::{Member, USERS, is_refused, open, seen, sign_in, sql, takes_nobody};
use crate::{rig::ADA, sqlite::Database};

/// Whoever has a key in one table does not have it in the other.
const ACCOUNTS: &str = "
CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
INSERT INTO accounts VALUES (1, 'bob@example.com'), (2, 'ada@example.com');";

/// Two programs, or one program with two handles to the store.
fn both(database: &Database, one_store: bool) -> [SqliteStore; 2] {
    let open = || SqliteStore::open(&database.path).expect("a database");
    let first = open();
    let second = if one_store { first.clone() } else { open() };
    [first, second]
}

/// In either order, and whether or not somebody has signed in.
#[tokio::test]
async fn e_11_the_first_users_table_is_the_one_of_the_file_as_long_as_it_is_there() {
    for (first, second, account) in [
        ("users", "accounts", "ada@example.com"),
        ("accounts", "users", "bob@example.com"),
    ] {
        for (one_store, signed_in) in [(true, true), (true, false), (false, true), (false, false)] {
            let database = Database::with(&format!("{USERS} {ACCOUNTS}"));
            let [here, there] = both(&database, one_store);
            let here: Auth<Member> = Auth::builder(here.with_users(first)).build().expect(first);
            let mut token = String::new();
            if signed_in {
                token = sign_in(&here, ADA).await;
            }
            let other: Result<Auth<Member>, _> = Auth::builder(there.with_users(second)).build();
            let names = [first, second].map(|name| format!("`{name}`"));
            is_refused(other, &[&names[0], &names[1]]);
            if !signed_in {
                token = sign_in(&here, ADA).await;
            }
            assert_eq!(seen(&here, &token).await, account, "nothing changed");
            let next = sign_in(&here, ADA).await;
            assert_eq!(seen(&here, &next).await, account, "nothing changed");
        }
    }
}

/// The first program is still running; then a table of the first name is there again, in which
/// somebody else has the key.
#[tokio::test]
async fn e_11_the_next_users_table_gets_no_session_of_one_that_is_gone() {
    for (first, second) in [("users", "accounts"), ("accounts", "users")] {
        for (one_store, foreign_keys) in
            [(true, true), (true, false), (false, true), (false, false)]
        {
            let database = Database::with(&format!("{USERS} {ACCOUNTS}"));
            let run = |statements: &str| {
                let application = database.app();
                application
                    .pragma_update(None, "foreign_keys", foreign_keys)
                    .expect("a pragma");
                sql(statements)(&application);
            };
            let [here, there] = both(&database, one_store);
            let here: Auth<Member> = Auth::builder(here.with_users(first)).build().expect(first);
            let former = sign_in(&here, ADA).await;

            run(&format!("DROP TABLE {first}"));
            let there: Auth<Member> = Auth::builder(there.with_users(second))
                .build()
                .expect("the first is gone");
            assert_eq!(seen(&there, &former).await, "nobody", "{second}");
            let next = sign_in(&there, ADA).await;
            for token in [&former, &next] {
                assert_eq!(seen(&here, token).await, "lost", "{first}");
            }

            run(&format!(
                "CREATE TABLE {first} (id INTEGER PRIMARY KEY, email TEXT);
                 INSERT INTO {first} VALUES (1, 'mallory@example.com')"
            ));
            for token in [&former, &next] {
                assert_eq!(seen(&here, token).await, "lost", "{first} again");
            }
            takes_nobody(&here, first).await;
            let names = [first, second].map(|name| format!("`{name}`"));
            is_refused(open(&database, first), &[&names[0], &names[1]]);
            let read = format!("SELECT email FROM {second} WHERE id = 1");
            let account: String = database
                .app()
                .query_row(&read, [], |row| row.get(0))
                .expect("a user");
            assert_eq!(seen(&there, &next).await, account);
        }
    }
}

/// The former ids do not even fit.
#[tokio::test]
async fn e_11_the_next_users_table_may_have_keys_of_another_kind() {
    let database = Database::with(USERS);
    let first = open(&database, "users").expect("a database");
    let former = sign_in(&first, ADA).await;
    sql("CREATE TABLE accounts (no TEXT PRIMARY KEY, email TEXT);
         INSERT INTO accounts VALUES ('1', 'bob@example.com');
         DROP TABLE users")(&database.app());
    let accounts = UsersTable::new("accounts").key("no");
    let next = open(&database, accounts).expect("the only one there is");
    assert_eq!(seen(&next, &former).await, "nobody");
    let token = sign_in(&next, "1").await;
    assert_eq!(seen(&next, &token).await, "bob@example.com");
    assert_eq!(seen(&first, &token).await, "lost");
}

#[tokio::test]
async fn e_11_the_first_key_of_a_users_table_is_the_one_of_the_file() {
    for (first, second, account) in [
        ("id", "spare", "ada@example.com"),
        ("spare", "id", "bob@example.com"),
    ] {
        for one_store in [true, false] {
            let database = Database::with(USERS);
            let [here, there] = both(&database, one_store);
            let users = |key: &str| UsersTable::new("users").key(key);
            let here = Auth::<Member>::builder(here.with_users(users(first))).build();
            let here = here.expect("the first");
            let other = Auth::<Member>::builder(there.with_users(users(second))).build();
            let names = [first, second].map(|name| format!("`{name}`"));
            is_refused(other, &["`users`", &names[0], &names[1]]);

            let token = sign_in(&here, 1).await;
            is_refused(
                open(&database, users(second)),
                &["`users`", &names[0], &names[1]],
            );
            assert_eq!(seen(&here, &token).await, account);
            let again = open(&database, users(first)).expect("the key it was made with");
            assert_eq!(seen(&again, &token).await, account);
        }
    }
}

/// SQLite's names have no case.
#[tokio::test]
async fn e_11_the_same_table_and_key_in_other_letters_are_no_others() {
    let database = Database::with(USERS);
    let first = open(&database, "users").expect("a database");
    let token = sign_in(&first, ADA).await;
    let again = open(&database, UsersTable::new("USERS").key("Id")).expect("the same table");
    assert_eq!(seen(&again, &token).await, "ada@example.com");
}
