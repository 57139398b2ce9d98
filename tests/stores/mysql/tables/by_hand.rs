//! Tables that somebody else makes, and what the program's user needs then.

use super::{guard, has_table, sessions, triggers};
use crate::{
    rig::Database,
    users::{
        Named, USERS, assert_says, connect, listed, name, refused, signed_in, unchecked, with_users,
    },
};
use locals::{Auth, BuildError, MySqlStore};

/// What the page on MySQL says, and no more.
const RIGHTS: [&str; 2] = [
    "SELECT ON {database}.users",
    "SELECT, INSERT, UPDATE, DELETE ON {database}.locals_sessions",
];
const RIGHTS_ON_META: &str = "SELECT ON {database}.locals_meta";

/// As a program that makes no tables.
async fn without_migrations(url: &str) -> Result<Auth<Named>, BuildError> {
    let options = MySqlStore::options(url).expect("options").migrations(false);
    let store = options.connect().await.expect("a store");
    Auth::builder(store.with_users("users")).connect().await
}

async fn check(auth: &Auth<Named>) {
    let session = signed_in(auth, 1).await;
    let other = signed_in(auth, 1).await;
    assert_eq!(name(auth, &session).await.as_deref(), Some("Ada"));
    auth.ping().await.expect("ready");
    auth.renew_session(session.token()).await.expect("renewed");
    assert_eq!(listed(auth, 1).await, 2);
    let ended = auth.invalidate_other_sessions(&session).await;
    assert_eq!(ended.expect("ended"), 1);
    assert_eq!(name(auth, &other).await, None);
    assert!(auth.invalidate_session(session.id()).await.expect("ended"));
    let last = signed_in(auth, 2).await;
    assert_eq!(auth.invalidate_user_sessions(2).await.expect("ended"), 1);
    assert_eq!(name(auth, &last).await, None);
    auth.delete_expired_sessions().await.expect("swept");
}

/// What `schema_sql` gives out, applied by somebody who may.
async fn apply(database: &Database) {
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let statements = store.with_users("users").schema_sql().await;
    database.execute(&statements.expect("statements"));
}

/// What an error says is to be applied, behind the first blank line.
fn statements(message: &str) -> &str {
    let (_, statements) = message.split_once("\n\n").expect("statements");
    assert_says(statements, &["FOREIGN KEY", "ON DELETE CASCADE"]);
    statements
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_applies_the_schema_and_the_program_has_no_more_rights_than_it_needs() {
    let Some(database) = with_users() else { return };
    apply(&database).await;
    let url = database.user(&[RIGHTS[0], RIGHTS[1], RIGHTS_ON_META]);
    let auth = without_migrations(&url).await.expect("an Auth");
    check(&auth).await;
    // Users are changed and deleted by whoever owns them.
    let session = signed_in(&auth, 1).await;
    database.execute("UPDATE users SET id = 3 WHERE id = 1");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    database.execute("DELETE FROM users WHERE id = 3");
    assert_eq!(name(&auth, &session).await, None);
    assert_eq!(sessions(&database), "0");
}

/// It sees less of what guards the users than whoever made it, and is to take nothing for missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_with_few_rights_ends_no_session() {
    let Some(database) = with_users() else { return };
    let first: Auth<Named> = connect(database.url(), "users").await.expect("an Auth");
    let session = signed_in(&first, 1).await;
    drop(first);
    let url = database.user(&[RIGHTS[0], RIGHTS[1], RIGHTS_ON_META]);
    for _ in 0..2 {
        let few = without_migrations(&url).await.expect("an Auth");
        assert_eq!(name(&few, &session).await.as_deref(), Some("Ada"));
        let few: Auth<Named> = connect(&url, "users").await.expect("an Auth");
        assert_eq!(name(&few, &session).await.as_deref(), Some("Ada"));
    }
    let all: Auth<Named> = connect(database.url(), "users").await.expect("an Auth");
    assert_eq!(name(&all, &session).await.as_deref(), Some("Ada"));
}

/// Of the whole database, as people grant.
#[tokio::test(flavor = "multi_thread")]
async fn rights_on_the_whole_database_do_as_well() {
    let Some(database) = with_users() else { return };
    apply(&database).await;
    let url = database.user(&["SELECT, INSERT, UPDATE, DELETE ON {database}.*"]);
    check(&without_migrations(&url).await.expect("an Auth")).await;
}

/// Neither reads `locals_meta` again, nor writes it.
#[tokio::test(flavor = "multi_thread")]
async fn reading_is_enough_for_the_meta_table() {
    let Some(database) = with_users() else { return };
    apply(&database).await;
    let meta = "SELECT ON {database}.locals_meta";
    let url = database.user(&[RIGHTS[0], RIGHTS[1], meta]);
    check(&without_migrations(&url).await.expect("an Auth")).await;
}

