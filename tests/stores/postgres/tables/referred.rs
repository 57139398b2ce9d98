//! A table of the application that refers to the sessions, where they all have to end.

use super::{guard, sessions};
use crate::users::{
    Named, USERS, assert_says, auth, connect, name, refusal, signed_in, with_users,
};
use locals::{Auth, PostgresStore, UserId};
use test_servers::Schema;

/// After which nobody can tell whose the sessions are.
const ENDS: [&str; 5] = [
    "DROP TABLE users CASCADE; {users}",
    "DROP TABLE users CASCADE; {users of bigint}",
    "DROP TABLE users CASCADE; {users of text}",
    "ALTER TABLE locals_sessions DROP CONSTRAINT {guard}",
    "ALTER TABLE locals_sessions DROP CONSTRAINT {guard};
     ALTER TABLE locals_sessions ADD CONSTRAINT \"An other\" FOREIGN KEY (user_id) REFERENCES users (id)",
];

fn end(schema: &Schema, change: &str) {
    let users = |key: &str| USERS.replace("integer", key);
    schema.execute(
        &change
            .replace("{users}", USERS)
            .replace("{users of bigint}", &users("bigint"))
            .replace("{users of text}", &users("text COLLATE \"POSIX\""))
            .replace("{guard}", &guard(schema)),
    );
}

/// A basket for each session.
fn baskets(schema: &Schema, reference: &str) {
    schema.execute(&format!(
        "CREATE TABLE baskets (session_id bytea REFERENCES locals_sessions (id) {reference});
         INSERT INTO baskets SELECT id FROM locals_sessions"
    ));
}

/// How many there are, and how many of them are a session's.
fn counted(schema: &Schema) -> String {
    schema.text("SELECT count(*) || ' ' || count(session_id) FROM baskets")
}

/// The same table and the same reference to it.
fn identity(schema: &Schema) -> String {
    schema.text(
        "SELECT format('%s %s', oid, confrelid) FROM pg_constraint
         WHERE conrelid = 'baskets'::regclass AND confrelid = 'locals_sessions'::regclass",
    )
}

/// Everything works as on tables that were just made.
async fn check(schema: &Schema, auth: &Auth<Named>) {
    let session = signed_in(auth, "1").await;
    assert_eq!(name(auth, &session).await.as_deref(), Some("Ada"));
    let references = schema.text(
        "SELECT string_agg(conname, ' ') FROM pg_constraint
         WHERE conrelid = 'locals_sessions'::regclass AND contype = 'f'",
    );
    assert_eq!(references, guard(schema));
    schema.execute("DELETE FROM users WHERE id::text = '1'");
    assert_eq!(name(auth, &session).await, None);
}

/// As the application has said, it goes or stays without one.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_refers_to_the_sessions_stays_and_they_end() {
    for (reference, expected) in [
        ("ON DELETE CASCADE", "0 0"),
        ("ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED", "0 0"),
        ("ON DELETE SET NULL", "1 0"),
    ] {
        for change in ENDS {
            let Some(schema) = with_users() else { return };
            let before: Auth<Named> = auth(schema.url(), "users").await;
            let session = signed_in(&before, 1).await;
            drop(before);
            baskets(&schema, reference);
            let referred = identity(&schema);
            let guard_before = guard(&schema);
            end(&schema, change);
            let started: Auth<Named> = auth(schema.url(), "users").await;
            assert_eq!(name(&started, &session).await, None, "{change}");
            assert_eq!(sessions(&schema), "0", "{change}");
            assert_eq!(counted(&schema), expected, "{reference}: {change}");
            assert_eq!(identity(&schema), referred, "{change}");
            assert_ne!(guard(&schema), guard_before, "{change}");
            check(&schema, &started).await;
            // Another start finds nothing to do.
            let last = signed_in(&started, 2).await;
            let again: Auth<Named> = auth(schema.url(), "users").await;
            assert_eq!(name(&again, &last).await.as_deref(), Some("Grace"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_keeps_sessions_is_named_and_nothing_is_changed() {
    for reference in [
        "",
        "ON DELETE RESTRICT",
        "DEFERRABLE INITIALLY DEFERRED",
        "ON DELETE SET NULL CHECK (session_id IS NOT NULL)",
        "ON DELETE SET NULL NOT NULL",
    ] {
        let Some(schema) = with_users() else { return };
        let before: Auth<Named> = auth(schema.url(), "users").await;
        let _ = signed_in(&before, 1).await;
        baskets(&schema, reference);
        let guard_before = guard(&schema);
        end(&schema, "DROP TABLE users CASCADE; {users}");
        let message = refusal::<Named>(schema.url(), "users").await;
        let table = format!("table \"{}\".\"baskets\"", schema.name());
        assert_says(
            &message,
            &[
                &table,
                "delete its rows",
                "`ON DELETE CASCADE`",
                "start the program again",
            ],
        );
        assert_eq!(sessions(&schema), "1", "{reference}");
        assert_eq!(counted(&schema), "1 1", "{reference}");
        assert_eq!(guard(&schema), guard_before, "{reference}");
        schema.execute("DELETE FROM baskets");
        check(&schema, &auth(schema.url(), "users").await).await;
    }
}

/// What is kept could be taken for a session of the new user of that key.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_session_that_a_trigger_keeps_is_never_taken_over() {
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    schema.execute(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
         CREATE TRIGGER keep BEFORE DELETE ON locals_sessions FOR EACH ROW EXECUTE FUNCTION keep()",
    );
    end(&schema, "DROP TABLE users CASCADE; {users}");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(
        &message,
        &["has to end", "a trigger or rule of the application"],
    );
    schema.execute("DROP FUNCTION keep CASCADE");
    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await, None);
    check(&schema, &started).await;
}

/// It need not be dropped as long as the key is what it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_view_of_the_sessions_stays() {
    let Some(schema) = with_users() else { return };
    drop(auth::<Named>(schema.url(), "users").await);
    schema.execute("CREATE VIEW online AS SELECT DISTINCT user_id FROM locals_sessions");
    end(&schema, "DROP TABLE users CASCADE; {users}");
    let started: Auth<Named> = auth(schema.url(), "users").await;
    let _ = signed_in(&started, 1).await;
    assert_eq!(schema.text("SELECT user_id FROM online"), "1");
    end(&schema, "DROP TABLE users CASCADE; {users of text}");
    let refused = connect::<Named>(schema.url(), "users").await;
    assert_says(&refused.expect_err("the view").to_string(), &["view"]);
}

/// From text to the type of the users' key, and back where the users are gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_refers_to_sessions_of_no_users_table_stays() {
    let Some(schema) = with_users() else { return };
    let without = async || -> Auth<UserId> {
        let store = PostgresStore::connect(schema.url()).await.expect("a store");
        Auth::builder(store).connect().await.expect("an Auth")
    };
    let _ = without()
        .await
        .create_session("1")
        .await
        .expect("a session");
    baskets(&schema, "ON DELETE CASCADE");
    let with: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(counted(&schema), "0 0");
    let _ = signed_in(&with, 1).await;
    schema.execute("INSERT INTO baskets SELECT id FROM locals_sessions; DROP TABLE users CASCADE");
    let _ = without()
        .await
        .create_session("ada")
        .await
        .expect("a session");
    assert_eq!(counted(&schema), "0 0");
    assert_eq!(guard(&schema), "");
}
