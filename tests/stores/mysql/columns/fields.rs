//! Which column a field means, and fields that have none.

use crate::{
    rig::{Database, database},
    users::{User, assert_says, auth, refusal, signed_in, user},
};
use locals::UsersTable;
use serde::Deserialize;

const TABLE: &str = "
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email varchar(40) NOT NULL DEFAULT 'ada@example.com',
    nickname varchar(40),
    tags text NOT NULL,
    loud varchar(45) AS (concat(nickname, '!')) VIRTUAL
);
INSERT INTO users (id, nickname, tags) VALUES (1, 'Ada', '[]'), (2, NULL, '[]')";

fn table() -> Option<Database> {
    let database = database()?;
    database.execute(TABLE);
    Some(database)
}

/// User 1 as this type.
async fn ada<U: User>(database: &Database, users: impl Into<UsersTable>) -> U {
    let auth = auth::<U>(database.url(), users).await;
    let session = signed_in(&auth, 1).await;
    user(&auth, &session).await.expect("a user")
}

fn computed(name: &str, expression: &str) -> UsersTable {
    UsersTable::new("users").column(name, expression)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_without_a_column_is_named_at_start() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is never read")]
    struct Account {
        id: i64,
        phone: String,
    }
    let Some(database) = table() else { return };
    let message = refusal::<Account>(database.url(), "users").await;
    let has = "it has `id`, `email`, `nickname`, `tags`, `loud`";
    assert_says(&message, &["no column `phone`", has, "#[serde(default)]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_can_do_without_a_column() {
    #[derive(Deserialize)]
    struct Account {
        phone: Option<String>,
        #[serde(default)]
        logins: u8,
        #[serde(skip)]
        cached: u8,
    }
    let Some(database) = table() else { return };
    let account: Account = ada(&database, "users").await;
    assert_eq!(account.phone, None);
    assert_eq!((account.logins, account.cached), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_means_its_column_in_any_case() {
    #[derive(Deserialize)]
    struct Account {
        #[serde(rename = "eMail")]
        email: String,
        #[serde(rename = "NICKNAME")]
        nickname: Option<String>,
    }
    let Some(database) = table() else { return };
    let account: Account = ada(&database, "users").await;
    assert_eq!(account.email, "ada@example.com");
    assert_eq!(account.nickname.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_the_table_computes_is_one() {
    #[derive(Deserialize)]
    struct Account {
        loud: String,
    }
    let Some(database) = table() else { return };
    assert_eq!(ada::<Account>(&database, "users").await.loud, "Ada!");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_columns_are_quoted() {
    #[derive(Deserialize)]
    struct Account {
        order: i32,
        #[serde(rename = "a b")]
        spaced: i32,
        #[serde(rename = "a`b")]
        quoted: i32,
    }
    let Some(database) = database() else { return };
    database.execute(
        "CREATE TABLE users (id int PRIMARY KEY, `order` int, `a b` int, `a``b` int);
         INSERT INTO users VALUES (1, 2, 3, 4)",
    );
    let account: Account = ada(&database, "users").await;
    assert_eq!((account.order, account.spaced, account.quoted), (2, 3, 4));
}

/// What is computed for the field `n`, of user 1.
async fn n<T: User>(database: &Database, expression: &str) -> T {
    #[derive(Deserialize)]
    struct Row<T> {
        n: T,
    }
    ada::<Row<T>>(database, computed("n", expression)).await.n
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_computed() {
    let Some(database) = table() else { return };
    let name: String = n(&database, "coalesce(nickname, email)").await;
    assert_eq!(name, "Ada");
    assert_eq!(n::<i64>(&database, "(SELECT count(*) FROM users)").await, 2);
    let list: Vec<String> = n(&database, "json_array(nickname, 'b')").await;
    assert_eq!(list, ["Ada", "b"]);
    assert_eq!(n::<Option<String>>(&database, "NULL").await, None);
    assert!(n::<bool>(&database, "users.id = 1 AND email <> nickname").await);
    assert_eq!(n::<String>(&database, "1.5 + 1").await, "2.5");
    assert_eq!(n::<u64>(&database, "CAST(-1 AS UNSIGNED)").await, u64::MAX);
}

#[tokio::test(flavor = "multi_thread")]
async fn braces_and_quotes_in_an_expression_stand_for_themselves() {
    let Some(database) = table() else { return };
    for text in [
        "{key}",
        "{source}",
        "{sessions}",
        "{prefix}",
        "{0}",
        "a ? and a :name",
        "a # b -- c /* d",
        "a; b",
        "it''s",
        "it\\\\s",
    ] {
        let written = text.replace("''", "'").replace("\\\\", "\\");
        assert_eq!(n::<String>(&database, &format!("'{text}'")).await, written);
    }
}

/// As in a program that is set up by MySQL's own rules: neither a name, nor a backslash.
#[tokio::test(flavor = "multi_thread")]
async fn double_quotes_are_those_of_a_text() {
    let Some(database) = table() else { return };
    assert_eq!(n::<String>(&database, "\"nickname\"").await, "nickname");
    assert_eq!(n::<String>(&database, "\"a\\\"b\"").await, "a\"b");
    assert_eq!(n::<String>(&database, "`nickname`").await, "Ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_computed_may_ask_other_tables() {
    #[derive(Deserialize)]
    struct Row {
        posts: i64,
    }
    let Some(database) = table() else { return };
    database.execute("CREATE TABLE p (user_id bigint); INSERT INTO p VALUES (1), (1), (2)");
    let posts = computed(
        "posts",
        "(SELECT count(*) FROM p WHERE p.user_id = users.id)",
    );
    assert_eq!(ada::<Row>(&database, posts).await.posts, 2);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never read")]
struct Counted {
    n: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_many_rows_is_refused_as_a_column() {
    let Some(database) = table() else { return };
    for expression in ["count(*)", "row_number() OVER ()", "max(id)"] {
        let message = refusal::<Counted>(database.url(), computed("n", expression)).await;
        assert_says(&message, &[expression, "about many rows", "`(SELECT ..)`"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_expression_is_refused_with_the_servers_words() {
    let Some(database) = table() else { return };
    for (expression, reason) in [("nope", "nope"), ("nope(1)", "nope"), ("1 +", "SQL syntax")] {
        let message = refusal::<Counted>(database.url(), computed("n", expression)).await;
        assert_says(&message, &["no SQL expression", reason]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_10_what_is_more_than_one_expression_is_refused() {
    let Some(database) = table() else { return };
    for expression in [
        "1; DROP TABLE users",
        "1) FROM users -- ",
        "1) FROM users #",
        "1 -- and more",
        "1 # and more",
        "1 /* and more",
        "1 /*! + 1 */",
        "'unclosed",
        "`unclosed",
        "(1",
        "?",
        "id = ?",
        "@x := 1",
        "",
    ] {
        let message = refusal::<Counted>(database.url(), computed("n", expression)).await;
        assert_says(&message, &["not one SQL expression"]);
    }
    assert_eq!(database.text("SELECT count(*) FROM users"), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computed_column_has_a_name_of_its_own() {
    let Some(database) = table() else { return };
    let message = refusal::<Counted>(database.url(), computed("Nickname", "1")).await;
    assert_says(&message, &["name of two columns"]);
}
