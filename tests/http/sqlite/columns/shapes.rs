//! Types that are more than a struct of fields.

use serde::{Deserialize, Serialize};

use super::{Settings, ada, open, signed_in};
use crate::{
    rig::{ADA, Account, BOB},
    sqlite::Database,
};

#[tokio::test]
async fn a_struct_around_the_user_has_the_columns_of_the_user() {
    #[derive(Deserialize)]
    struct Wrapper(Account);

    let Wrapper(account) = ada(&Database::with_users()).await;
    assert_eq!(account.email, "ada@example.com");
    assert!(account.admin);
}

#[tokio::test]
async fn the_parameter_of_a_generic_struct_decides_how_its_column_is_read() {
    #[derive(Deserialize)]
    struct Tagged<T> {
        id: i64,
        tags: T,
    }

    let database = Database::with(
        r#"CREATE TABLE users (id INTEGER PRIMARY KEY, tags TEXT);
           INSERT INTO users VALUES (1, '["a", "b"]')"#,
    );
    let list: Tagged<Vec<String>> = ada(&database).await;
    assert_eq!(list.id, ADA);
    assert_eq!(list.tags, ["a", "b"]);
    let text: Tagged<String> = ada(&database).await;
    assert_eq!(text.tags, r#"["a", "b"]"#);
    let maybe: Tagged<Option<(String, String)>> = ada(&database).await;
    assert_eq!(maybe.tags, Some(("a".to_owned(), "b".to_owned())));
}

/// A struct that does not tell its fields is read from all columns, whatever else is there.
#[tokio::test]
async fn a_flattened_struct_has_columns_of_the_same_table() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Rights {
        admin: bool,
        settings: Settings,
        nick: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Flat {
        id: i64,
        #[serde(flatten)]
        rights: Rights,
    }

    let database = Database::with(
        r#"CREATE TABLE users (
               id INTEGER PRIMARY KEY, admin BOOLEAN, settings TEXT, nick TEXT, avatar BLOB, height REAL
           );
           INSERT INTO users VALUES (1, 1, '{"theme": "dark"}', 'countess', x'ff00', 1.7),
                                    (2, 0, '{"theme": "light"}', NULL, NULL, NULL)"#,
    );
    let auth = open::<Flat>(&database).expect("the columns fit");
    for (id, admin, theme, nick) in [
        (ADA, true, "dark", Some("countess")),
        (BOB, false, "light", None),
    ] {
        let rights = Rights {
            admin,
            settings: Settings {
                theme: theme.to_owned(),
                columns: None,
            },
            nick: nick.map(str::to_owned),
        };
        assert_eq!(signed_in(&auth, id).await, Flat { id, rights });
    }
}

/// Serde takes their values before it knows the field, and yet they may be what they may be elsewhere.
#[tokio::test]
async fn a_flattened_field_takes_dates_defaults_and_booleans_of_a_plain_table() {
    #[derive(Debug, Deserialize)]
    struct Times {
        created_at: chrono::DateTime<chrono::Utc>,
        updated_at: chrono::DateTime<chrono::Utc>,
        banned_at: Option<chrono::NaiveDateTime>,
    }

    #[derive(Debug, Deserialize)]
    struct Flat {
        id: i64,
        #[serde(flatten)]
        times: Times,
        #[serde(flatten)]
        profile: Profile,
    }

    #[derive(Debug, Deserialize)]
    struct Profile {
        #[serde(default)]
        theme: String,
        admin: bool,
        bio: String,
        #[serde(with = "locals::column::unix_seconds")]
        seen: chrono::DateTime<chrono::Utc>,
    }

    let database = Database::with(
        "CREATE TABLE users (
             id INTEGER PRIMARY KEY, bio TEXT, theme TEXT, admin INTEGER, seen INTEGER,
             created_at TEXT DEFAULT CURRENT_TIMESTAMP, updated_at TEXT DEFAULT CURRENT_TIMESTAMP,
             banned_at TEXT
         );
         INSERT INTO users (id, bio, admin, seen, banned_at)
         VALUES (1, '[unfinished', 1, 1764156748, '2026-11-26 11:32:28'), (2, '{}', 0, 0, NULL)",
    );
    let auth = open::<Flat>(&database).expect("the columns fit");
    let ada = signed_in(&auth, ADA).await;
    assert_eq!((ada.id, ada.times.created_at), (ADA, ada.times.updated_at));
    let banned = ada.times.banned_at.expect("a date");
    assert_eq!(banned.to_string(), "2026-11-26 11:32:28");
    assert_eq!(ada.profile.seen.timestamp(), 1_764_156_748);
    assert!(ada.profile.admin && ada.profile.theme.is_empty());
    assert_eq!(ada.profile.bio, "[unfinished");
    let bob = signed_in(&auth, BOB).await;
    assert!(!bob.profile.admin && bob.times.banned_at.is_none());
    assert_eq!(bob.profile.bio, "{}");
}

/// What is said of writing is nothing to reading.
#[tokio::test]
async fn a_field_that_is_not_written_when_empty_is_read_all_the_same() {
    #[derive(Deserialize, Serialize)]
    struct Sparse {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        nick: Option<String>,
    }

    let database = Database::with(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, nick TEXT);
         INSERT INTO users VALUES (1, 'countess'), (2, NULL)",
    );
    let auth = open::<Sparse>(&database).expect("the columns fit");
    let ada = signed_in(&auth, ADA).await;
    assert_eq!((ada.id, ada.nick.as_deref()), (ADA, Some("countess")));
    let bob = signed_in(&auth, BOB).await;
    let written = serde_json::to_string(&bob).expect("plain data");
    assert_eq!(written, r#"{"id":2}"#);
}
