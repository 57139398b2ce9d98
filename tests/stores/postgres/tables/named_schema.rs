//! A schema that the application names, made with the tables.

use crate::{
    role::Role,
    users::{Named, USERS, assert_says, name, refused, signed_in},
};
use locals::{Auth, BuildError, PostgresStore, store::PostgresStoreWithUsers};
use test_servers::{Database, Postgres};

/// Without quotes it is another name, or none.
const NAME: &str = "Order";

/// All that is in a schema, but for the name of the reference.
const DESCRIBED: &str = r"
SELECT string_agg(regexp_replace(line, 'locals_user_[0-9a-f]{16}', 'guard', 'g'), E'\n' ORDER BY line) FROM (
    SELECT format('%s %s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  a.attnotnull, a.attcollation, pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind = 'r'
    UNION ALL
    SELECT format('%s %s', relname, reloptions) FROM pg_class WHERE relnamespace = '{schema}'::regnamespace
    UNION ALL
    SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = '{schema}'::regnamespace
    UNION ALL
    SELECT pg_get_indexdef(oid) FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'i'
    UNION ALL
    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace
) described";

/// It is dropped before a role that has rights in it.
fn database() -> Option<Database> {
    let database = Postgres::shared()?.database();
    database.execute(USERS);
    Some(database)
}

async fn store(url: &str, schema: &str, migrates: bool) -> PostgresStoreWithUsers {
    let options = PostgresStore::options(url).expect("options");
    let store = options.schema(schema).migrations(migrates).connect().await;
    store.expect("a store").with_users("public.users")
}

async fn connect(url: &str, schema: &str, migrates: bool) -> Result<Auth<Named>, BuildError> {
    let store = store(url, schema, migrates).await;
    Auth::builder(store).connect().await
}

async fn check(url: &str, migrates: bool) {
    let auth = connect(url, NAME, migrates).await.expect("an Auth");
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

/// What an error says is to be applied, behind the first blank line.
fn by_hand(message: &str) -> &str {
    let (_, statements) = message.split_once("\n\n").expect("statements");
    assert!(
        statements.starts_with("CREATE SCHEMA IF NOT EXISTS \"Order\";\n"),
        "{message}"
    );
    statements
}

fn grant(database: &Database, role: &Role) {
    database.execute(&format!(
        "GRANT USAGE ON SCHEMA \"{NAME}\" TO {role}; GRANT SELECT, REFERENCES ON users TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"{NAME}\" TO {role}",
        role = role.name()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_begin_with_the_schema_that_is_named() {
    let Some(database) = database() else { return };
    let url = database.url();
    let sql = store(&url, NAME, true).await.schema_sql().await;
    let sql = sql.expect("statements");
    assert!(
        sql.starts_with("CREATE SCHEMA IF NOT EXISTS \"Order\";\nCREATE TABLE"),
        "{sql}"
    );
    database.execute(&sql);
    check(&url, false).await;
    let store = PostgresStore::connect(&url).await.expect("a store");
    let sql = store.schema_sql().await.expect("statements");
    assert!(sql.starts_with("CREATE TABLE"), "{sql}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_make_what_a_start_makes() {
    let Some(database) = database() else { return };
    let url = database.url();
    let sql = store(&url, "by_hand", true).await.schema_sql().await;
    database.execute(&sql.expect("statements"));
    drop(connect(&url, "by_start", true).await.expect("an Auth"));
    let described = |schema: &str| {
        let described = database.text(&DESCRIBED.replace("{schema}", schema));
        described.replace(schema, "schema")
    };
    let by_hand = described("by_hand");
    let parts = [
        "schema.locals_guard",
        "fillfactor=85",
        "REFERENCES users(id) ON UPDATE CASCADE",
    ];
    assert_says(&by_hand, &parts);
    assert_eq!(by_hand, described("by_start"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_none_may_be_made_the_error_begins_with_it() {
    let Some(database) = database() else { return };
    let url = database.url();
    let message = refused(connect(&url, NAME, false).await);
    assert_says(
        &message,
        &["are not there", "`migrations(false)` makes none"],
    );
    database.execute(by_hand(&message));
    check(&url, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_make_it_is_told_all_of_it() {
    let (Some(role), Some(database)) = (Role::fresh(), database()) else {
        return;
    };
    let url = role.url(&database.url());
    database.execute(&format!(
        "GRANT SELECT, REFERENCES ON users TO {}",
        role.name()
    ));
    let message = refused(connect(&url, NAME, true).await);
    let told = [
        "no schema `Order`",
        "`CREATE` on the database",
        "migrations(false)",
    ];
    assert_says(&message, &told);
    database.execute(by_hand(&message));
    grant(&database, &role);
    check(&url, false).await;
    // Nothing is left to be made.
    check(&url, true).await;
}

/// Of a role that may, it is made at the start.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_make_it_does() {
    let (Some(role), Some(database)) = (Role::fresh(), database()) else {
        return;
    };
    database.execute(&format!(
        "GRANT CREATE ON DATABASE {} TO {role}; GRANT SELECT, REFERENCES ON users TO {role}",
        database.name(),
        role = role.name()
    ));
    check(&role.url(&database.url()), true).await;
    let owner = "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'Order'";
    assert_eq!(database.text(owner), role.name());
}
