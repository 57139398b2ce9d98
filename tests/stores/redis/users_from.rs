//! Sessions in Redis, users from a table of PostgreSQL.

mod outage;

use crate::rig::Keys;
use locals::{
    Auth, BuildError, Error, PostgresStore, Session, StoreError, UserId, UsersTable,
    store::{PostgresStoreWithUsers, UserStore},
};
use serde::Deserialize;
use test_servers::{Postgres, Schema};

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Account {
    name: String,
    password_hash: String,
}

/// Ada is 1, Grace 2.
const USERS: &str = "CREATE TABLE users (
        id integer PRIMARY KEY, name text NOT NULL, password_hash text NOT NULL DEFAULT 'first',
        verified boolean NOT NULL DEFAULT true
    );
    INSERT INTO users (id, name) VALUES (1, 'Ada'), (2, 'Grace')";

/// Both servers.
struct Site {
    keys: Keys,
    schema: Schema,
}

impl Site {
    /// Runs a test where there are both.
    fn with(users: &str) -> Option<Self> {
        let keys = Keys::new()?;
        let schema = Postgres::shared()?.schema();
        schema.execute(users);
        Some(Self { keys, schema })
    }

    async fn users(&self, table: impl Into<UsersTable>) -> PostgresStoreWithUsers {
        let store = PostgresStore::connect(self.schema.url()).await;
        store.expect("a store").with_users(table)
    }

    async fn connect(&self, table: impl Into<UsersTable>) -> Result<Auth<Account>, BuildError> {
        let auth = Auth::<Account>::builder(self.keys.store().await);
        auth.users_from(self.users(table).await).connect().await
    }

    async fn auth(&self) -> Auth<Account> {
        let auth = self.connect("users").await;
        auth.expect("stores that are ready")
    }
}

async fn signed_in(auth: &Auth<Account>, id: impl Into<UserId>) -> Session {
    auth.create_session(id).await.expect("a session")
}

/// Whose session it is, by the name; `None` if there is none.
async fn name(auth: &Auth<Account>, session: &Session) -> Option<String> {
    let found = auth.validate_session_user(session.token()).await;
    found.expect("an answer").map(|(_, user)| user.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_comes_from_the_table_and_nothing_is_made_beside_it() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let auth = site.auth().await;
    let ada = signed_in(&auth, 1).await;
    let grace = signed_in(&auth, 2).await;
    assert_eq!(name(&auth, &ada).await.as_deref(), Some("Ada"));
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Grace"));
    auth.ping().await.expect("both answer");
    assert_eq!(site.keys.rows(), 2);
    let tables =
        "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = current_schema()";
    assert_eq!(site.schema.text(tables), "users");
    let functions =
        "SELECT count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace";
    assert_eq!(site.schema.text(functions), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_who_is_not_in_the_table() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let auth = site.auth().await;
    for id in ["3", "ada", "2147483648", ""] {
        let refused = auth.create_session(id).await;
        let is_refused = matches!(refused, Err(Error::Store(StoreError::UnknownUser)));
        assert!(is_refused, "{id}");
    }
    assert_eq!(site.keys.rows(), 0);
}

/// The row stays until somebody ends it.
#[tokio::test(flavor = "multi_thread")]
async fn e_04_a_session_in_redis_of_a_user_who_is_deleted_is_none() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let auth = site.auth().await;
    let session = signed_in(&auth, 1).await;
    site.schema.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&auth, &session).await, None);
    assert_eq!(site.keys.rows(), 1);
    let ended = auth.invalidate_user_sessions(1).await;
    assert_eq!(ended.expect("an answer"), 1);
    assert_eq!(site.keys.rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_signs_out() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let auth = Auth::<Account>::builder(site.keys.store().await)
        .users_from(site.users("users").await)
        .security_stamp(|account: &Account| account.password_hash.as_bytes());
    let auth = auth.connect().await.expect("stores that are ready");
    let ada = signed_in(&auth, 1).await;
    let grace = signed_in(&auth, 2).await;
    let change = "UPDATE users SET password_hash = 'second' WHERE id = 1";
    site.schema.execute(change);
    assert_eq!(name(&auth, &ada).await, None);
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Grace"));
    let again = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &again).await.as_deref(), Some("Ada"));
    // The one of the former password is over.
    let listed = auth.list_sessions(1).await.expect("an answer");
    assert_eq!(listed.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_whom_the_condition_does_not_hold_has_no_session() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let users = UsersTable::new("users").only_if("verified");
    let auth = site.connect(users).await.expect("stores that are ready");
    let session = signed_in(&auth, 1).await;
    site.schema.execute("UPDATE users SET verified = false");
    assert_eq!(name(&auth, &session).await, None);
    let refused = auth.create_session(2).await;
    let is_refused = matches!(refused, Err(Error::Store(StoreError::UnknownUser)));
    assert!(is_refused, "who is not verified");
    site.schema.execute("UPDATE users SET verified = true");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_admitted_has_no_session() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let auth = Auth::<Account>::builder(site.keys.store().await)
        .admits(|account: &Account| account.password_hash != "banned")
        .users_from(site.users("users").await);
    let auth = auth.connect().await.expect("stores that are ready");
    let session = signed_in(&auth, 1).await;
    let ban = "UPDATE users SET password_hash = 'banned'";
    site.schema.execute(ban);
    assert_eq!(name(&auth, &session).await, None);
    let refused = auth.create_session(1).await;
    let is_refused = matches!(refused, Err(Error::Store(StoreError::NotAdmitted)));
    assert!(is_refused, "who is banned");
}

