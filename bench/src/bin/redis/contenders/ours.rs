//! This library.

use locals::{Auth, RedisStore, Session, UserId};
use locals_bench::{
    application::Account,
    ours::{self, LOCALS},
    rounds::{Call, Contender},
};
use std::{convert::Infallible, sync::Arc};

/// And the sessions that it reads, with their users.
pub async fn reading(url: &str) -> (Contender, Vec<(i64, Session)>) {
    ours::reading(auth(url).await).await
}

pub async fn signing_in(url: &str, calls: &Arc<[Call]>) -> Contender {
    let app = ours::app(auth(url).await);
    Contender::new(LOCALS, app, Arc::clone(calls))
}

async fn auth(url: &str) -> Auth<Account> {
    let options = RedisStore::options(url).expect("the URL of a Redis");
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
