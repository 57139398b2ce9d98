//! Keys by which a user would have several ids, or two users one.

use super::with_key;
use crate::{
    rig::Database,
    users::{Named, assert_says, auth, refusal},
};
use locals::{Auth, UsersTable};

/// Why a table `users` with this key is refused.
async fn check(declaration: &str, reasons: &[&str]) {
    let Some(database) = with_key(declaration) else {
        return;
    };
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(&message, &["the key column `id` of table `users`"]);
    assert_says(&message, reasons);
    assert!(!message.contains('\n'), "{message}");
    assert_eq!(tables(&database), "users");
}

/// None of ours is made where there is something to say.
fn tables(database: &Database) -> String {
    database.text(
        "SELECT group_concat(table_name) FROM information_schema.tables
         WHERE table_schema = DATABASE()",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_no_index_has_as_a_whole() {
    for ty in ["text", "mediumtext", "blob", "tinyblob"] {
        let declaration = format!("{ty} NOT NULL, UNIQUE KEY begins (id(20))");
        check(&declaration, &[ty]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_which_several_are_one() {
    for ty in ["decimal(10,2)", "decimal(10,0)", "float", "double"] {
        check(&format!("{ty} PRIMARY KEY"), &[ty]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_types() {
    for ty in [
        "enum('ada','grace')",
        "set('ada','grace')",
        "date",
        "datetime",
        "time",
        "year(4)",
        "bit(8)",
    ] {
        check(
            &format!("{ty} PRIMARY KEY"),
            &[ty.split('(').next().unwrap_or(ty)],
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_uuid() {
    for ty in ["binary(8)", "binary(17)", "varbinary(16)"] {
        check(&format!("{ty} PRIMARY KEY"), &[ty]).await;
    }
}

/// The server lets a reference lead to any index.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_unique() {
    for declaration in [
        "bigint NOT NULL",
        "bigint NOT NULL, KEY plain (id)",
        "bigint NOT NULL, tenant int NOT NULL, PRIMARY KEY (id, tenant)",
        "bigint NOT NULL, tenant int NOT NULL, PRIMARY KEY (tenant, id)",
        "varchar(40) NOT NULL, UNIQUE KEY begins (id(10))",
    ] {
        check(
            declaration,
            &["is not unique, so that two users could be one"],
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_called_otherwise() {
    let Some(database) = with_key("int") else {
        return;
    };
    database.execute("ALTER TABLE users ADD account_no bigint PRIMARY KEY, DROP COLUMN id");
    let message = refusal::<Named>(database.url(), "users").await;
    let told = [
        "has no column `id` to be its key",
        "`account_no`",
        ".key(\"..\")",
    ];
    assert_says(&message, &told);
    let users = UsersTable::new("users").key("account_no");
    let _: Auth<Named> = auth(database.url(), users).await;
}
