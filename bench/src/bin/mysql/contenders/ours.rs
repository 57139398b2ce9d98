//! This library.

use locals::{Auth, MySqlStore, Session};
use locals_bench::{
    application::Account,
    ours,
    rounds::{Call, Contender},
};
use std::sync::Arc;

/// The one that signs in as the store does by default.
pub const WITH_TWO: &str = "locals, write connections: 2";

/// And the sessions that it reads, with their users.
pub async fn reading(url: &str) -> (Contender, Vec<(i64, Session)>) {
    let store = MySqlStore::connect(url).await.expect("a server");
    ours::reading(auth(store).await).await
}

/// By the number of connections for writes.
pub async fn signing_in(url: &str, calls: &Arc<[Call]>) -> Vec<Contender> {
    let mut contenders = Vec::new();
    for connections in [1, 2, 4, 8] {
        let options = MySqlStore::options(url).expect("a URL of ours");
        let store = options
            .write_connections(connections)
            .connect()
            .await
            .expect("a server");
        let name = format!("locals, write connections: {connections}");
        let app = ours::app(auth(store).await);
        contenders.push(Contender::new(name, app, Arc::clone(calls)));
    }
    contenders
}

async fn auth(store: MySqlStore) -> Auth<Account> {
    Auth::builder(store.with_users("users"))
        .connect()
        .await
        .expect("a users table")
}