/// Redis compares bytes: it is asked with the one form that the table has.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_found_however_a_uuid_is_written() {
    let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let users = USERS
        .replace("id integer", "id uuid")
        .replace("(1, 'Ada'), (2, 'Grace')", &format!("('{uuid}', 'Ada')"));
    let Some(site) = Site::with(&users) else {
        return;
    };
    let auth = site.auth().await;
    let session = signed_in(&auth, uuid.to_uppercase()).await;
    drop(signed_in(&auth, uuid.replace('-', "")).await);
    assert_eq!(session.user_id().as_str(), uuid);
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    let listed = auth.list_sessions(uuid.to_uppercase()).await;
    assert_eq!(listed.expect("an answer").len(), 2);
    let ended = auth.invalidate_user_sessions(uuid.to_uppercase()).await;
    assert_eq!(ended.expect("an answer"), 2);
    assert_eq!(site.keys.rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_does_not_fit_is_refused_at_start() {
    let Some(site) = Site::with("CREATE TABLE users (id integer PRIMARY KEY)") else {
        return;
    };
    for (table, says) in [
        ("users", "no column `name`"),
        ("nobody", "no table `nobody`"),
    ] {
        match site.connect(table).await {
            Err(BuildError::Store(StoreError::Setup(text))) => {
                assert!(text.contains(says), "{text}");
            }
            other => panic!("it is not refused: {other:?}"),
        }
    }
}

/// Its statement reads the columns of that type.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_users_serves_one_type() {
    #[derive(Debug, Deserialize)]
    struct Other {
        #[allow(dead_code, reason = "it is another column")]
        verified: bool,
    }
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let users = site.users("users").await;
    let prepared = UserStore::<Account>::prepare(&users).await;
    prepared.expect("a table that fits");
    let other = UserStore::<Other>::prepare(&users).await;
    let other = other.expect_err("one type is served already");
    assert!(other.to_string().contains("a clone"), "{other}");
    let clone = users.clone();
    let prepared = UserStore::<Other>::prepare(&clone).await;
    prepared.expect("a clone for another type");
}

/// The rights of a reference are not asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_only_read_users_will_do() {
    let Some(site) = Site::with(USERS) else {
        return;
    };
    let schema = site.schema.name();
    let role = format!("{schema}_reader");
    site.schema.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'no-secret'; GRANT USAGE ON SCHEMA {schema} TO {role};
         GRANT SELECT (id, name, password_hash) ON users TO {role}"
    ));
    let url = site.schema.url();
    let (_, place) = url.split_once('@').expect("a URL with a user");
    let url = format!("postgres://{role}:no-secret@{place}");
    let users = PostgresStore::connect(url).await.expect("a store");
    let auth = Auth::<Account>::builder(site.keys.store().await)
        .users_from(users.with_users("users"))
        .connect()
        .await
        .expect("stores that are ready");
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    auth.ping().await.expect("both answer");
    drop(auth);
    let gone = format!("DROP OWNED BY {role}; DROP ROLE {role}");
    site.schema.execute(&gone);
}
