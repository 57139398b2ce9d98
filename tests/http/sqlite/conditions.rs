//! Users of whom a condition has to hold, and values that are in no column.

mod refused;

use locals::{Auth, BuildError, Error, SqliteStore, StoreError, UserId, UsersTable};
use serde::{Deserialize, de::DeserializeOwned};

use super::{COMPLAINING, Database};
use crate::rig::{ADA, BOB};

/// Each table has a key that is called `id`.
const TABLES: &str = "
CREATE TABLE users (
    id INTEGER PRIMARY KEY, email TEXT NOT NULL, nick TEXT, verified INTEGER, deleted_at TEXT
);
CREATE TABLE profiles (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL);
INSERT INTO users VALUES (1, 'ada@example.com', 'countess', 1, NULL),
                         (2, 'bob@example.com', NULL, 0, NULL);
INSERT INTO profiles VALUES (7, 1);";

#[derive(Debug, PartialEq, Deserialize)]
struct Account {
    id: i64,
    email: String,
}

fn users() -> UsersTable {
    UsersTable::new("users")
}

fn open<U>(database: &Database, users: UsersTable) -> Result<Auth<U>, BuildError>
where
    U: DeserializeOwned + Send + Sync + 'static,
{
    Auth::builder(SqliteStore::open(&database.path)?.with_users(users)).build()
}

fn auth(database: &Database, users: UsersTable) -> Auth<Account> {
    open(database, users).expect("conditions that SQLite knows")
}

