//! A prefix of its own for every test, and a store of what is under it.

use locals::{Auth, RedisStore, UserId, store::Store};
use std::sync::LazyLock;
use test_servers::{Proxy, Redis, RedisInstance, RedisOptions};

/// Keys of one test, on the server that all share.
pub(crate) struct Keys {
    pub(crate) redis: &'static Redis,
    pub(crate) prefix: String,
}

impl Keys {
    /// Runs a test where there is a server.
    pub(crate) fn new() -> Option<Self> {
        let redis = Redis::shared()?;
        let prefix = redis.prefix();
        Some(Self { redis, prefix })
    }

    /// A store of ids, with connections of its own.
    pub(crate) async fn store(&self) -> RedisStore {
        self.store_by(&self.redis.url()).await
    }

    /// The same by a line to the server.
    pub(crate) async fn store_through(&self, proxy: &Proxy) -> RedisStore {
        let url = through(proxy, &self.redis.url(), self.redis.port());
        self.store_by(&url).await
    }

    async fn store_by(&self, url: &str) -> RedisStore {
        let options = RedisStore::options(url).expect("options");
        let store = options.prefix(&self.prefix).connect().await;
        ready(store.expect("a store")).await
    }

    /// How many sessions there are.
    pub(crate) fn rows(&self) -> u64 {
        let pattern = format!("{}:*", self.prefix);
        rows(|words| self.redis.command(words), &pattern)
    }
}

/// How many fields the hashes have whose keys fit a pattern.
pub(crate) fn rows(ask: impl Fn(&[&str]) -> String, pattern: &str) -> u64 {
    let keys = ask(&["KEYS", pattern]);
    let lengths = keys.lines().map(|key| ask(&["HLEN", key]));
    lengths
        .map(|length| length.parse::<u64>().expect("a number"))
        .sum()
}

/// It is asked for what it needs at start.
pub(crate) async fn ready(store: RedisStore) -> RedisStore {
    let prepared = Store::<UserId>::prepare(&store).await;
    prepared.expect("a server that is ready");
    store
}

/// The same URL, by a line to the server.
pub(crate) fn through(proxy: &Proxy, url: &str, server: u16) -> String {
    let line = proxy.port();
    let through = url.replacen(&format!(":{server}/"), &format!(":{line}/"), 1);
    assert_ne!(through, url, "the URL has the port");
    through
}

/// A server with these settings.
pub(crate) fn instance(settings: &[(&'static str, &str)]) -> Option<RedisInstance> {
    RedisInstance::start(RedisOptions::with(settings))
}

/// A store of ids under the default prefix.
pub(crate) async fn store_at(url: &str) -> RedisStore {
    ready(RedisStore::connect(url).await.expect("a store")).await
}

pub(crate) async fn auth(store: RedisStore) -> Auth {
    let auth = Auth::<UserId>::builder(store).connect().await;
    auth.expect("a store that is ready")
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
