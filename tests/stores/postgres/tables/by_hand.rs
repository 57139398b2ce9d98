//! Tables that somebody else makes, and what the program's role needs then.

use crate::{
    role::Role,
    users::{Named, USERS, assert_says, connect, name, refused, signed_in, with_users},
};
use locals::{Auth, BuildError, PostgresStore};
use test_servers::Schema;

/// As a program that makes no tables.
async fn without_migrations(url: &str) -> Result<Auth<Named>, BuildError> {
    let options = PostgresStore::options(url)
        .expect("options")
        .migrations(false);
    let store = options.connect().await.expect("a store");
    Auth::builder(store.with_users("users")).connect().await
}

async fn check(auth: &Auth<Named>) {
    let session = signed_in(auth, 1).await;
    let other = signed_in(auth, 1).await;
    assert_eq!(name(auth, &session).await.as_deref(), Some("Ada"));
    auth.ping().await.expect("ready");
    auth.renew_session(session.token()).await.expect("renewed");
    assert_eq!(auth.list_sessions(1).await.expect("a list").len(), 2);
    assert_eq!(
        auth.invalidate_other_sessions(&session)
            .await
            .expect("ended"),
        1
    );
    assert_eq!(name(auth, &other).await, None);
    assert!(auth.invalidate_session(session.id()).await.expect("ended"));
    let last = signed_in(auth, 2).await;
    assert_eq!(auth.invalidate_user_sessions(2).await.expect("ended"), 1);
    assert_eq!(name(auth, &last).await, None);
}

/// What the documentation of `migrations` says, and no more.
fn grant(schema: &Schema, role: &Role) {
    let (schema_name, role) = (schema.name(), role.name());
    schema.execute(&format!(
        "GRANT USAGE ON SCHEMA {schema_name} TO {role}; GRANT SELECT ON users TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON locals_sessions, locals_meta TO {role}"
    ));
}

