//! Of MySQL or MariaDB, without a users table and with one: what is sent as text is logged nowhere.

use crate::{USER, breaks, check, forms, lives, record, secret, words};
use locals::{Auth, MySqlStore, UserId};
use test_servers::{MySql, MySqlDatabase, PROCESSLIST};

#[derive(serde::Deserialize)]
struct Somebody {}

/// All but the one that asks.
fn connections(database: &MySqlDatabase) -> Vec<String> {
    database.lines(&format!(
        "SELECT id FROM {PROCESSLIST} WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    ))
}

fn end_connections(database: &MySqlDatabase) {
    for id in connections(database) {
        // One that has ended meanwhile is no error.
        let server = MySql::shared().expect("there is the database of it");
        let is_there = format!("SELECT count(*) FROM {PROCESSLIST} WHERE id = {id}");
        if server.text(&is_there) == "1" {
            server.execute(&format!("KILL {id}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn n_01_nothing_is_logged_that_opens_a_session_or_names_somebody() {
    record();
    let Some(mysql) = MySql::shared() else { return };
    let database = mysql.database();
    let url = database.user(&["ALL ON {database}.*"]);
    let store = MySqlStore::connect(&url).await.expect("a store");
    let auth = Auth::<UserId>::builder(store).connect().await;
    let mut sessions = lives(&auth.expect("tables")).await.to_vec();

    database.execute(&format!(
        "CREATE TABLE users (id varchar(64) PRIMARY KEY); INSERT INTO users VALUES ('{USER}')"
    ));
    let store = MySqlStore::connect(&url).await.expect("a store");
    let auth = Auth::<Somebody>::builder(store.with_users("users"));
    let auth = auth.connect().await.expect("tables");
    sessions.extend(lives(&auth).await);
    breaks(
        &auth,
        || end_connections(&database),
        |sql| database.execute(sql),
    )
    .await;

    let mut forbidden: Vec<_> = sessions.iter().map(secret).collect();
    let hash = database.text("SELECT lower(hex(secret_hash)) FROM locals_sessions");
    forbidden.extend(forms(&hash));
    let user = database.text(&format!("SELECT lower(hex('{USER}'))"));
    forbidden.extend(forms(&user));
    forbidden.extend(words());
    forbidden.push(password(&url).to_owned());
    check(&["session created", "was lost"], &forbidden);
}

/// The one that the URL has.
fn password(url: &str) -> &str {
    let (user, _) = url.split_once('@').expect("a URL with a user");
    let (_, password) = user.rsplit_once(':').expect("a password");
    password
}
