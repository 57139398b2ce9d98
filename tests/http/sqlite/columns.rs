//! What a column may be for a field of the application's type, from `build()` to the user of a
//! session.

mod dates;
mod missing;
mod shapes;
mod uuids;

use locals::{Auth, BuildError, SqliteStore};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::Database;
use crate::rig::{ADA, BOB};

fn open<U>(database: &Database) -> Result<Auth<U>, BuildError>
where
    U: DeserializeOwned + Send + Sync + 'static,
{
    Auth::builder(SqliteStore::open(&database.path)?.with_users("users")).build()
}

/// A user as it comes with a session: signed in, and found by the token.
async fn signed_in<U: Send + Sync + 'static>(auth: &Auth<U>, user: i64) -> U {
    let session = auth.create_session(user).await.expect("the row fits");
    let found = auth.validate_session_user(session.token()).await;
    let (_, user) = found.expect("the row fits").expect("signed in");
    user
}

async fn ada<U>(database: &Database) -> U
where
    U: DeserializeOwned + Send + Sync + 'static,
{
    let auth = open(database).expect("the columns fit");
    signed_in(&auth, ADA).await
}

#[derive(Debug, PartialEq, Deserialize)]
struct Settings {
    theme: String,
    columns: Option<Vec<u8>>,
}

fn stranger() -> String {
    "a stranger".to_owned()
}

#[derive(Debug, PartialEq, Deserialize)]
struct Member {
    id: i64,
    settings: Settings,
    tags: Vec<String>,
    score: i64,
    #[serde(default)]
    visits: u32,
    #[serde(default = "stranger")]
    nickname: String,
    phone: Option<String>,
}

const MEMBERS: &str = r#"
CREATE TABLE users (
    id INTEGER PRIMARY KEY, settings TEXT, tags TEXT, score REAL, visits INTEGER, nickname TEXT,
    phone TEXT, password BLOB
);
INSERT INTO users VALUES
    (1, '{"theme": "dark", "columns": [1, 2]}', '["a", "b c"]', 41, NULL, NULL, NULL, x'ff'),
    (2, '{"theme": "null"}', '[]', -3.0, 12, 'null', '[1]', NULL);
"#;

#[tokio::test]
async fn a_column_is_what_its_field_asks_for() {
    let database = Database::with(MEMBERS);
    let auth = open(&database).expect("the columns fit");
    let ada = Member {
        id: ADA,
        settings: Settings {
            theme: "dark".to_owned(),
            columns: Some(vec![1, 2]),
        },
        tags: vec!["a".to_owned(), "b c".to_owned()],
        score: 41,
        visits: 0,
        nickname: stranger(),
        phone: None,
    };
    let bob = Member {
        id: BOB,
        settings: Settings {
            theme: "null".to_owned(),
            columns: None,
        },
        tags: Vec::new(),
        score: -3,
        visits: 12,
        nickname: "null".to_owned(),
        phone: Some("[1]".to_owned()),
    };
    // Each after the other: how the one's columns were read is nothing to the other's.
    for _ in 0..2 {
        assert_eq!(signed_in::<Member>(&auth, ADA).await, ada);
        assert_eq!(signed_in::<Member>(&auth, BOB).await, bob);
    }
}

/// Only a column that is declared JSON holds a number, a word or a quoted text as JSON.
#[tokio::test]
async fn a_field_that_takes_anything_takes_what_the_json_says() {
    #[derive(Deserialize)]
    struct Anything {
        declared: Value,
        text: Value,
    }

    for (value, declared, text) in [
        (r#"{"a": [1, null]}"#, json!({"a": [1, null]}), None),
        (r#"["x"]"#, json!(["x"]), None),
        (r#""quoted""#, json!("quoted"), Some(json!("\"quoted\""))),
        ("true", json!(true), Some(json!("true"))),
        ("12", json!(12), Some(json!("12"))),
    ] {
        let database = Database::with(&format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, declared JSON, text TEXT);
             INSERT INTO users VALUES (1, '{value}', '{value}')"
        ));
        let user: Anything = ada(&database).await;
        assert_eq!(user.declared, declared, "{value}");
        assert_eq!(user.text, text.unwrap_or(declared), "{value}");
    }
}

/// A NULL, for which the default stands, is read otherwise than a text; what a column was read as last is
/// tried first.
#[tokio::test]
async fn a_text_is_what_stands_there_whoever_was_read_before() {
    #[derive(Deserialize)]
    struct Noted {
        #[serde(default)]
        note: String,
    }

    for text in ["2026-11-26 11:32:28", "2026-11-26T11:32", "11:32:28"] {
        let database = Database::with(&format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, note TEXT);
             INSERT INTO users VALUES (1, NULL), (2, '{text}')"
        ));
        let auth = open::<Noted>(&database).expect("the columns fit");
        for _ in 0..2 {
            assert_eq!(signed_in(&auth, BOB).await.note, text);
            assert_eq!(signed_in(&auth, ADA).await.note, "");
        }
    }
}

#[tokio::test]
async fn a_fraction_is_no_whole_number() {
    #[derive(Deserialize)]
    struct Scored {
        #[allow(dead_code, reason = "there is none")]
        score: i64,
    }

    let database = Database::with(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, score REAL);
         INSERT INTO users VALUES (1, 41.5)",
    );
    let auth = open::<Scored>(&database).expect("the columns fit");
    let refused = auth.create_session(ADA).await.expect_err("41.5 is no i64");
    let reason = refused.to_string();
    assert!(reason.contains("`score`"), "{reason}");
    assert!(!reason.contains("41"), "{reason}");
}