/// Columns that nobody reads may hold what nobody is to see.
#[tokio::test(flavor = "multi_thread")]
async fn reading_some_columns_of_the_users_is_enough() {
    let Some(database) = with_users() else { return };
    database.execute("ALTER TABLE users ADD password_hash varchar(40) NOT NULL DEFAULT 'x'");
    apply(&database).await;
    let users = "SELECT (id, name) ON {database}.users";
    let url = database.user(&[users, RIGHTS[1], RIGHTS_ON_META]);
    check(&without_migrations(&url).await.expect("an Auth")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_tables_may_be_made_the_error_has_what_makes_them() {
    let Some(database) = with_users() else { return };
    let message = refused(without_migrations(&database.url()).await);
    let told = ["are not there", "`migrations(false)` makes none"];
    assert_says(&message, &told);
    assert!(!has_table(&database, "locals_sessions"));
    database.execute(statements(&message));
    check(&without_migrations(&database.url()).await.expect("an Auth")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_may_make_no_tables_is_told_what_to_apply() {
    let Some(database) = with_users() else { return };
    let url = database.user(&["SELECT, INSERT, UPDATE, DELETE ON {database}.*"]);
    let message = refused(connect::<Named>(&url, "users").await);
    assert_says(
        &message,
        &[
            "may not make",
            "the session tables",
            "CREATE",
            "migrations(false)",
        ],
    );
    assert!(!has_table(&database, "locals_sessions"));
    database.execute(statements(&message));
    check(&without_migrations(&url).await.expect("an Auth")).await;
    // Nothing is left to be made.
    check(&connect(&url, "users").await.expect("an Auth")).await;
}

/// Sessions that end are not ended by a program that may change no tables.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_is_gone_is_told_where_no_tables_may_be_made() {
    let Some(database) = with_users() else { return };
    apply(&database).await;
    let before = without_migrations(&database.url()).await.expect("an Auth");
    let session = signed_in(&before, 1).await;
    drop(before);
    let guard = guard(&database);
    database.execute(&format!(
        "ALTER TABLE locals_sessions DROP FOREIGN KEY `{guard}`"
    ));
    let message = refused(without_migrations(&database.url()).await);
    assert_says(&message, &["the reference to the users table is gone"]);
    assert_eq!(sessions(&database), "1");
    database.execute(statements(&message));
    let auth = without_migrations(&database.url()).await.expect("an Auth");
    assert_eq!(name(&auth, &session).await, None);
    check(&auth).await;
    assert_eq!(triggers(&database), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_table_is_told_where_no_tables_may_be_made() {
    let Some(database) = with_users() else { return };
    apply(&database).await;
    let before = without_migrations(&database.url()).await;
    let before = before.expect("an Auth");
    let session = signed_in(&before, 2).await;
    drop(before);
    // Nobody is missing but the mark, and whoever looks for it may not see triggers.
    let others = USERS.replace("Grace", "Eve");
    database.execute(&unchecked(&format!("DROP TABLE users; {others}")));
    let few = database.user(&[RIGHTS[0], RIGHTS[1], RIGHTS_ON_META]);
    let message = refused(without_migrations(&few).await);
    assert_says(&message, &["dropped and made again"]);
    assert_eq!(sessions(&database), "1");
    database.execute(statements(&message));
    assert_eq!(triggers(&database), "1");
    let auth = without_migrations(&database.url()).await;
    assert_eq!(name(&auth.expect("an Auth"), &session).await, None);
    check(&without_migrations(&database.url()).await.expect("an Auth")).await;
}

/// Made by hand twice, they are the same tables, each with a guard of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_statements_name_every_reference_anew() {
    let Some(database) = with_users() else { return };
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let store = store.with_users("users");
    let first = store.schema_sql().await.expect("statements");
    let second = store.schema_sql().await.expect("statements");
    assert_ne!(first, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_for_no_users_table() {
    let Some(database) = with_users() else { return };
    let options = MySqlStore::options(database.url()).expect("options");
    let store = options.migrations(false).connect().await.expect("a store");
    let sql = store.schema_sql().await.expect("statements");
    assert!(
        !sql.contains("FOREIGN KEY") && !sql.contains("TRIGGER"),
        "{sql}"
    );
    database.execute(&sql);
    let auth: Auth = Auth::builder(store).connect().await.expect("an Auth");
    let _ = auth.create_session("ada").await.expect("a session");
}

/// What is made by hand is what a start makes.
#[tokio::test(flavor = "multi_thread")]
async fn the_statements_make_what_a_start_makes() {
    let (Some(by_hand), Some(by_start)) = (with_users(), with_users()) else {
        return;
    };
    apply(&by_hand).await;
    drop(
        connect::<Named>(by_start.url(), "users")
            .await
            .expect("an Auth"),
    );
    let described = |database: &Database| {
        let guard = guard(database);
        let statements = [
            "SHOW CREATE TABLE locals_sessions",
            "SELECT guard, is_marked FROM locals_meta",
            "SELECT trigger_name, event_object_table FROM information_schema.triggers
             WHERE event_object_schema = DATABASE()",
            "SHOW CREATE TABLE locals_meta",
        ];
        let described = statements.map(|statement| database.lines(statement).concat());
        described.map(|text| text.replace(&guard, "guard"))
    };
    let expected = described(&by_start);
    assert_says(&expected[0], &["ON DELETE CASCADE ON UPDATE CASCADE"]);
    assert_says(&expected[2], &["guard", "users"]);
    assert_eq!(described(&by_hand), expected);
}
