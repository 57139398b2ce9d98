//! The server that tests share, with a prefix of keys for each of them.

mod address;
mod cluster;
mod control;
mod disk;
mod instance;
mod options;
mod patience;
mod sentinel;
mod wire;

use std::{env, iter, sync::OnceLock};

use crate::programs;
use address::Address;

pub use cluster::RedisCluster;
pub use disk::RedisDisk;
pub use instance::RedisInstance;
pub use options::RedisOptions;
pub use sentinel::RedisSentinel;

/// A server that every test of this process may use. What it keeps under the prefixes stays as long as it does.
pub struct Redis {
    address: Address,
    // Held for its guard, and `None` where `LOCALS_TEST_REDIS` names the server.
    _instance: Option<RedisInstance>,
}

impl Redis {
    /// The server that `LOCALS_TEST_REDIS` names, else one of our own that ends with the process. The one named
    /// takes connections by TCP without TLS, and its user may do everything. `None` where no Redis is
    /// installed, with a line that says so; under `CI=true` a panic.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Redis>> = OnceLock::new();
        let shared = SHARED.get_or_init(Self::find).as_ref();
        shared.or_else(|| programs::skip(programs::NO_REDIS))
    }

    fn find() -> Option<Self> {
        if let Ok(named) = env::var("LOCALS_TEST_REDIS") {
            let address = Address::parse(&named);
            let address = address.expect("LOCALS_TEST_REDIS is redis://user:password@host:port/db");
            return Some(Self {
                address,
                _instance: None,
            });
        }
        let instance = RedisInstance::begin(programs::redis()?, &RedisOptions::default());
        Some(Self {
            address: Address::of(instance.port()),
            _instance: Some(instance),
        })
    }

    /// Where it is, with its user and the number of its database.
    pub fn url(&self) -> String {
        self.address.url()
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// For the keys of one test, and of no other.
    pub fn prefix(&'static self) -> String {
        let letters = iter::repeat_with(fastrand::lowercase).take(16);
        format!("test-{}", letters.collect::<String>())
    }

    /// What the server answers, the parts of a list in lines of their own. Blocks, and panics where it refuses.
    pub fn command(&self, words: &[&str]) -> String {
        let answer = wire::ask(&self.address, words);
        answer.unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }
}
