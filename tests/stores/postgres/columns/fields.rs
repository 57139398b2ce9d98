//! Which column a field means, and fields that have none.

use crate::users::{User, assert_says, auth, refusal, signed_in, user};
use locals::UsersTable;
use serde::Deserialize;
use test_servers::{Postgres, Schema};

const TABLE: &str = r#"
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL DEFAULT 'lower',
    "Email" text NOT NULL DEFAULT 'Upper',
    nickname text,
    tags text[] NOT NULL DEFAULT '{}'
);
INSERT INTO users (id, nickname) VALUES (1, 'Ada'), (2, NULL);"#;

fn table() -> Option<Schema> {
    let schema = Postgres::shared()?.schema();
    schema.execute(TABLE);
    Some(schema)
}

/// User 1 as this type.
async fn ada<U: User>(schema: &Schema, users: impl Into<UsersTable>) -> U {
    let auth = auth::<U>(schema.url(), users).await;
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
    let Some(schema) = table() else { return };
    let message = refusal::<Account>(schema.url(), "users").await;
    let has = "it has `id`, `email`, `nickname`, `tags`";
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
    let Some(schema) = table() else { return };
    let account: Account = ada(&schema, "users").await;
    assert_eq!(account.phone, None);
    assert_eq!((account.logins, account.cached), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_columns_that_differ_in_case_a_field_means_its_own() {
    #[derive(Deserialize)]
    struct Lower {
        email: String,
    }
    #[derive(Deserialize)]
    struct Upper {
        #[serde(rename = "Email")]
        email: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Neither {
        #[serde(rename = "eMail")]
        email: String,
        nick_name: String,
    }
    let Some(schema) = table() else { return };
    assert_eq!(ada::<Lower>(&schema, "users").await.email, "lower");
    assert_eq!(ada::<Upper>(&schema, "users").await.email, "Upper");
    let neither: Neither = ada(&schema, "users").await;
    assert_eq!(
        (neither.email, neither.nick_name),
        ("lower".into(), "Ada".into())
    );
}

/// What is computed for the field `n`, of user 1.
async fn n<T: User>(schema: &Schema, expression: &str) -> T {
    #[derive(Deserialize)]
    struct Row<T> {
        n: T,
    }
    ada::<Row<T>>(schema, computed("n", expression)).await.n
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_computed() {
    let Some(schema) = table() else { return };
    assert_eq!(
        n::<String>(&schema, "coalesce(nickname, email)").await,
        "Ada"
    );
    assert_eq!(n::<i64>(&schema, "(SELECT count(*) FROM users)").await, 2);
    assert_eq!(
        n::<Vec<String>>(&schema, "ARRAY[nickname, 'b']").await,
        ["Ada", "b"]
    );
    assert_eq!(n::<Option<String>>(&schema, "NULL").await, None);
    assert!(n::<bool>(&schema, "users.id = 1 AND email <> \"Email\"").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn braces_in_an_expression_stand_for_themselves() {
    let Some(schema) = table() else { return };
    for word in [
        "key",
        "source",
        "sessions",
        "meta",
        "prefix",
        "table",
        "expression",
        "0",
    ] {
        let expression = format!("'{{{word}}}'::text[]");
        assert_eq!(n::<Vec<String>>(&schema, &expression).await, [word]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_computed_may_ask_other_tables() {
    #[derive(Deserialize)]
    struct Row {
        posts: i64,
    }
    let Some(schema) = table() else { return };
    schema.execute("CREATE TABLE p (user_id bigint); INSERT INTO p VALUES (1), (1), (2)");
    let posts = computed(
        "posts",
        "(SELECT count(*) FROM p WHERE p.user_id = users.id)",
    );
    assert_eq!(ada::<Row>(&schema, posts).await.posts, 2);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never read")]
struct Counted {
    n: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_many_rows_is_refused_as_a_column() {
    let Some(schema) = table() else { return };
    for expression in [
        "count(*)",
        "row_number() OVER ()",
        "unnest(tags)",
        "max(id)",
    ] {
        let message = refusal::<Counted>(schema.url(), computed("n", expression)).await;
        assert_says(&message, &[expression, "about many rows", "`(SELECT ..)`"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_expression_is_refused_with_the_servers_words() {
    let Some(schema) = table() else { return };
    for (expression, reason) in [
        ("nope", "column \"nope\" does not exist"),
        ("nope(1)", "function nope(integer) does not exist"),
        ("1 +", "syntax error"),
        ("1; DROP TABLE users", "not one SQL expression"),
        ("1) FROM users; --", "not one SQL expression"),
    ] {
        let message = refusal::<Counted>(schema.url(), computed("n", expression)).await;
        assert_says(&message, &[reason]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computed_column_has_a_name_of_its_own() {
    let Some(schema) = table() else { return };
    let message = refusal::<Counted>(schema.url(), computed("Nickname", "1")).await;
    assert_says(&message, &["name of two columns"]);
}
