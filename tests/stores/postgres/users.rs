//! An [`Auth`] on a users table, and what the tests ask of it.

use locals::{Auth, BuildError, PostgresStore, UsersTable, store::Store};
use test_servers::{Postgres, Schema};

pub(crate) use store_tests::users::{
    Named, User, assert_says, is_nobody, name, name_in_the_end, outage, refused, sign_in_error,
    signed_in, unreadable, user,
};

/// Ada is 1, Grace 2.
pub(crate) const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')";

/// A schema with [`USERS`].
pub(crate) fn with_users() -> Option<Schema> {
    let schema = Postgres::shared()?.schema();
    schema.execute(USERS);
    Some(schema)
}

/// A start of a program: what it says, and what it is answered.
pub(crate) async fn connect<U: User>(
    url: impl AsRef<str>,
    users: impl Into<UsersTable>,
) -> Result<Auth<U>, BuildError> {
    let store = PostgresStore::connect(url).await?;
    Auth::builder(store.with_users(users)).connect().await
}

pub(crate) async fn auth<U: User>(url: impl AsRef<str>, users: impl Into<UsersTable>) -> Auth<U> {
    connect(url, users).await.expect("an Auth")
}

/// Why no such `Auth` can be, as whoever starts the program reads it.
pub(crate) async fn refusal<U: User>(url: impl AsRef<str>, users: impl Into<UsersTable>) -> String {
    refused(connect::<U>(url, users).await)
}

/// What an operator is told at start.
pub(crate) async fn warnings(url: impl AsRef<str>) -> String {
    let store = PostgresStore::connect(url).await.expect("a store");
    let store = store.with_users("users");
    Store::<Named>::prepare(&store).await.expect("ready");
    Store::<Named>::warnings(&store).concat()
}
