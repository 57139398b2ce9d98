//! Which table a name means, and what is no table.

use crate::{
    rig::{Database, database},
    users::{Named, USERS, assert_says, auth, name, refusal, signed_in, with_users},
};
use locals::{Auth, UsersTable};

/// Whether Ada can sign in with this table, and is signed out when she is gone.
async fn check(at: &Database, users: impl Into<UsersTable>, table: &str) {
    let auth: Auth<Named> = auth(at.url(), users).await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    at.execute(&format!("DELETE FROM {table} WHERE id = 1"));
    assert_eq!(name(&auth, &session).await, None);
    assert_eq!(at.text("SELECT count(*) FROM locals_sessions"), "0");
}

/// Our tables are where the connection is, and refer across.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_another_database() {
    let (Some(theirs), Some(ours)) = (with_users(), database()) else {
        return;
    };
    let table = format!("{}.users", theirs.name());
    check(&ours, table.as_str(), &table).await;
    let count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()";
    assert_eq!(theirs.text(count), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_over_a_table_of_another_database() {
    let (Some(theirs), Some(ours)) = (with_users(), database()) else {
        return;
    };
    let table = format!("{}.users", theirs.name());
    let users = UsersTable::new(&table).only_if("users.name <> 'Grace'");
    check(&ours, users, &table).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_in_another_database_alone_is_named() {
    let (Some(ours), Some(theirs)) = (database(), database()) else {
        return;
    };
    // Of this name there is one.
    let table = format!("people_{}", theirs.name());
    theirs.execute(&USERS.replace("users", &table));
    let message = refusal::<Named>(ours.url(), table.as_str()).await;
    let advice = format!("`with_users(\"{}.{table}\")`", theirs.name());
    assert_says(&message, &["no table", &table, ours.name(), &advice]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_nowhere() {
    let Some(database) = with_users() else { return };
    let in_it = format!("{}.people", database.name());
    for table in ["people", &in_it, "no_such_database.people"] {
        let message = refusal::<Named>(database.url(), table).await;
        assert_says(&message, &["there is no table", "create it before"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_refused() {
    let Some(database) = database() else { return };
    database.execute(&USERS.replace("users", "people"));
    database.execute("CREATE VIEW v AS SELECT * FROM people");
    let message = refusal::<Named>(database.url(), "v").await;
    let told = ["is a view", "name the table behind it"];
    assert_says(&message, &told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_to_which_nothing_can_refer_is_refused_with_what_to_do() {
    let Some(database) = database() else { return };
    database.execute(
        "CREATE TABLE flat (id int PRIMARY KEY, name varchar(40) NOT NULL) ENGINE=MyISAM;
         INSERT INTO flat VALUES (1, 'Ada')",
    );
    let message = refusal::<Named>(database.url(), "flat").await;
    assert_says(&message, &["MyISAM", "ENGINE=InnoDB", "foreign_key(false)"]);
    database.execute("ALTER TABLE flat ENGINE=InnoDB");
    check(&database, "flat", "flat").await;

    database.execute(
        "CREATE TABLE parts (id bigint PRIMARY KEY, name varchar(40) NOT NULL)
         PARTITION BY HASH (id) PARTITIONS 2",
    );
    let message = refusal::<Named>(database.url(), "parts").await;
    assert_says(&message, &["partition", "foreign_key(false)"]);
}

/// What is asked about is as the server spells it, which is how the server was set up.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_other_letters_is_another_table_where_the_server_says_so() {
    let Some(database) = database() else { return };
    database.execute(&USERS.replace("users", "Accounts"));
    if database.text("SELECT @@lower_case_table_names") == "0" {
        let message = refusal::<Named>(database.url(), "accounts").await;
        assert_says(&message, &["no table `accounts`"]);
    }
    check(&database, "Accounts", "Accounts").await;
}
