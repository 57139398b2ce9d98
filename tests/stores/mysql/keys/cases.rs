//! Keys whose collation takes two texts for one: they are one user here too, whose id is as the users table
//! spells it.

use super::{sessions, with_key};
use crate::{
    rig::{Database, is_mariadb},
    users::{Named, auth, is_nobody, listed, name, signed_in},
};
use locals::{Auth, MySqlStore};

const ANY_CASE: &str = "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY";

/// Ada is spelled so, and Zoë in capitals.
fn table(declaration: &str) -> Option<Database> {
    let database = with_key(declaration)?;
    database.execute("INSERT INTO users VALUES ('ada', 'Ada'), ('ZOË', 'Zoë')");
    Some(database)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_user_in_any_spelling_has_the_id_of_the_table() {
    let Some(database) = table(ANY_CASE) else {
        return;
    };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    for (spelling, id) in [
        ("ada", "ada"),
        ("ADA", "ada"),
        ("Ada", "ada"),
        ("zoë", "ZOË"),
        ("zoe", "ZOË"),
    ] {
        let session = signed_in(&auth, spelling).await;
        assert_eq!(session.user_id().as_str(), id, "{spelling}");
        let found = auth.validate_session_user(session.token()).await;
        let (found, _) = found.expect("an answer").expect("a session");
        assert_eq!(found.user_id().as_str(), id, "{spelling}");
    }
    assert_eq!(listed(&auth, "aDA").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_everywhere_in_one_spelling_is_signed_out_in_each() {
    let Some(database) = table(ANY_CASE) else {
        return;
    };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    for spelling in ["ada", "ADA"] {
        let sessions = [signed_in(&auth, "ADA").await, signed_in(&auth, "ada").await];
        let zoe = signed_in(&auth, "zoë").await;
        assert_eq!(listed(&auth, spelling).await, 2, "{spelling}");
        let ended = auth.invalidate_user_sessions(spelling).await;
        assert_eq!(ended.expect("an answer"), 2, "{spelling}");
        for session in &sessions {
            assert_eq!(name(&auth, session).await, None, "{spelling}");
        }
        assert_eq!(name(&auth, &zoe).await.as_deref(), Some("Zoë"));
    }
}

/// Nobody has more sessions by spelling the name in another way.
#[tokio::test(flavor = "multi_thread")]
async fn e_07_the_limit_is_of_all_spellings_together() {
    let Some(database) = table(ANY_CASE) else {
        return;
    };
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let auth = Auth::<Named>::builder(store.with_users("users")).max_sessions_per_user(3);
    let auth = auth.connect().await.expect("an Auth");
    for spelling in ["ada", "ADA", "Ada", "aDa", "adA"] {
        let _ = signed_in(&auth, spelling).await;
    }
    assert_eq!(listed(&auth, "ada").await, 3);
    assert_eq!(sessions(&database), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_spelled_anew_is_the_id_from_then_on() {
    let Some(database) = table(ANY_CASE) else {
        return;
    };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, "ada").await;
    database.execute("UPDATE users SET id = 'Ada' WHERE id = 'ada'");
    let found = auth.validate_session_user(session.token()).await;
    let (found, _) = found.expect("an answer").expect("a session");
    assert_eq!(found.user_id().as_str(), "Ada");
    assert_eq!(listed(&auth, "Ada").await, 1);
    database.execute("DELETE FROM users WHERE id = 'ADA'");
    assert_eq!(name(&auth, &session).await, None);
}

/// Other sessions of the same user are not kept for their spelling.
#[tokio::test(flavor = "multi_thread")]
async fn all_but_the_current_session_are_those_of_every_spelling() {
    let Some(database) = table(ANY_CASE) else {
        return;
    };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let (one, other) = (signed_in(&auth, "ADA").await, signed_in(&auth, "ada").await);
    let ended = auth.invalidate_other_sessions(&other).await;
    assert_eq!(ended.expect("an answer"), 1);
    assert_eq!(name(&auth, &one).await, None);
    assert_eq!(name(&auth, &other).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_09_two_users_that_differ_in_case_are_two_where_the_collation_says_so() {
    let Some(database) =
        with_key("varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY")
    else {
        return;
    };
    database.execute("INSERT INTO users VALUES ('ada', 'Ada'), ('Ada', 'Eve')");
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let (ada, eve) = (signed_in(&auth, "ada").await, signed_in(&auth, "Ada").await);
    assert_eq!(name(&auth, &ada).await.as_deref(), Some("Ada"));
    assert_eq!(name(&auth, &eve).await.as_deref(), Some("Eve"));
    let ended = auth.invalidate_user_sessions("Ada").await;
    assert_eq!(ended.expect("an answer"), 1);
    assert_eq!(name(&auth, &ada).await.as_deref(), Some("Ada"));
    is_nobody(&auth, "ADA").await;
}

/// Of nearly every collation, blanks at the end are none.
#[tokio::test(flavor = "multi_thread")]
async fn blanks_at_the_end_are_as_the_table_has_them() {
    for ty in ["char(20)", "varchar(20)"] {
        let declaration = format!("{ty} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY");
        let Some(database) = with_key(&declaration) else {
            return;
        };
        database.execute("INSERT INTO users VALUES ('ada', 'Ada')");
        let auth: Auth<Named> = auth(database.url(), "users").await;
        let session = signed_in(&auth, "ada  ").await;
        assert_eq!(session.user_id().as_str(), "ada", "{ty}");
        assert_eq!(listed(&auth, "ada ").await, 1, "{ty}");
        let ended = auth.invalidate_user_sessions("ada").await;
        assert_eq!(ended.expect("an answer"), 1, "{ty}");
    }
}

/// Under another collation than the key's, the server refuses a reference.
#[tokio::test(flavor = "multi_thread")]
async fn the_collation_of_the_key_is_that_of_the_sessions() {
    for (set, collation) in [
        ("utf8mb4", "utf8mb4_unicode_ci"),
        ("utf8mb4", "utf8mb4_bin"),
        ("latin1", "latin1_german2_ci"),
        ("ascii", "ascii_bin"),
        ("ucs2", "ucs2_general_ci"),
    ] {
        let key = format!("varchar(20) CHARACTER SET {set} COLLATE {collation} PRIMARY KEY");
        let Some(database) = with_key(&key) else {
            return;
        };
        database.execute("INSERT INTO users VALUES ('ada', 'Ada')");
        let auth: Auth<Named> = auth(database.url(), "users").await;
        assert_eq!(user_id(&database, "character_set_name"), set);
        assert_eq!(user_id(&database, "collation_name"), collation);
        let session = signed_in(&auth, "ada").await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"), "{set}");
    }
}

/// How the sessions have it.
fn user_id(database: &Database, property: &str) -> String {
    database.text(&format!(
        "SELECT {property} FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = 'locals_sessions' AND column_name = 'user_id'"
    ))
}

/// The database's own default is nothing to us.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_character_set_keeps_sessions_all_the_same() {
    let Some(database) = with_key(ANY_CASE) else {
        return;
    };
    let default = if is_mariadb(&database) {
        "CHARACTER SET latin1 COLLATE latin1_general_ci"
    } else {
        "CHARACTER SET latin1"
    };
    database.execute(&format!("ALTER DATABASE `{}` {default}", database.name()));
    database.execute("INSERT INTO users VALUES ('🦀', 'Ferris')");
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = auth.create_session("🦀").device("Zoës 🦀").await;
    let session = session.expect("a session");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ferris"));
    let listed = auth.list_sessions("🦀").await.expect("a list");
    assert_eq!(listed[0].device(), Some("Zoës 🦀"));
}
