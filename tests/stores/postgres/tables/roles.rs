//! What the role of the program may, and how it is set up.

use super::sessions;
use crate::{
    role::Role,
    users::{
        Named, assert_says, auth, connect, is_nobody, name, refused, signed_in, user, warnings,
        with_users,
    },
};
use locals::{Auth, PostgresStore, UsersTable, testing::TestClock};
use serde::Deserialize;
use std::time::Duration;
use test_servers::Schema;

/// A role that may make the tables, and has these rights on the users.
pub(super) fn role(schema: &Schema, rights: &str) -> Option<Role> {
    let role = Role::fresh()?;
    let name = role.name();
    schema.execute(&format!(
        "GRANT USAGE, CREATE ON SCHEMA {} TO {name}",
        schema.name()
    ));
    if !rights.is_empty() {
        schema.execute(&format!("GRANT {rights} ON users TO {name}"));
    }
    Some(role)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_may_not_be_used_is_told() {
    let (Some(schema), Some(role)) = (with_users(), Role::fresh()) else {
        return;
    };
    let url = role.url(&schema.url());
    let message = refused(connect::<Named>(&url, "users").await);
    assert_says(
        &message,
        &["no schema on this role's `search_path`", ".schema(\"..\")"],
    );
    let users = format!("{}.users", schema.name());
    let options = PostgresStore::options(&url).expect("options");
    let store = options.schema("public").connect().await.expect("a store");
    let built = Auth::builder(store.with_users(users)).connect().await;
    let message = refused::<Named>(built);
    assert_says(&message, &["cannot be looked up", "GRANT USAGE ON SCHEMA"]);
}

/// Neither is an outage, which another attempt would end.
#[tokio::test(flavor = "multi_thread")]
async fn rights_on_our_tables_that_are_missing_are_told() {
    let Some(schema) = with_users() else { return };
    drop(auth::<Named>(schema.url(), "users").await);
    let role = role(&schema, "SELECT, REFERENCES").expect("a server");
    let message = refused(connect::<Named>(role.url(&schema.url()), "users").await);
    assert_says(&message, &["locals_meta", "GRANT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_may_not_be_made_is_told() {
    let Some(schema) = with_users() else { return };
    let role = role(&schema, "SELECT, REFERENCES").expect("a server");
    let options = PostgresStore::options(role.url(&schema.url())).expect("options");
    let missing = format!("{}_2", schema.name());
    let store = options.schema(&missing).connect().await.expect("a store");
    let built = Auth::builder(store.with_users("users")).connect().await;
    let message = refused::<Named>(built);
    assert_says(
        &message,
        &[
            &format!("no schema `{missing}`"),
            "CREATE SCHEMA IF NOT EXISTS",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_columns_of_the_type_are_enough() {
    #[derive(Deserialize)]
    struct Row {
        name: String,
    }
    let Some(schema) = with_users() else { return };
    schema.execute("ALTER TABLE users ADD password_hash text NOT NULL DEFAULT 'x'");
    let role = role(&schema, "SELECT (id, name), REFERENCES (id)").expect("a server");
    for users in [
        "users".into(),
        UsersTable::new("users").only_if("name <> 'Grace'"),
    ] {
        let auth: Auth<Row> = auth(role.url(&schema.url()), users).await;
        let session = signed_in(&auth, 1).await;
        assert_eq!(user(&auth, &session).await.expect("a session").name, "Ada");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_security_on_the_session_table_is_refused() {
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    let role = role(&schema, "SELECT, REFERENCES").expect("a server");
    schema.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON locals_sessions, locals_meta TO {};
         ALTER TABLE locals_sessions ENABLE ROW LEVEL SECURITY",
        role.name()
    ));
    let url = role.url(&schema.url());
    let message = refused(connect::<Named>(&url, "users").await);
    assert_says(
        &message,
        &["row security hides the rows", "locals_sessions", "disable"],
    );
    schema.execute("ALTER TABLE locals_sessions DISABLE ROW LEVEL SECURITY");
    let started: Auth<Named> = auth(&url, "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_security_on_the_users_is_warned_of() {
    let Some(schema) = with_users() else { return };
    let role = role(&schema, "SELECT, REFERENCES").expect("a server");
    schema.execute(
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY;
         CREATE POLICY ada ON users USING (name = 'Ada')",
    );
    let url = role.url(&schema.url());
    let told = warnings(&url).await;
    assert_says(
        &told,
        &["row security is in force on", role.name(), "BYPASSRLS"],
    );
    assert!(!warnings(schema.url()).await.contains("row security"));
    let auth: Auth<Named> = auth(&url, "users").await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    is_nobody(&auth, 2).await;
}

fn role_with(schema: &Schema, setting: &str) -> Role {
    let role = role(schema, "SELECT, REFERENCES").expect("a server");
    schema.execute(&format!("ALTER ROLE {} SET {setting}", role.name()));
    role
}

#[tokio::test(flavor = "multi_thread")]
async fn l_03_serializable_as_the_default_changes_nothing() {
    let Some(schema) = with_users() else { return };
    let role = role_with(&schema, "default_transaction_isolation = 'serializable'");
    let store = PostgresStore::connect(role.url(&schema.url()))
        .await
        .expect("a store");
    let auth: Result<Auth<Named>, _> = Auth::builder(store.with_users("users"))
        .max_sessions_per_user(3)
        .connect()
        .await;
    let auth = auth.expect("an Auth");
    let mut signing_in = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let auth = auth.clone();
        signing_in.spawn(async move { signed_in(&auth, 1).await });
    }
    let made = signing_in.join_all().await;
    assert_eq!(auth.list_sessions(1).await.expect("a list").len(), 3);
    let mut valid = 0;
    for session in &made {
        valid += usize::from(name(&auth, session).await.is_some());
    }
    assert_eq!(valid, 3);
    assert_eq!(auth.invalidate_user_sessions(1).await.expect("ended"), 3);
    assert_eq!(sessions(&schema), "0");
}

/// Whatever the role's default is, all but a renewal of the deadlines waits for the disk.
#[tokio::test(flavor = "multi_thread")]
async fn k_03_what_is_acknowledged_is_on_the_disk() {
    let Some(schema) = with_users() else { return };
    let role = role_with(&schema, "synchronous_commit = off");
    let clock = TestClock::new();
    let store = PostgresStore::connect(role.url(&schema.url()))
        .await
        .expect("a store");
    let auth = Auth::builder(store.with_users("users"))
        .clock(clock.clone())
        .connect()
        .await;
    let auth: Auth<Named> = auth.expect("an Auth");
    schema.execute(&format!(
        "CREATE TABLE seen (at bigserial, how text); GRANT INSERT ON seen TO {role};
         GRANT USAGE ON SEQUENCE seen_at_seq TO {role};
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO {schema}.seen (how)
             VALUES (lower(TG_OP) || ' ' || current_setting('synchronous_commit'));
             RETURN NULL;
         END $$;
         CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON locals_sessions
         FOR EACH ROW EXECUTE FUNCTION note()",
        role = role.name(),
        schema = schema.name(),
    ));
    let session = signed_in(&auth, 1).await;
    clock.advance(Duration::from_secs(25 * 3600));
    let renewed = auth
        .renew_session(session.token())
        .await
        .expect("an answer");
    assert!(renewed.expect("a session").is_fresh());
    let _ = signed_in(&auth, 1).await;
    assert!(auth.invalidate_session(session.id()).await.expect("ended"));
    let seen = schema.text("SELECT string_agg(how, ', ' ORDER BY at) FROM seen");
    assert_eq!(seen, "insert on, update off, insert on, delete on");
}
