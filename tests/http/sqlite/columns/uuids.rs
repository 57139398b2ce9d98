//! A key of sixteen bytes, a UUID: one user, however the application writes it.

use locals::{Auth, Error, StoreError};
use serde::Deserialize;

use super::open;
use crate::sqlite::Database;

#[derive(Deserialize)]
struct Member {
    id: Vec<u8>,
    email: String,
}

const UUID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

fn database() -> Database {
    Database::with(
        "CREATE TABLE users (id BLOB PRIMARY KEY, email TEXT NOT NULL);
         INSERT INTO users VALUES (x'67e5504410b1426f9247bb680e5fe0c8', 'ada@example.com'),
                                  (x'00000000000000000000000000000000', 'bob@example.com')",
    )
}

fn auth(database: &Database) -> Auth<Member> {
    open(database).expect("the columns fit")
}

/// RFC 9562, section 4: either case; and as programs print it.
fn forms() -> [String; 6] {
    let digits = UUID.replace('-', "");
    [
        UUID.to_owned(),
        UUID.to_uppercase(),
        digits.to_uppercase(),
        digits,
        format!("{{{UUID}}}"),
        format!("urn:uuid:{UUID}"),
    ]
}

#[tokio::test]
async fn every_form_of_a_uuid_signs_the_same_user_in() {
    let database = database();
    let auth = auth(&database);
    for form in forms() {
        let session = auth.create_session(form.as_str()).await.expect(&form);
        let found = auth.validate_session_user(session.token()).await;
        let (session, member) = found.expect("a healthy store").expect(&form);
        assert_eq!(member.email, "ada@example.com", "{form}");
        assert_eq!(member.id[..4], [0x67, 0xe5, 0x50, 0x44], "{form}");
        assert_eq!(session.user_id().as_str(), UUID, "{form}");
    }
    for form in forms() {
        let list = auth.list_sessions(form.as_str()).await;
        assert_eq!(list.expect("a healthy store").len(), 6, "{form}");
    }
    let [.., urn] = forms();
    let ended = auth.invalidate_user_sessions(urn).await;
    assert_eq!(ended.expect("a healthy store"), 6);
}

/// The session that a sign-in returns is no other than the one that is found afterwards.
#[tokio::test]
async fn a_session_has_one_user_id_from_the_beginning() {
    let database = database();
    let auth = auth(&database);
    for form in forms() {
        let session = auth.create_session(form.as_str()).await.expect(&form);
        assert_eq!(session.user_id().as_str(), UUID, "signed in as {form}");
    }
}

#[tokio::test]
async fn what_is_nearly_a_uuid_is_nobody() {
    let database = database();
    let auth = auth(&database);
    for id in [
        &UUID[1..],
        &format!("{UUID}0"),
        &format!("{{{UUID}"),
        &format!(" {UUID}"),
        &UUID.replace("-4", "4-"),
        &UUID.replace('6', "g"),
        "67e55044-10b1-426f-9247-bb680e5fe0c9",
        "",
    ] {
        let refused = auth.create_session(id).await;
        assert!(
            matches!(refused, Err(Error::Store(StoreError::UnknownUser))),
            "{id:?}: {refused:?}"
        );
    }
    let sessions = "SELECT count(*) FROM locals_sessions";
    assert_eq!(database.number(sessions), 0);
}
