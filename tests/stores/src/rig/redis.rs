//! Redis: a prefix of keys for each test.

use super::{Manner, Place, Server, through};
use locals::{Auth, RedisStore, StoreError, UserId, store::Store};
use std::time::Duration;
use test_servers::{Direction, Proxy, Redis, RedisInstance, RedisOptions};
use tokio::sync::OnceCell;

/// Keys of one test, on the server that all share.
pub struct Keys {
    /// The server.
    pub redis: &'static Redis,
    /// What the keys begin with.
    pub prefix: String,
    /// Asks beside the lines that are tested.
    beside: OnceCell<Auth>,
}

impl Keys {
    /// Runs a test where there is a server.
    pub fn new() -> Option<Self> {
        let redis = Redis::shared()?;
        Some(Self::under(redis, redis.prefix()))
    }

    /// Those that begin so.
    pub fn under(redis: &'static Redis, prefix: String) -> Self {
        Self {
            redis,
            prefix,
            beside: OnceCell::new(),
        }
    }

    /// A store of ids, with connections of its own.
    ///
    /// # Panics
    ///
    /// Where there is none, as in all of these.
    pub async fn store(&self) -> RedisStore {
        let store = self.store_at(&self.redis.url()).await;
        ready(store.expect("a store")).await
    }

    /// The same by a line to the server.
    pub async fn store_through(&self, proxy: &Proxy) -> RedisStore {
        let url = through(proxy.port(), &self.redis.url(), self.redis.port());
        ready(self.store_at(&url).await.expect("a store")).await
    }

    async fn store_at(&self, url: &str) -> Result<RedisStore, StoreError> {
        let options = RedisStore::options(url)?;
        options.prefix(&self.prefix).connect().await
    }

    /// How many sessions there are.
    pub fn rows(&self) -> u64 {
        let pattern = format!("{}:*", self.prefix);
        rows(|words| self.redis.command(words), &pattern)
    }

    async fn beside(&self) -> &Auth {
        let connecting = || async { auth(self.store().await).await };
        self.beside.get_or_init(connecting).await
    }
}

/// How many fields the hashes have whose keys fit a pattern.
///
/// # Panics
///
/// Where they are no hashes.
pub fn rows(ask: impl Fn(&[&str]) -> String, pattern: &str) -> u64 {
    let keys = ask(&["KEYS", pattern]);
    let lengths = keys.lines().map(|key| ask(&["HLEN", key]));
    lengths
        .map(|length| length.parse::<u64>().expect("a number"))
        .sum()
}

/// It is asked for what it needs at start.
///
/// # Panics
///
/// Where it does not get that.
pub async fn ready(store: RedisStore) -> RedisStore {
    let prepared = Store::<UserId>::prepare(&store).await;
    prepared.expect("a server that is ready");
    store
}

/// Of ids alone.
///
/// # Panics
///
/// Where the store is not ready.
pub async fn auth(store: RedisStore) -> Auth {
    let auth = Auth::<UserId>::builder(store).connect().await;
    auth.expect("a store that is ready")
}

impl Place for Keys {
    type Store = RedisStore;
    type Server = RedisInstance;

    /// As long as an attempt may take.
    const CONNECTING: Duration = Duration::from_secs(2);
    /// In the greeting.
    const BEFORE_IT_IS_READY: Duration = Duration::from_millis(120);
    const CUT_OF_A_READ: usize = 2;
    const CUTS_OF_A_SIGN_OUT: &'static [usize] = &[0, 1, 2, 3];

    fn new() -> Option<Self> {
        Keys::new()
    }

    fn port(&self) -> u16 {
        self.redis.port()
    }

    /// One connection, whatever is wanted.
    async fn store_by(&self, port: u16, _: Manner) -> Result<RedisStore, StoreError> {
        let url = through(port, &self.redis.url(), self.redis.port());
        self.store_at(&url).await
    }

    fn rows(&self) -> u64 {
        Keys::rows(self)
    }

    async fn rows_of(&self, user: &str) -> u64 {
        let listed = self.beside().await.list_sessions(user).await;
        listed.expect("an answer").len() as u64
    }

    /// The hash of the script, the key and the record have about 400 bytes.
    fn cuts_of_a_sign_in() -> Vec<usize> {
        (0..600).step_by(13).collect()
    }

    /// Two small numbers.
    fn cuts_of_its_reply() -> Vec<usize> {
        (0..24).collect()
    }

    fn cut_on_acknowledgement(proxy: &Proxy) {
        proxy.cut_after(0, Direction::ToClient);
    }
}

impl Server for RedisInstance {
    type Store = RedisStore;

    const CONNECTIONS: usize = 1;

    fn lasting() -> Option<Self> {
        let settings = [("appendonly", "yes"), ("appendfsync", "always")];
        Self::start(RedisOptions::with(&settings))
    }

    fn url(&self) -> String {
        RedisInstance::url(self)
    }

    fn port(&self) -> u16 {
        RedisInstance::port(self)
    }

    fn pause(&self) {
        RedisInstance::pause(self);
    }

    fn resume(&self) {
        RedisInstance::resume(self);
    }

    fn kill(&self) {
        RedisInstance::kill(self);
    }

    fn start_again(&self) {
        RedisInstance::start_again(self);
    }

    fn restart(&self) {
        RedisInstance::restart(self);
    }

    fn kill_connections(&self) -> usize {
        let killed = self.command(&["CLIENT", "KILL", "TYPE", "normal"]);
        killed.parse().expect("a number")
    }

    fn forget(&self) {
        self.command(&["SCRIPT", "FLUSH"]);
    }
}
