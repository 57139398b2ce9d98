//! A prefix or a server of its own for every test, and a store of what is there.

use locals::RedisStore;
use std::sync::LazyLock;
use test_servers::{RedisInstance, RedisOptions};

pub(crate) use store_tests::rig::redis::{Keys, auth, ready, rows};

/// A server with these settings.
pub(crate) fn instance(settings: &[(&'static str, &str)]) -> Option<RedisInstance> {
    RedisInstance::start(RedisOptions::with(settings))
}

/// A store of ids under the default prefix.
pub(crate) async fn store_at(url: &str) -> RedisStore {
    ready(RedisStore::connect(url).await.expect("a store")).await
}

const DOCUMENTATION: &str = include_str!("../../../locals-runtime/src/store/redis.rs");

/// What the store asks of a server, as its documentation has it.
pub(crate) static COMMANDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let (_, rest) = DOCUMENTATION
        .split_once("ACL SETUSER app")
        .expect("the rights");
    let (rule, _) = rest.split_once("```").expect("their end");
    rule.split_whitespace()
        .filter_map(|word| word.strip_prefix('+'))
        .collect()
});