/// What an error says is to be applied, behind the first blank line.
fn statements(message: &str) -> &str {
    let (_, statements) = message.split_once("\n\n").expect("statements");
    assert_says(statements, &["FOREIGN KEY", "ON DELETE CASCADE"]);
    statements
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_applies_the_schema_and_the_program_has_no_more_rights_than_it_needs() {
    let (Some(schema), Some(role)) = (with_users(), Role::fresh()) else {
        return;
    };
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let sql = store
        .with_users("users")
        .schema_sql()
        .await
        .expect("statements");
    schema.execute(&sql);
    grant(&schema, &role);
    let auth = without_migrations(&role.url(&schema.url()))
        .await
        .expect("an Auth");
    check(&auth).await;
    // Users are deleted by whoever owns them.
    let session = signed_in(&auth, 1).await;
    schema.execute("UPDATE users SET id = 3 WHERE id = 1");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    schema.execute("DELETE FROM users WHERE id = 3");
    assert_eq!(name(&auth, &session).await, None);
}

/// Neither reads `locals_meta` again, nor writes it.
#[tokio::test(flavor = "multi_thread")]
async fn reading_is_enough_for_the_meta_table() {
    let (Some(schema), Some(role)) = (with_users(), Role::fresh()) else {
        return;
    };
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let sql = store
        .with_users("users")
        .schema_sql()
        .await
        .expect("statements");
    schema.execute(&sql);
    grant(&schema, &role);
    schema.execute(&format!(
        "REVOKE INSERT, UPDATE, DELETE ON locals_meta FROM {}",
        role.name()
    ));
    check(
        &without_migrations(&role.url(&schema.url()))
            .await
            .expect("an Auth"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_tables_may_be_made_the_error_has_what_makes_them() {
    let Some(schema) = with_users() else { return };
    let message = refused(without_migrations(&schema.url()).await);
    assert_says(
        &message,
        &["are not there", "`migrations(false)` makes none"],
    );
    assert_eq!(schema.text("SELECT to_regclass('locals_sessions')"), "");
    schema.execute(statements(&message));
    check(&without_migrations(&schema.url()).await.expect("an Auth")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_make_no_tables_is_told_what_to_apply() {
    let (Some(schema), Some(role)) = (with_users(), Role::fresh()) else {
        return;
    };
    let (schema_name, role_name) = (schema.name(), role.name());
    schema.execute(&format!(
        "GRANT USAGE ON SCHEMA {schema_name} TO {role_name};
         GRANT SELECT, REFERENCES ON users TO {role_name}"
    ));
    let url = role.url(&schema.url());
    let message = refused(connect::<Named>(&url, "users").await);
    assert_says(
        &message,
        &[
            "may not make the session tables",
            "`CREATE`",
            "migrations(false)",
        ],
    );
    schema.execute(statements(&message));
    grant(&schema, &role);
    check(&without_migrations(&url).await.expect("an Auth")).await;
    // Nothing is left to be made.
    check(&connect::<Named>(&url, "users").await.expect("an Auth")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_make_tables_makes_them() {
    let (Some(schema), Some(role)) = (with_users(), Role::fresh()) else {
        return;
    };
    let (schema_name, role_name) = (schema.name(), role.name());
    schema.execute(&format!(
        "GRANT USAGE, CREATE ON SCHEMA {schema_name} TO {role_name};
         GRANT SELECT, REFERENCES ON users TO {role_name}"
    ));
    let auth = connect::<Named>(role.url(&schema.url()), "users").await;
    check(&auth.expect("an Auth")).await;
}

/// Sessions that end are not ended by a program that may change no tables.
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_is_gone_is_told_where_no_tables_may_be_made() {
    let Some(schema) = with_users() else { return };
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let sql = store
        .with_users("users")
        .schema_sql()
        .await
        .expect("statements");
    schema.execute(&sql);
    let guard = super::guard(&schema);
    schema.execute(&format!(
        "ALTER TABLE locals_sessions DROP CONSTRAINT {guard}"
    ));
    let message = refused(without_migrations(&schema.url()).await);
    assert_says(&message, &["the reference to the users table is gone"]);
    schema.execute(statements(&message));
    assert_ne!(super::guard(&schema), guard);
    check(&without_migrations(&schema.url()).await.expect("an Auth")).await;
}

/// A start says it where it may make none, and the statements of another users table too.
#[tokio::test(flavor = "multi_thread")]
async fn what_starts_anew_leaves_a_table_that_refers_to_the_sessions() {
    let Some(schema) = with_users() else { return };
    for change in [
        "DROP TABLE users CASCADE",
        "ALTER TABLE users RENAME TO people",
    ] {
        let before: Auth<Named> = connect(schema.url(), "users").await.expect("an Auth");
        let _ = signed_in(&before, 1).await;
        schema.execute("CREATE TABLE baskets (session_id bytea REFERENCES locals_sessions (id) ON DELETE CASCADE)");
        schema.execute("INSERT INTO baskets SELECT id FROM locals_sessions");
        schema.execute(&format!("{change}; {}", USERS.replace("integer", "bigint")));
        let message = refused(without_migrations(&schema.url()).await);
        assert_says(&message, &["everybody signs in again"]);
        schema.execute(statements(&message));
        assert_eq!(schema.text("SELECT count(*) FROM baskets"), "0");
        check(&without_migrations(&schema.url()).await.expect("an Auth")).await;
        schema.execute("DROP TABLE baskets");
    }
}

/// Made by hand twice, they are the same tables, each with a guard of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_statements_name_every_reference_anew() {
    let Some(schema) = with_users() else { return };
    let store = PostgresStore::connect(schema.url())
        .await
        .expect("a store")
        .with_users("users");
    let first = store.schema_sql().await.expect("statements");
    let second = store.schema_sql().await.expect("statements");
    assert_ne!(first, second);
    for statements in [first, second] {
        schema.execute(&statements);
        schema.execute("DROP TABLE locals_sessions, locals_meta");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_for_no_users_table() {
    let Some(schema) = with_users() else { return };
    let options = PostgresStore::options(schema.url())
        .expect("options")
        .migrations(false);
    let store = options.connect().await.expect("a store");
    let sql = store.schema_sql().await.expect("statements");
    assert!(!sql.contains("FOREIGN KEY"), "{sql}");
    schema.execute(&sql);
    let auth: Auth = Auth::builder(store).connect().await.expect("an Auth");
    let _ = auth.create_session("ada").await.expect("a session");
}
