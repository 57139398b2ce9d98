//! What another role of the database cannot do, though it may make things in our schema.

use crate::{
    role::Role,
    users::{Named, auth, name, signed_in, with_users},
};
use locals::Auth;
use test_servers::{Postgres, Schema};

/// A role that may make functions and operators in this schema.
fn stranger(schema: &Schema) -> Option<Role> {
    let stranger = Role::fresh()?;
    schema.execute(&format!(
        "GRANT USAGE, CREATE ON SCHEMA {} TO {stranger}",
        schema.name(),
        stranger = stranger.name()
    ));
    Some(stranger)
}

/// Runs statements as this role.
fn act(schema: &Schema, role: &Role, statements: &str) {
    schema.execute(&format!(
        "SET ROLE {}; {statements}; RESET ROLE",
        role.name()
    ));
}

/// A call with literals of no type would be the call of a function that takes texts.
#[tokio::test(flavor = "multi_thread")]
async fn the_guard_that_is_asked_is_ours_whatever_else_has_its_name() {
    let Some(schema) = with_users() else { return };
    let stranger = stranger(&schema).expect("a server");
    act(
        &schema,
        &stranger,
        "CREATE FUNCTION locals_guard(text, text, text, text) RETURNS oid LANGUAGE plpgsql
         AS $$ BEGIN RAISE 'the code of somebody else'; END $$",
    );
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

/// Of `varchar` and of a domain PostgreSQL has no `=` of its own.
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_compared_by_no_operator_of_somebody_else() {
    for (key, compared) in [("varchar", "text"), ("user_no", "bigint")] {
        let Some(postgres) = Postgres::shared() else {
            return;
        };
        let schema = postgres.schema();
        schema.execute(&format!(
            "CREATE DOMAIN user_no AS bigint;
             CREATE TABLE users (id {key} PRIMARY KEY, name text NOT NULL);
             INSERT INTO users VALUES ('1', 'Ada'), ('2', 'Grace')"
        ));
        let stranger = stranger(&schema).expect("a server");
        let equal = format!(
            "CREATE FUNCTION equal({key}, {compared}) RETURNS boolean
             LANGUAGE sql IMMUTABLE AS 'SELECT true';
             CREATE OPERATOR = (LEFTARG = {key}, RIGHTARG = {compared}, FUNCTION = equal)"
        );
        act(&schema, &stranger, &equal);
        let auth: Auth<Named> = auth(schema.url(), "users").await;
        for (id, expected) in [("1", "Ada"), ("2", "Grace")] {
            let session = signed_in(&auth, id).await;
            let found = name(&auth, &session).await;
            assert_eq!(found.as_deref(), Some(expected), "{key}");
            assert_eq!(auth.list_sessions(id).await.expect("a list").len(), 1);
        }
    }
}
