//! What another role of the database cannot do, though it may make things in our schema.

use crate::{
    role::Role,
    users::{Named, assert_says, auth, name, signed_in, warnings, with_users},
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

/// How the functions are declared, and whose they are.
fn functions(schema: &Schema) -> String {
    schema.text(&format!(
        "SELECT string_agg(pg_get_functiondef(oid) || proowner::regrole, '' ORDER BY proname)
         FROM pg_proc WHERE pronamespace = '{}'::regnamespace",
        schema.name()
    ))
}

const PARAMETERS: &str = "(sessions regclass, guard name, users regclass, key name)";

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_were_there_before_are_made_anew_and_belong_to_the_tables() {
    let Some(schema) = with_users() else { return };
    drop(auth::<Named>(schema.url(), "users").await);
    let ours = functions(&schema);
    schema.execute(
        "DROP FUNCTION locals_guard, locals_guard_lookup; DROP TABLE locals_sessions, locals_meta",
    );
    let stranger = stranger(&schema).expect("a server");
    for function in ["locals_guard", "locals_guard_lookup"] {
        let theirs = format!(
            "CREATE FUNCTION {function}{PARAMETERS} RETURNS oid LANGUAGE sql AS 'SELECT users::oid'"
        );
        act(&schema, &stranger, &theirs);
    }
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(functions(&schema), ours);
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_were_changed_are_made_anew_at_the_next_start() {
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    let ours = functions(&schema);
    let stranger = stranger(&schema).expect("a server");
    let changes = [
        "ALTER FUNCTION {f} SECURITY DEFINER",
        "ALTER FUNCTION {f} RESET ALL",
        "ALTER FUNCTION {f} SET search_path = pg_catalog",
        "ALTER FUNCTION {f} SET work_mem = '4MB'",
        "ALTER FUNCTION {f} STABLE",
        "ALTER FUNCTION {f} OWNER TO {stranger}",
        "CREATE OR REPLACE FUNCTION {f}{parameters} RETURNS oid LANGUAGE sql AS 'SELECT users::oid'",
        "DROP FUNCTION {f}",
    ];
    for change in changes {
        for function in ["locals_guard", "locals_guard_lookup"] {
            let change = change
                .replace("{f}", function)
                .replace("{parameters}", PARAMETERS)
                .replace("{stranger}", stranger.name());
            schema.execute(&change);
            assert_ne!(functions(&schema), ours, "{change}");
            let started: Auth<Named> = auth(schema.url(), "users").await;
            assert_eq!(functions(&schema), ours, "{change}");
            assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_is_amiss_besides_functions_is_mended_at_the_same_start() {
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    drop(before);
    schema.execute(
        "ALTER FUNCTION locals_guard RESET ALL; ALTER TABLE users ALTER COLUMN id TYPE bigint",
    );
    let widened: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&widened, &session).await.as_deref(), Some("Ada"));
    schema.execute("ALTER FUNCTION locals_guard RESET ALL; ALTER TABLE users DISABLE TRIGGER ALL");
    let anew: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&anew, &session).await, None);
}

/// A program that runs with more rights mends what is a role's own, and leaves it that role's.
#[tokio::test(flavor = "multi_thread")]
async fn functions_stay_those_of_whoever_owns_the_tables() {
    let Some(schema) = with_users() else { return };
    let owner = stranger(&schema).expect("a server");
    schema.execute(&format!(
        "GRANT SELECT, REFERENCES ON users TO {}",
        owner.name()
    ));
    drop(auth::<Named>(owner.url(&schema.url()), "users").await);
    let theirs = functions(&schema);
    assert_eq!(theirs.matches(owner.name()).count(), 2, "{theirs}");
    schema.execute("DROP FUNCTION locals_guard");
    drop(auth::<Named>(schema.url(), "users").await);
    assert_eq!(functions(&schema), theirs);
}

/// Temporary tables and types are searched before any other where a path does not say otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn temporary_tables_are_not_asked_in_the_place_of_the_catalogs() {
    let Some(schema) = with_users() else { return };
    drop(auth::<Named>(schema.url(), "users").await);
    let found = schema.text(
        "CREATE TEMP TABLE pg_constraint (LIKE pg_catalog.pg_constraint) ON COMMIT DROP;
         CREATE TEMP TABLE pg_trigger (LIKE pg_catalog.pg_trigger) ON COMMIT DROP;
         SELECT locals_guard('locals_sessions', (SELECT guard::name FROM locals_meta), 'users', 'id')
                = 'users'::regclass",
    );
    assert_eq!(found, "t");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_else_may_write_the_sessions_is_told() {
    let Some(schema) = with_users() else { return };
    assert!(!warnings(schema.url()).await.contains("may write"));
    for (right, is_told) in [
        ("INSERT", true),
        ("UPDATE (user_id)", true),
        ("TRIGGER", true),
        ("SELECT, DELETE", false),
    ] {
        let stranger = stranger(&schema).expect("a server");
        schema.execute(&format!(
            "GRANT {right} ON locals_sessions TO {}",
            stranger.name()
        ));
        let told = warnings(schema.url()).await;
        assert_eq!(told.contains(stranger.name()), is_told, "{right}: {told}");
        if is_told {
            assert_says(&told, &["may write table", "REVOKE ALL ON", ".schema("]);
        }
    }
    schema.execute("GRANT INSERT ON locals_sessions TO PUBLIC");
    assert_says(&warnings(schema.url()).await, &["PUBLIC may write table"]);
}

/// The program's own role may write as much as it needs.
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_of_the_tables_who_is_somebody_else_is_told() {
    let Some(schema) = with_users() else { return };
    let (owner, program) = (stranger(&schema).expect("a server"), stranger(&schema));
    let program = program.expect("a server");
    for role in [&owner, &program] {
        schema.execute(&format!(
            "GRANT SELECT, REFERENCES ON users TO {}",
            role.name()
        ));
    }
    drop(auth::<Named>(owner.url(&schema.url()), "users").await);
    schema.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON locals_sessions, locals_meta TO {}",
        program.name()
    ));
    let url = program.url(&schema.url());
    let told = warnings(&url).await;
    assert_says(&told, &["belong to", owner.name(), "signs in as anybody"]);
    assert!(!told.contains("may write"), "{told}");
    schema.execute(&format!("GRANT {} TO {}", owner.name(), program.name()));
    assert!(!warnings(&url).await.contains("belong to"));
    schema.execute(&format!("REVOKE {} FROM {}", owner.name(), program.name()));
    schema.execute(&format!(
        "ALTER TABLE locals_sessions OWNER TO {program}; ALTER TABLE locals_meta OWNER TO {program};
         ALTER FUNCTION locals_guard OWNER TO {program};
         ALTER FUNCTION locals_guard_lookup OWNER TO {program}",
        program = program.name()
    ));
    assert!(!warnings(&url).await.contains("belong to"));
}
