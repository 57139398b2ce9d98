//! What is found where our tables are to be.

use super::{guard, has_table, sessions, triggers};
use crate::{
    rig::{Database, database},
    users::{Named, assert_says, auth, name, refusal, signed_in, with_users},
};
use locals::{Auth, MySqlStore, UserId, store::Store};

#[tokio::test(flavor = "multi_thread")]
async fn k_07_a_newer_version_is_refused_and_left_alone() {
    let Some(database) = with_users() else { return };
    let session = signed_in(&auth::<Named>(database.url(), "users").await, 1).await;
    database.execute("UPDATE locals_meta SET version = 2");
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(&message, &["version 2", "version 1", "a newer release"]);
    assert_eq!(sessions(&database), "1");
    database.execute("UPDATE locals_meta SET version = 1");
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

async fn with_prefix(database: &Database, prefix: &str) -> Auth<Named> {
    let options = MySqlStore::options(database.url()).expect("options");
    let store = options
        .table_prefix(prefix)
        .connect()
        .await
        .expect("a store");
    let auth = Auth::builder(store.with_users("users")).connect().await;
    auth.expect("an Auth")
}

/// The application's own table is not ours to drop.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_the_application_is_left_alone() {
    let beside = "there is a table, but no, beside it, prefix of their own";
    for (table, other, told) in [
        ("locals_sessions", "locals_meta", beside),
        ("locals_meta", "locals_sessions", "cannot be read"),
    ] {
        let Some(database) = with_users() else { return };
        database.execute(&format!(
            "CREATE TABLE {table} (hall varchar(9)); INSERT INTO {table} VALUES ('A')"
        ));
        let message = refusal::<Named>(database.url(), "users").await;
        assert_says(&message, &[table]);
        assert_says(&message, &told.split(", ").collect::<Vec<_>>());
        assert_eq!(database.text(&format!("SELECT hall FROM {table}")), "A");
        assert!(!has_table(&database, other));

        let auth = with_prefix(&database, "app_").await;
        let session = signed_in(&auth, 1).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
        assert_eq!(database.text("SELECT count(*) FROM app_sessions"), "1");
        assert_eq!(database.text(&format!("SELECT hall FROM {table}")), "A");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tables_of_the_application_are_left_alone() {
    let Some(database) = with_users() else { return };
    database.execute(
        "CREATE TABLE locals_sessions (hall varchar(9)); CREATE TABLE locals_meta (hall varchar(9));
         INSERT INTO locals_sessions VALUES ('A')",
    );
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(&message, &["has no column `user_id`"]);
    database.execute("ALTER TABLE locals_sessions ADD user_id integer");
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(&message, &["locals_meta", "another program made it"]);
    assert_eq!(database.text("SELECT hall FROM locals_sessions"), "A");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_tables_is_refused() {
    let Some(database) = with_users() else { return };
    drop(auth::<Named>(database.url(), "users").await);
    database.execute("DROP TABLE locals_meta");
    let message = refusal::<Named>(database.url(), "users").await;
    let told = ["locals_sessions", "if it is left over, drop it"];
    assert_says(&message, &told);
    database.execute("DROP TABLE locals_sessions");
    let _: Auth<Named> = auth(database.url(), "users").await;
}

/// As a server leaves it that ends between two statements, or lets no row be written there.
#[tokio::test(flavor = "multi_thread")]
async fn tables_that_were_begun_are_made_whole() {
    for left in [
        "DROP TABLE locals_sessions",
        "DROP TABLE locals_sessions; DELETE FROM locals_meta",
    ] {
        let Some(database) = with_users() else { return };
        drop(auth::<Named>(database.url(), "users").await);
        database.execute(left);
        let started: Auth<Named> = auth(database.url(), "users").await;
        let guarded = database.text("SELECT guard FROM locals_meta WHERE is_marked = 1");
        assert_eq!(guarded, guard(&database), "{left}");
        let session = signed_in(&started, 1).await;
        assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    }
}

/// It would keep users from being deleted, once the account is gone that has made it.
#[tokio::test(flavor = "multi_thread")]
async fn the_mark_of_sessions_that_were_dropped_goes() {
    let Some(database) = with_users() else { return };
    drop(auth::<Named>(database.url(), "users").await);
    database.execute("DROP TABLE locals_sessions");
    drop(auth::<Named>(database.url(), "users").await);
    assert_eq!(triggers(&database), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn l_10_names_that_could_carry_sql_are_refused() {
    let Some(database) = database() else { return };
    let options = || MySqlStore::options(database.url()).expect("options");
    let long = "n".repeat(65);
    for name in [
        "",
        "1st",
        "a b",
        "a`; DROP TABLE users; -- ",
        "ä",
        "a.b",
        &long,
    ] {
        let error = options().table_prefix(name).connect().await;
        let error = error.expect_err("no name").to_string();
        assert_says(
            &error,
            &["cannot be", "ASCII letters, digits and underscores"],
        );
    }
    for name in [
        "users` WHERE 1",
        "a.b.c",
        "`users`",
        "users; DROP TABLE users",
        "",
        "ä",
    ] {
        let message = refusal::<Named>(database.url(), name).await;
        assert_says(&message, &["cannot be the name of the users table"]);
    }
}

/// Two applications in one database, each with its own sessions.
#[tokio::test(flavor = "multi_thread")]
async fn tables_of_two_prefixes_know_nothing_of_each_other() {
    let Some(database) = with_users() else { return };
    let customers = with_prefix(&database, "a_").await;
    let staff = with_prefix(&database, "b_").await;
    let session = signed_in(&customers, 1).await;
    assert_eq!(name(&staff, &session).await, None);
    let other = signed_in(&staff, 1).await;
    database.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&customers, &session).await, None);
    assert_eq!(name(&staff, &other).await, None);
    for table in ["a_sessions", "b_sessions"] {
        assert_eq!(database.text(&format!("SELECT count(*) FROM {table}")), "0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_not_made_ready_says_so() {
    let Some(database) = with_users() else { return };
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let ping = Store::<UserId>::sessions(&store).ping().await;
    let error = ping.expect_err("no tables").to_string();
    assert_says(&error, &[".connect().await"]);
}

/// Ids and hashes are bytes, and texts are of every language, whatever the database is set up for.
#[tokio::test(flavor = "multi_thread")]
async fn a_09_ids_and_hashes_are_bytes() {
    let Some(database) = with_users() else { return };
    drop(auth::<Named>(database.url(), "users").await);
    for (column, ty) in [("id", "binary(16)"), ("secret_hash", "binary(32)")] {
        let found = database.text(&format!(
            "SELECT column_type FROM information_schema.columns WHERE table_schema = DATABASE()
             AND table_name = 'locals_sessions' AND column_name = '{column}'"
        ));
        assert_eq!(found, ty);
    }
    let engines = "SELECT group_concat(DISTINCT engine) FROM information_schema.tables
                   WHERE table_schema = DATABASE() AND table_name LIKE 'locals%'";
    assert_eq!(database.text(engines), "InnoDB");
}
