//! The server of `LOCALS_TEST_REDIS`, and an empty database of it.

use redis::{
    Client, FromRedisValue, IntoConnectionInfo, aio::MultiplexedConnection, io::tcp::TcpSettings,
};
use std::{env, thread};

const VARIABLE: &str = "LOCALS_TEST_REDIS";

/// A database that was empty before, and is emptied afterwards.
pub struct Database {
    /// For this library, fred and redis alike.
    pub url: String,
    connection: MultiplexedConnection,
}

impl Database {
    /// Of those that a server has by default the last that is empty, but for the one that applications take.
    pub async fn find() -> Self {
        let named = env::var(VARIABLE).unwrap_or_else(|_| {
            panic!("{VARIABLE} names no server: set it to redis://127.0.0.1:6379, say")
        });
        let server = without_database(&named);
        for number in (1..=15).rev() {
            let url = format!("{server}/{number}");
            let connection = connect(&url).await;
            if ask::<u64>(&connection, &["DBSIZE"]).await == Some(0) {
                return Self { url, connection };
            }
        }
        panic!("none of the databases 1 to 15 of {VARIABLE} is empty");
    }

    pub async fn remove(self) {
        let removed: Option<String> = ask(&self.connection, &["FLUSHDB", "ASYNC"]).await;
        assert!(removed.is_some(), "{VARIABLE} lets us empty our database");
    }
}

/// `redis://user:password@host:port`, without what follows.
fn without_database(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    match url[host..].find('/') {
        Some(slash) => &url[..host + slash],
        None => url,
    }
}

pub async fn connect(url: &str) -> MultiplexedConnection {
    let server = url.into_connection_info().expect("the URL of a Redis");
    let at_once = TcpSettings::default().set_nodelay(true);
    let client = Client::open(server.set_tcp_settings(at_once)).expect("the URL of a Redis");
    let connection = client.get_multiplexed_async_connection().await;
    connection.expect("a Redis server")
}

/// `None` where the server refuses to say.
async fn ask<T: FromRedisValue>(connection: &MultiplexedConnection, words: &[&str]) -> Option<T> {
    let mut question = redis::Cmd::new();
    for word in words {
        question.arg(*word);
    }
    question.query_async(&mut connection.clone()).await.ok()
}

/// What a reader has to know to judge the numbers.
pub async fn description(url: &str) -> String {
    let connection = connect(url).await;
    let info: String = ask(&connection, &["INFO"]).await.unwrap_or_default();
    let said = |name: &str| {
        let mut lines = info.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(key, _)| *key == name)
            .map_or("unknown", |(_, value)| value)
    };
    let settings: Vec<String> = ask(&connection, &["CONFIG", "GET", "appendfsync"])
        .await
        .unwrap_or_default();
    let fsync = settings.last().map_or("unknown", String::as_str);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    format!(
        "Redis {}, append-only file {}, appendfsync {fsync}, {}; {processors} processors for it and for us",
        said("redis_version"),
        said("aof_enabled"),
        said("maxmemory_policy"),
    )
}
