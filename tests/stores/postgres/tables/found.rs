//! What is found where our tables are to be.

use super::sessions;
use crate::users::{
    Named, assert_says, auth, connect, name, refusal, refused, signed_in, with_users,
};
use locals::{Auth, PostgresStore, UserId, store::Store};
use test_servers::Postgres;

#[tokio::test(flavor = "multi_thread")]
async fn k_07_a_newer_version_is_refused_and_left_alone() {
    let Some(schema) = with_users() else { return };
    let session = signed_in(&auth::<Named>(schema.url(), "users").await, 1).await;
    schema.execute("UPDATE locals_meta SET version = 2");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["version 2", "version 1", "a newer release"]);
    schema.execute("UPDATE locals_meta SET version = 1");
    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// The application's own table is not ours to drop.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_the_application_is_left_alone() {
    for (table, other) in [
        ("locals_sessions", "locals_meta"),
        ("locals_meta", "locals_sessions"),
    ] {
        let Some(schema) = with_users() else { return };
        schema.execute(&format!(
            "CREATE TABLE {table} (hall text); INSERT INTO {table} VALUES ('A')"
        ));
        let message = refusal::<Named>(schema.url(), "users").await;
        let half = [
            "there is a table",
            table,
            "but no",
            other,
            "beside it",
            "prefix of their own",
        ];
        assert_says(&message, &half);
        assert_eq!(schema.text(&format!("SELECT hall FROM {table}")), "A");

        let options = PostgresStore::options(schema.url()).expect("options");
        let store = options
            .table_prefix("app_")
            .connect()
            .await
            .expect("a store");
        let auth = Auth::builder(store.with_users("users")).connect().await;
        let auth: Auth<Named> = auth.expect("an Auth");
        let session = signed_in(&auth, 1).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
        assert_eq!(schema.text("SELECT count(*) FROM app_sessions"), "1");
        assert_eq!(schema.text(&format!("SELECT hall FROM {table}")), "A");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tables_of_the_application_are_left_alone() {
    let Some(schema) = with_users() else { return };
    schema
        .execute("CREATE TABLE locals_sessions (hall text); CREATE TABLE locals_meta (hall text)");
    schema.execute("INSERT INTO locals_sessions VALUES ('A')");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["has no column `user_id`"]);
    schema.execute("ALTER TABLE locals_sessions ADD user_id integer");
    let built = connect::<Named>(schema.url(), "users").await;
    assert!(built.is_err());
    assert_eq!(schema.text("SELECT hall FROM locals_sessions"), "A");
}

/// It says what to do, as every other of these messages.
#[tokio::test(flavor = "multi_thread")]
async fn a_meta_table_of_somebody_else_is_told() {
    let Some(schema) = with_users() else { return };
    drop(auth::<Named>(schema.url(), "users").await);
    schema.execute("ALTER TABLE locals_meta RENAME COLUMN guard TO hall");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["locals_meta", "another program made it"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_tables_is_refused() {
    let Some(schema) = with_users() else { return };
    drop(auth::<Named>(schema.url(), "users").await);
    schema.execute("DELETE FROM locals_meta");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["locals_meta", "cannot be read"]);
    schema.execute("DROP TABLE locals_meta");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(
        &message,
        &["locals_sessions", "if it is left over, drop it"],
    );
    schema.execute("DROP TABLE locals_sessions");
    let _: Auth<Named> = auth(schema.url(), "users").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_made_when_it_is_missing() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    database.execute(crate::users::USERS);
    for _ in 0..2 {
        let options = PostgresStore::options(database.url()).expect("options");
        let store = options.schema("auth").table_prefix("app_").connect().await;
        let store = store.expect("a store").with_users("users");
        let auth: Auth<Named> = Auth::builder(store).connect().await.expect("an Auth");
        let session = signed_in(&auth, 1).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    }
    assert_eq!(database.text("SELECT count(*) FROM auth.app_sessions"), "2");
    assert_eq!(database.text("SELECT count(*) FROM auth.app_meta"), "1");
    assert_eq!(
        database.text("SELECT to_regclass('public.app_sessions')"),
        ""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l_10_names_that_could_carry_sql_are_refused() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    let options = || PostgresStore::options(schema.url()).expect("options");
    let long = "n".repeat(64);
    for name in [
        "",
        "1st",
        "a b",
        "a\"; DROP TABLE users; --",
        "ä",
        "a.b",
        &long,
    ] {
        for options in [options().schema(name), options().table_prefix(name)] {
            let error = options.connect().await.expect_err("no name").to_string();
            assert_says(
                &error,
                &["cannot be", "ASCII letters, digits and underscores"],
            );
        }
    }
    let longest = "n".repeat(38);
    let store = options()
        .table_prefix(&longest)
        .connect()
        .await
        .expect("a store");
    let auth: Auth<UserId> = Auth::builder(store).connect().await.expect("an Auth");
    let _ = auth.create_session("ada").await.expect("a session");
    assert_eq!(
        schema.text(&format!("SELECT count(*) FROM {longest}sessions")),
        "1"
    );
}

/// Two applications in one schema, each with its own users.
#[tokio::test(flavor = "multi_thread")]
async fn tables_of_two_prefixes_know_nothing_of_each_other() {
    let Some(schema) = with_users() else { return };
    let url = schema.url();
    let with = |prefix: &'static str| {
        let options = PostgresStore::options(&url).expect("options");
        async move {
            options
                .table_prefix(prefix)
                .connect()
                .await
                .expect("a store")
        }
    };
    let customers = Auth::builder(with("a_").await.with_users("users"))
        .connect()
        .await;
    let customers: Auth<Named> = customers.expect("an Auth");
    let staff = Auth::builder(with("b_").await.with_users("users"))
        .connect()
        .await;
    let staff: Auth<Named> = staff.expect("an Auth");
    let session = signed_in(&customers, 1).await;
    assert_eq!(name(&staff, &session).await, None);
    schema.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&customers, &session).await, None);
}

/// A program without users, and then one that has them: of whom those sessions are, nothing says.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_were_made_for_no_users_table_end_with_the_first() {
    let Some(schema) = with_users() else { return };
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let without: Auth<UserId> = Auth::builder(store).connect().await.expect("an Auth");
    let session = without.create_session("1").await.expect("a session");
    let with: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&with, &session).await, None);
    assert_eq!(sessions(&schema), "0");
    // The other way, sessions are those of users still.
    let session = signed_in(&with, 1).await;
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let without: Auth<UserId> = Auth::builder(store).connect().await.expect("an Auth");
    let found = without
        .validate_session(session.token())
        .await
        .expect("an answer");
    assert_eq!(found.expect("a session").user_id().as_str(), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_not_made_ready_says_so() {
    let Some(schema) = with_users() else { return };
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let ping = Store::<UserId>::sessions(&store).ping().await;
    assert_says(
        &ping.expect_err("no tables").to_string(),
        &[".connect().await"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_keep_every_name_is_refused() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let letters: String = std::iter::repeat_with(fastrand::lowercase)
        .take(16)
        .collect();
    let database = format!("test_latin_{letters}");
    postgres.execute(&format!(
        "CREATE DATABASE {database} ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    ));
    let url = postgres.url();
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    let built = match PostgresStore::connect(format!("{server}/{database}")).await {
        Ok(store) => Auth::<UserId>::builder(store).connect().await,
        Err(error) => Err(error.into()),
    };
    postgres.execute(&format!("DROP DATABASE {database} WITH (FORCE)"));
    assert_says(&refused(built), &["LATIN1", "`ENCODING 'UTF8'`"]);
}
