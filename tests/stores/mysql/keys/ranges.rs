//! Ids at the ends of what a key can be, and beyond.

use super::{is_binary, literal, sessions, with_key};
use crate::users::{Named, auth, is_nobody, listed, name, signed_in};
use locals::Auth;

/// Of every one of these there is a user; of none of the others can there be one.
async fn check(declaration: &str, ids: &[&str], nobodys: &[&str]) {
    let Some(database) = with_key(declaration) else {
        return;
    };
    for id in ids {
        let key = literal(&id.replace('\\', "\\\\"), is_binary(declaration));
        database.execute(&format!("INSERT INTO users VALUES ({key}, 'user')"));
    }
    let auth: Auth<Named> = auth(database.url(), "users").await;
    for id in ids {
        let session = signed_in(&auth, *id).await;
        assert_eq!(session.user_id().as_str(), *id);
        assert_eq!(name(&auth, &session).await.as_deref(), Some("user"), "{id}");
        assert_eq!(listed(&auth, *id).await, 1, "{id}");
    }
    for id in nobodys {
        is_nobody(&auth, *id).await;
        assert_eq!(listed(&auth, *id).await, 0, "{id}");
        let ended = auth.invalidate_user_sessions(*id).await;
        assert_eq!(ended.expect("an answer"), 0, "{id}");
    }
    assert_eq!(sessions(&database), ids.len().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn tinyint() {
    let beyond = [
        "128", "-129", "263", "007", "+7", " 7", "7 ", "7.0", "7x", "ada", "", "7\0",
    ];
    check("tinyint PRIMARY KEY", &["-128", "0", "7", "127"], &beyond).await;
    let beyond = ["256", "-1", "-0"];
    check("tinyint unsigned PRIMARY KEY", &["0", "7", "255"], &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn smallint() {
    let ids = ["-32768", "0", "7", "32767"];
    check("smallint PRIMARY KEY", &ids, &["32768", "-32769", "65543"]).await;
    let beyond = ["65536", "-1"];
    check("smallint unsigned PRIMARY KEY", &["0", "65535"], &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mediumint() {
    let ids = ["-8388608", "0", "8388607"];
    check("mediumint PRIMARY KEY", &ids, &["8388608", "-8388609"]).await;
    let beyond = ["16777216", "-1"];
    check(
        "mediumint unsigned PRIMARY KEY",
        &["0", "16777215"],
        &beyond,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn int() {
    let ids = ["-2147483648", "0", "7", "2147483647"];
    let beyond = [
        "2147483648",
        "-2147483649",
        "4294967303",
        "-0",
        "0x7",
        "7e0",
    ];
    check("int PRIMARY KEY", &ids, &beyond).await;
    let beyond = ["4294967296", "-1"];
    check("int unsigned PRIMARY KEY", &["0", "4294967295"], &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bigint() {
    let ids = [
        "-9223372036854775808",
        "0",
        "9007199254740993",
        "9223372036854775807",
    ];
    // The neighbour is the same as a floating point number, which is how the server compares texts.
    let beyond = [
        "9007199254740992",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551623",
        "1e3",
    ];
    check("bigint PRIMARY KEY", &ids, &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bigint_unsigned() {
    let ids = ["0", "9223372036854775808", "18446744073709551615"];
    let beyond = ["18446744073709551616", "18446744073709551614", "-1"];
    check("bigint unsigned PRIMARY KEY", &ids, &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uuid_in_16_bytes() {
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
        "67e55044-10b1-426f-9247-bb680e5fe0c9",
        "0123456789abcdef",
        "\0",
    ];
    check("binary(16) PRIMARY KEY", &ids, &beyond).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text() {
    let long = "ü".repeat(500);
    let ids = [
        "", "Ada", "ada", "007", "7", "a\\b\"c", "e\u{301}", "é", "🦀", "_%", &long,
    ];
    let longer = "ü".repeat(501);
    let beyond = ["ADA", "\0", "\0Ada", "; DROP TABLE users", "x'", &longer];
    let ty = "varchar(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY";
    check(ty, &ids, &beyond).await;
}

/// Longer than any column keeps: nobody, and no error of the server's.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_too_long_for_any_user() {
    let letters = std::iter::repeat_with(fastrand::alphanumeric);
    let long: String = letters.take(100_000).collect();
    for ty in ["char(5)", "varchar(20)", "varchar(20) CHARACTER SET latin1"] {
        let declaration = format!("{ty} PRIMARY KEY");
        check(&declaration, &["ada"], &["ada lovelace, countess", &long]).await;
    }
}

/// The server would say that it cannot compare the two, or make a question mark of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_characters_that_the_key_cannot_have_is_nobodys() {
    for (set, nobodys) in [
        ("latin1", &["🦀", "Ωmega", "ad🦀", "日本"][..]),
        ("ascii", &["é", "zoë", "🦀", "\u{7f}\u{80}"]),
        ("utf8mb3", &["🦀", "ad🦀"]),
    ] {
        let declaration = format!("varchar(20) CHARACTER SET {set} PRIMARY KEY");
        check(&declaration, &["ada", "?", "ad?"], nobodys).await;
    }
}

/// One user is not several: the session has the one form of the id that the key has.
#[tokio::test(flavor = "multi_thread")]
async fn a_uuid_in_another_form_is_the_same_user() {
    let id = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let Some(database) = with_key("binary(16) PRIMARY KEY") else {
        return;
    };
    let key = literal(id, true);
    database.execute(&format!("INSERT INTO users VALUES ({key}, 'Ada')"));
    let auth: Auth<Named> = auth(database.url(), "users").await;
    for form in [id, &id.to_uppercase(), &id.replace('-', "")] {
        let session = signed_in(&auth, form).await;
        assert_eq!(session.user_id().as_str(), id);
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    }
    let ended = auth.invalidate_user_sessions(id.to_uppercase()).await;
    assert_eq!(ended.expect("an answer"), 3);
}
