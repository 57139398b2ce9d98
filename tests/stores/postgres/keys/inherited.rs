//! A users table from which others inherit: the sessions refer to its own rows alone.

use crate::users::{Named, assert_says, auth, is_nobody, name, signed_in, user, with_users};
use locals::{Auth, UsersTable};
use serde::Deserialize;

#[derive(Deserialize)]
struct Greeted {
    greeting: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_row_of_a_table_that_inherits_is_no_user() {
    let Some(schema) = with_users() else { return };
    schema.execute(
        "CREATE TABLE former_users () INHERITS (users);
         INSERT INTO former_users VALUES (1, 'Mallory'), (3, 'Eve')",
    );
    let all: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&all, 1).await;
    assert_eq!(name(&all, &session).await.as_deref(), Some("Ada"));
    is_nobody(&all, 3).await;

    let greeted = UsersTable::new("users").column("greeting", "'Hello ' || name");
    let greeted: Auth<Greeted> = auth(schema.url(), greeted).await;
    let found = user(&greeted, &session).await.expect("a user");
    assert_says(&found.greeting, &["Hello Ada"]);

    let others = UsersTable::new("users").only_if("name <> 'Ada'");
    let others: Auth<Named> = auth(schema.url(), others).await;
    assert_eq!(name(&others, &session).await, None);
}