/// Whether this user can sign in: if not, it is as if there were none.
async fn can_sign_in<U: Send + Sync + 'static>(auth: &Auth<U>, user: i64) -> bool {
    match auth.create_session(user).await {
        Ok(session) => session.user_id().as_str() == user.to_string(),
        Err(Error::Store(StoreError::UnknownUser)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_user_of_whom_the_condition_does_not_hold_cannot_sign_in() {
    let database = Database::with(TABLES);
    let auth = auth(&database, users().only_if("verified"));
    let mut made = 0;
    for (verified, may) in [
        ("0", false),
        ("NULL", false),
        ("'no'", false),
        ("1", true),
        ("-2", true),
    ] {
        let sets = format!("UPDATE users SET verified = {verified} WHERE id = 2");
        database.run(&sets);
        assert_eq!(can_sign_in(&auth, BOB).await, may, "{sets}");
        made += i64::from(may);
        let sessions = "SELECT count(*) FROM locals_sessions";
        assert_eq!(database.number(sessions), made, "{sets}");
    }
    assert!(can_sign_in(&auth, ADA).await);
}

#[test]
fn a_users_table_without_a_type_of_its_users_is_told() {
    let database = Database::with(TABLES);
    let refused = open::<UserId>(&database, users());
    let message = refused.expect_err("no columns are named").to_string();
    assert!(message.contains("write `Auth<Account>`"), "{message}");
}

/// It is neither an outage nor nobody, and what the row has in it is told nowhere.
#[tokio::test]
async fn n_01_a_condition_that_fails_on_a_row_makes_that_user_unreadable_in_sqlite() {
    let _turn = COMPLAINING.lock().await;
    let database = Database::with(TABLES);
    database.run("UPDATE users SET nick = 'zyxwv' WHERE id = 2");
    for users in [
        users().only_if("id = 1 OR json_extract(nick, '$.a')"),
        users().only_if("id = 1 OR json_extract('{}', nick) IS NULL"),
        users().only_if("abs(CASE id WHEN 2 THEN -9223372036854775808 ELSE id END) > 0"),
    ] {
        let auth = auth(&database, users);
        assert!(can_sign_in(&auth, ADA).await);
        let refused = auth.create_session(BOB).await;
        let Err(Error::Store(StoreError::UserUnreadable { reason })) = refused else {
            panic!("{refused:?}");
        };
        assert!(
            reason.contains("a condition of the users table"),
            "{reason}"
        );
        assert!(!reason.contains("zyxwv"), "{reason}");
    }
    // Whichever row is looked at first, a start warns of it.
    let _ = auth(&database, users().only_if("json_extract(email, '$.a')"));
}

/// Not: for a text, as SQLite would have it.
#[tokio::test]
async fn e_10_a_column_of_a_condition_that_is_renamed_lets_nobody_in() {
    let database = Database::with(TABLES);
    let auth = auth(&database, users().only_if("NOT \"verified\""));
    let session = auth.create_session(BOB).await.expect("not verified");
    database.run("ALTER TABLE users RENAME COLUMN verified TO is_verified");
    for _ in 0..2 {
        let found = auth.validate_session(session.token()).await;
        assert!(matches!(found, Err(Error::Store(_))), "{found:?}");
        let made = auth.create_session(ADA).await;
        assert!(matches!(made, Err(Error::Store(_))), "{made:?}");
    }
}

/// Another connection says so, and takes it back: nothing was deleted.
#[tokio::test]
async fn a_session_is_gone_as_long_as_the_condition_does_not_hold() {
    let database = Database::with(TABLES);
    let auth = auth(&database, users().only_if("verified"));
    let ids: Auth = auth.sessions_only();
    let session = auth.create_session(ADA).await.expect("Ada is verified");
    let token = session.token();
    for (verified, is_there) in [(1, true), (0, false), (1, true)] {
        database.run(&format!("UPDATE users SET verified = {verified}"));
        let found = auth.validate_session_user(token).await;
        let found = found.expect("a healthy store").map(|(_, user)| user.id);
        assert_eq!(found, is_there.then_some(ADA));
        for found in [
            auth.validate_session(token).await,
            auth.renew_session(token).await,
            ids.validate_session(token).await,
        ] {
            assert_eq!(found.expect("a healthy store").is_some(), is_there);
        }
        let sessions = "SELECT count(*) FROM locals_sessions";
        assert_eq!(database.number(sessions), 1);
    }
}

/// An `OR` in the one is no way around the other.
#[tokio::test]
async fn several_conditions_have_to_hold_together() {
    let database = Database::with(TABLES);
    let both = users()
        .only_if("verified OR nick = 'countess'")
        .only_if("deleted_at IS NULL");
    let auth = auth(&database, both);
    for (verified, nick, deleted_at, expected) in [
        (1, "NULL", "NULL", true),
        (0, "'countess'", "NULL", true),
        (0, "NULL", "NULL", false),
        (1, "NULL", "'2026-11-26'", false),
        (0, "'countess'", "'2026-11-26'", false),
    ] {
        let sets = format!(
            "UPDATE users SET verified = {verified}, nick = {nick}, deleted_at = {deleted_at}"
        );
        database.run(&sets);
        assert_eq!(can_sign_in(&auth, BOB).await, expected, "{sets}");
    }
}

/// What ends a statement elsewhere is a part of a text here.
#[tokio::test]
async fn a_condition_may_have_any_text_in_quotes() {
    let database = Database::with(TABLES);
    for (condition, expected) in [
        ("email NOT IN (';', '--', ')', '?1', 'it''s')", true),
        ("\"email\" = 'bob@example.com' AND [id] = 2", true),
        ("email LIKE '%);--%'", false),
    ] {
        let auth = auth(&database, users().only_if(condition));
        assert_eq!(can_sign_in(&auth, BOB).await, expected, "{condition}");
    }
}

#[tokio::test]
async fn a_computed_column_is_as_of_every_load() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Member {
        id: i64,
        name: String,
        has_profile: bool,
    }

    let with_profile = users().column("name", "coalesce(nick, email)").column(
        "has_profile",
        "EXISTS (SELECT 1 FROM profiles WHERE profiles.user_id = users.id)",
    );
    let database = Database::with(TABLES);
    let auth = open::<Member>(&database, with_profile).expect("expressions that SQLite knows");
    let mut sessions = Vec::new();
    for user in [ADA, BOB] {
        sessions.push(auth.create_session(user).await.expect("a healthy store"));
    }
    for (changes, ada, bob) in [
        ("", ("countess", true), ("bob@example.com", false)),
        (
            "DELETE FROM profiles; INSERT INTO profiles VALUES (1, 2)",
            ("countess", false),
            ("bob@example.com", true),
        ),
        (
            "UPDATE users SET nick = CASE id WHEN 2 THEN 'bobby' END",
            ("ada@example.com", false),
            ("bobby", true),
        ),
    ] {
        database.run(changes);
        for (session, id, (name, has_profile)) in
            [(&sessions[0], ADA, ada), (&sessions[1], BOB, bob)]
        {
            let found = auth.validate_session_user(session.token()).await;
            let (_, member) = found.expect("a healthy store").expect("signed in");
            let name = name.to_owned();
            let expected = Member {
                id,
                name,
                has_profile,
            };
            assert_eq!(member, expected, "{changes}");
        }
    }
}

/// The sessions have an `id` and a `user_id` too.
#[tokio::test]
async fn names_that_other_tables_have_too_are_those_of_the_users() {
    #[derive(Deserialize)]
    struct Member {
        id: i64,
        user_id: i64,
        profile: Option<i64>,
    }

    let database = Database::with(TABLES);
    let named_alike = users()
        .column("user_id", "id + 100")
        .column(
            "profile",
            "(SELECT id FROM profiles WHERE user_id = users.id)",
        )
        .only_if("id < 100")
        .only_if("id IN (SELECT user_id FROM profiles)");
    let auth = open::<Member>(&database, named_alike).expect("nothing is ambiguous");
    assert!(!can_sign_in(&auth, BOB).await, "Bob has no profile");
    let session = auth.create_session(ADA).await.expect("Ada has one");
    let found = auth.validate_session_user(session.token()).await;
    let (_, ada) = found.expect("a healthy store").expect("signed in");
    assert_eq!((ada.id, ada.user_id, ada.profile), (ADA, 101, Some(7)));
}
