//! Ids at the ends of what a key can be, and beyond.

use super::{sessions, with_key};
use crate::users::{Named, auth, name, sign_in_error, signed_in};
use locals::{Auth, StoreError};

/// Of every one of these there is a user; of none of the others can there be one.
async fn check(declaration: &str, ids: &[&str], nobodys: &[&str]) {
    let Some(schema) = with_key(declaration) else {
        return;
    };
    for id in ids {
        schema.execute(&format!("INSERT INTO users VALUES ('{id}', 'user {id}')"));
    }
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    for id in ids {
        let session = signed_in(&auth, *id).await;
        assert_eq!(session.user_id().as_str(), *id);
        assert_eq!(name(&auth, &session).await, Some(format!("user {id}")));
        assert_eq!(
            auth.list_sessions(*id).await.expect("a list").len(),
            1,
            "{id}"
        );
    }
    for id in nobodys {
        let error = sign_in_error(&auth, *id).await;
        assert!(matches!(error, StoreError::UnknownUser), "{id}: {error}");
        assert!(
            auth.list_sessions(*id).await.expect("a list").is_empty(),
            "{id}"
        );
        let ended = auth.invalidate_user_sessions(*id).await;
        assert_eq!(ended.expect("an answer"), 0, "{id}");
    }
    assert_eq!(sessions(&schema), ids.len().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn smallint() {
    let beyond = [
        "32768",
        "-32769",
        "4294967303",
        "007",
        "+7",
        " 7",
        "7.0",
        "ada",
        "",
        "7\0",
    ];
    check(
        "smallint PRIMARY KEY",
        &["-32768", "0", "7", "32767"],
        &beyond,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn integer() {
    let beyond = ["2147483648", "-2147483649", "4294967303", "-0", "0x7"];
    let ids = ["-2147483648", "0", "7", "2147483647"];
    check("integer PRIMARY KEY", &ids, &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bigint() {
    let ids = ["-9223372036854775808", "0", "7", "9223372036854775807"];
    let beyond = [
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551623",
        "1e3",
    ];
    check("bigint PRIMARY KEY", &ids, &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uuid() {
    let ids = [
        "00000000-0000-0000-0000-000000000000",
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ];
    let beyond = [
        "",
        "7",
        "67e55044",
        "67e55044-10b1-426f-9247-bb680e5fe0cg",
        "\0",
    ];
    check("uuid PRIMARY KEY", &ids, &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text() {
    let long = "ü".repeat(500);
    let ids = [
        "", " ", "Ada", "ada", "Ada ", "007", "7", "a\\b\"c", "e\u{301}", "é", "🦀", &long,
    ];
    let beyond = ["ADA", "\0", "Ada\0", "\0Ada", "; DROP TABLE users"];
    check("text PRIMARY KEY", &ids, &beyond).await;
}

/// Longer than any index keeps: nobody, and no error of the server's.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_too_long_for_any_user() {
    let letters = std::iter::repeat_with(fastrand::alphanumeric);
    let long: String = letters.take(100_000).collect();
    check("text PRIMARY KEY", &["Ada"], &[&long]).await;
}

/// One user is not several: the session has the one form of the id that the key has.
#[tokio::test(flavor = "multi_thread")]
async fn a_uuid_in_another_form_is_the_same_user() {
    let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let Some(schema) = with_key("uuid PRIMARY KEY") else {
        return;
    };
    schema.execute(&format!("INSERT INTO users VALUES ('{id}', 'Ada')"));
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    for form in [id, &id.to_uppercase(), &id.replace('-', "")] {
        let session = signed_in(&auth, form).await;
        assert_eq!(session.user_id().as_str(), id);
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    }
    let ended = auth.invalidate_user_sessions(id.to_uppercase()).await;
    assert_eq!(ended.expect("an answer"), 3);
}
