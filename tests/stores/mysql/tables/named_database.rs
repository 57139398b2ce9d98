//! A database of our own, beside that of the users.

use super::has_table;
use crate::{
    rig::{Database, database},
    users::{Named, auth, name, signed_in, with_users},
};
use locals::{Auth, MySqlStore, UsersTable, store::MySqlStoreWithUsers};

async fn store(users: &Database, ours: &str) -> MySqlStoreWithUsers {
    let options = MySqlStore::options(users.url()).expect("options");
    let store = options.database(ours).connect().await;
    store.expect("a store").with_users("users")
}

/// The users are those of the URL's database.
#[tokio::test(flavor = "multi_thread")]
async fn our_tables_are_in_the_database_that_is_named() {
    let (Some(users), Some(ours)) = (with_users(), database()) else {
        return;
    };
    for _ in 0..2 {
        let store = store(&users, ours.name()).await;
        let auth: Auth<Named> = Auth::builder(store).connect().await.expect("an Auth");
        let session = signed_in(&auth, 1).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    }
    assert_eq!(ours.text("SELECT count(*) FROM locals_sessions"), "2");
    assert!(!has_table(&users, "locals_sessions"));
    users.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(ours.text("SELECT count(*) FROM locals_sessions"), "0");
}

/// By whoever applies them, wherever their connection is.
#[tokio::test(flavor = "multi_thread")]
async fn the_statements_name_the_database() {
    let (Some(users), Some(ours)) = (with_users(), database()) else {
        return;
    };
    let statements = store(&users, ours.name()).await.schema_sql().await;
    users.execute(&statements.expect("statements"));
    assert!(has_table(&ours, "locals_sessions"));
    let options = MySqlStore::options(users.url()).expect("options");
    let options = options.database(ours.name()).migrations(false);
    let store = options.connect().await.expect("a store");
    let auth = Auth::builder(store.with_users("users")).connect().await;
    let auth: Auth<Named> = auth.expect("an Auth");
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

/// Where the connection is, which the users' database is not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_demanded_of_users_elsewhere_may_name_tables_of_the_urls_database() {
    let (Some(users), Some(here)) = (with_users(), database()) else {
        return;
    };
    here.execute("CREATE TABLE members (id integer PRIMARY KEY); INSERT INTO members VALUES (1)");
    let members = UsersTable::new(format!("{}.users", users.name()));
    let members = members.only_if("users.id IN (SELECT m.id FROM members m)");
    for _ in 0..2 {
        let auth: Auth<Named> = auth(here.url(), members.clone()).await;
        let session = signed_in(&auth, 1).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    }
}
