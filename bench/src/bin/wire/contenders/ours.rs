//! This library's sessions. The user is made of the id, as the peers' are.

use super::Place;
use locals::{Auth, MemoryStore, RedisStore, SqliteStore, UserId};
use locals_bench::application::Account;
use std::convert::Infallible;

pub fn in_memory() -> Auth<Account> {
    Auth::builder(MemoryStore::new())
        .users_with(find)
        .build()
        .expect("safe defaults")
}

pub fn in_sqlite(place: &Place) -> Auth<Account> {
    let store = SqliteStore::open(place.folder.join("app.db")).expect("a database");
    Auth::builder(store)
        .users_with(find)
        .build()
        .expect("safe defaults")
}

pub async fn in_redis(place: &Place) -> Auth<Account> {
    let options = RedisStore::options(place.redis()).expect("the URL of a Redis");
    let store = options.allow_plaintext().connect().await;
    Auth::builder(store.expect("a server"))
        .users_with(find)
        .connect()
        .await
        .expect("a server that is ready")
}

async fn find(id: UserId) -> Result<Option<Account>, Infallible> {
    Ok(id.parse().ok().map(Account::of))
}
