//! The server of `LOCALS_TEST_POSTGRES`, and a database of our own there.

use std::{
    env,
    hash::{BuildHasher, RandomState},
    process, thread,
};
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
};

const VARIABLE: &str = "LOCALS_TEST_POSTGRES";

/// A database that is there as long as the benchmark runs.
pub struct Database {
    /// For this library, sqlx and tokio-postgres alike.
    pub url: String,
    name: String,
    server: Client,
}

impl Database {
    pub async fn create() -> Self {
        let text = env::var(VARIABLE).unwrap_or_else(|_| {
            panic!(
                "{VARIABLE} names no server: set it to postgres://postgres@127.0.0.1/postgres, say"
            )
        });
        let mut config: Config = text.parse().expect("a connection string");
        if config.get_dbname().is_none() {
            config.dbname("postgres");
        }
        let random = RandomState::new().hash_one(process::id());
        let name = format!("locals_bench_{random:016x}");
        let url = url(&config, &name);
        let server = connect_with(&config).await;
        let create = format!("CREATE DATABASE {name}");
        server
            .batch_execute(&create)
            .await
            .expect("a role that may create databases");
        Self { url, name, server }
    }

    /// And ends the connections that are still there.
    pub async fn remove(self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.server
            .batch_execute(&drop)
            .await
            .expect("our own database");
    }
}

fn url(config: &Config, database: &str) -> String {
    let host = match config.get_hosts() {
        [Host::Tcp(host)] => host.clone(),
        #[cfg(unix)]
        [Host::Unix(folder)] => encoded(folder.as_os_str().as_encoded_bytes()),
        hosts => panic!("{VARIABLE} names {} hosts: one is wanted", hosts.len()),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let role = role(config);
    format!("postgres://{role}{host}:{port}/{database}?sslmode=disable")
}

/// What stands before the host.
fn role(config: &Config) -> String {
    let user = config.get_user().map(|user| encoded(user.as_bytes()));
    let password = config.get_password().map(encoded);
    match (user, password) {
        (Some(user), Some(password)) => format!("{user}:{password}@"),
        (Some(user), None) => format!("{user}@"),
        (None, _) => String::new(),
    }
}

/// Percent-encoded, as a part of a URL.
fn encoded(bytes: &[u8]) -> String {
    let encoded = bytes.iter().map(|&byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    encoded.collect()
}

pub async fn connect(url: &str) -> Client {
    connect_with(&url.parse().expect("a URL of ours")).await
}

async fn connect_with(config: &Config) -> Client {
    let mut config = config.clone();
    config.ssl_mode(SslMode::Disable);
    let (client, connection) = config.connect(NoTls).await.expect("a PostgreSQL server");
    tokio::spawn(connection);
    client
}

/// What a reader has to know to judge the numbers.
pub async fn description(client: &Client) -> String {
    let mut description = String::from("PostgreSQL");
    for (before, setting) in [
        ("", "server_version"),
        (", fsync", "fsync"),
        (", synchronous_commit", "synchronous_commit"),
        (", shared_buffers", "shared_buffers"),
    ] {
        let row = client
            .query_one("SELECT current_setting($1)", &[&setting])
            .await;
        let value: String = row.expect("a setting").get(0);
        description += &format!("{before} {value}");
    }
    let processors = thread::available_parallelism().map_or(1, usize::from);
    format!("{description}; {processors} processors for it and for us")
}
