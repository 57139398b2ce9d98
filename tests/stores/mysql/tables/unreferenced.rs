//! Users to whom nothing refers: `foreign_key(false)`, where the server keeps no references, or the application
//! wants none.

use super::{guard, sessions, triggers};
use crate::{
    rig::{Database, database},
    users::{Named, assert_says, is_nobody, name, name_in_the_end, refused, signed_in, with_users},
};
use locals::{Auth, BuildError, MySqlStore, testing::TestClock};
use std::time::Duration;

async fn unreferenced(database: &Database, clock: &TestClock) -> Auth<Named> {
    let options = MySqlStore::options(database.url()).expect("options");
    let store = options.foreign_key(false).connect().await;
    let store = store.expect("a store").with_users("users");
    let auth = Auth::builder(store).clock(clock.clone()).connect().await;
    auth.expect("an Auth")
}

/// Its row goes when it expires, as any other.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_user_who_is_gone_is_none_and_is_swept_in_the_end() {
    let Some(database) = with_users() else { return };
    let clock = TestClock::new();
    let auth = unreferenced(&database, &clock).await;
    let guards = (guard(&database), triggers(&database));
    assert_eq!(guards, (String::new(), "0".to_owned()));
    let (ada, grace) = (signed_in(&auth, 1).await, signed_in(&auth, 2).await);
    assert_eq!(name(&auth, &ada).await.as_deref(), Some("Ada"));
    database.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&auth, &ada).await, None);
    let found = auth.validate_session(ada.token()).await;
    assert!(found.expect("an answer").is_none());
    is_nobody(&auth, 1).await;
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Grace"));

    clock.advance(Duration::from_secs(400 * 24 * 60 * 60));
    let last = signed_in(&auth, 2).await;
    auth.delete_expired_sessions().await.expect("swept");
    assert_eq!(sessions(&database), "1");
    assert_eq!(name(&auth, &last).await.as_deref(), Some("Grace"));
}

/// Nothing of ours is in the way of what the application does with its table.
#[tokio::test(flavor = "multi_thread")]
async fn the_users_table_may_be_changed_in_every_way() {
    let Some(database) = with_users() else { return };
    let auth = unreferenced(&database, &TestClock::new()).await;
    let session = signed_in(&auth, 2).await;
    for change in [
        "ALTER TABLE users MODIFY id bigint NOT NULL",
        "ALTER TABLE users ENGINE=MyISAM",
        "ALTER TABLE users ENGINE=InnoDB",
        "CREATE TABLE copy LIKE users; INSERT INTO copy SELECT * FROM users;
         RENAME TABLE users TO old_users, copy TO users; DROP TABLE old_users",
    ] {
        database.execute(change);
        let found = name_in_the_end(&auth, &session).await;
        assert_eq!(found.as_deref(), Some("Grace"), "{change}");
    }
    database.execute("TRUNCATE users");
    assert_eq!(name(&auth, &session).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_to_which_nothing_can_refer_are_as_good_as_any() {
    for table in ["ENGINE=MyISAM", "PARTITION BY HASH (id) PARTITIONS 2"] {
        let Some(database) = database() else { return };
        database.execute(&format!(
            "CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL) {table};
             INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')"
        ));
        let auth = unreferenced(&database, &TestClock::new()).await;
        let session = signed_in(&auth, 1).await;
        assert_eq!(
            name(&auth, &session).await.as_deref(),
            Some("Ada"),
            "{table}"
        );
        database.execute("DELETE FROM users WHERE id = 1");
        assert_eq!(name(&auth, &session).await, None, "{table}");
    }
}

async fn connect(database: &Database, table: &str) -> Result<Auth<Named>, BuildError> {
    let options = MySqlStore::options(database.url()).expect("options");
    let store = options.foreign_key(false).connect().await;
    let store = store.expect("a store").with_users(table);
    Auth::builder(store).connect().await
}

/// Two programs with the same tables would take each other's sessions for their own.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_users_of_another_table_are_not_opened_by_these_sessions() {
    let Some(database) = with_users() else { return };
    let auth = connect(&database, "users").await.expect("an Auth");
    let session = signed_in(&auth, 1).await;
    database.execute("CREATE TABLE staff LIKE users; INSERT INTO staff VALUES (1, 'Eve')");
    let message = refused(connect(&database, "staff").await);
    assert_says(&message, &["another users table", "`staff`"]);
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));

    // Those who are the same under another name.
    database.execute("DROP TABLE staff; RENAME TABLE users TO staff");
    let message = refused(connect(&database, "staff").await);
    let (_, statements) = message.split_once("\n\n").expect("statements");
    let (_, all_but_the_first) = statements.split_once('\n').expect("several");
    database.execute(all_but_the_first);
    let started = connect(&database, "staff").await.expect("an Auth");
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_have_neither_a_reference_nor_a_trigger() {
    let Some(database) = with_users() else { return };
    let options = MySqlStore::options(database.url()).expect("options");
    let options = options.foreign_key(false).migrations(false);
    let store = options
        .connect()
        .await
        .expect("a store")
        .with_users("users");
    let sql = store.schema_sql().await.expect("statements");
    assert!(
        !sql.contains("FOREIGN KEY") && !sql.contains("TRIGGER"),
        "{sql}"
    );
    database.execute(&sql);
    let auth: Auth<Named> = Auth::builder(store).connect().await.expect("an Auth");
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}
