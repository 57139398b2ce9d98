//! A user of the database who may have fewer connections than the store wants.

use crate::{
    rig::Database,
    users::{Named, auth, name, signed_in, with_users},
};
use locals::{Auth, Session};
use std::time::Duration;
use test_servers::PROCESSLIST;
use tokio::{task::JoinSet, time::sleep};

const REQUESTS: usize = 60;

/// From now on the user of this URL has no more than five of eight, whichever.
fn limit(database: &Database, url: &str) {
    let (_, rest) = url.split_once("://").expect("a URL");
    let (user, _) = rest.split_once(':').expect("a password");
    database.execute(&format!(
        "ALTER USER '{user}'@'%' WITH MAX_USER_CONNECTIONS 5"
    ));
    let of_user = format!("SELECT id FROM {PROCESSLIST} WHERE user = '{user}'");
    for id in database.lines(&of_user) {
        database.execute(&format!("KILL {id}"));
    }
}

async fn asked(auth: Auth<Named>, session: Session) -> Option<String> {
    name(&auth, &session).await
}

#[tokio::test(flavor = "multi_thread")]
async fn i_05_who_may_have_fewer_connections_is_served_by_those() {
    let Some(database) = with_users() else { return };
    let url = database.user(&["ALL ON {database}.*"]);
    let auth: Auth<Named> = auth(&url, "users").await;
    let session = signed_in(&auth, 1).await;
    // Those that die young are not made again at once.
    sleep(Duration::from_millis(1100)).await;
    limit(&database, &url);
    sleep(Duration::from_millis(1500)).await;
    for _ in 0..10 {
        let mut requests = JoinSet::new();
        for _ in 0..REQUESTS {
            requests.spawn(asked(auth.clone(), session.clone()));
        }
        for name in requests.join_all().await {
            assert_eq!(name.as_deref(), Some("Ada"));
        }
    }
}
