//! The sessions of a site in Redis: those under a prefix of its own.

use locals::RedisStore;
use test_servers::Redis;

pub(crate) struct Prefix {
    redis: &'static Redis,
    name: String,
}

impl Prefix {
    /// Where there is a server, as [`Server::of`](super::Server::of) has found.
    pub(crate) fn new() -> Self {
        let redis = Redis::shared().expect("a server");
        let name = redis.prefix();
        Self { redis, name }
    }

    pub(crate) async fn store(&self) -> RedisStore {
        let options = RedisStore::options(self.redis.url()).expect("options");
        let store = options.prefix(&self.name).connect().await;
        store.expect("a store")
    }

    /// How many sessions there are.
    pub(super) fn rows(&self) -> usize {
        let keys = self.redis.command(&["KEYS", &format!("{}:*", self.name)]);
        let rows = |key| {
            let fields = self.redis.command(&["HLEN", key]);
            fields.parse::<usize>().expect("a count")
        };
        keys.lines().map(rows).sum()
    }
}
