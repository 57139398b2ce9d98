//! The server of `LOCALS_TEST_MYSQL`, and a database of our own there.

use mysql_async::{Conn, Opts, prelude::Queryable};
use std::{
    env,
    hash::{BuildHasher, RandomState},
    process, thread,
};

const VARIABLE: &str = "LOCALS_TEST_MYSQL";

const DESCRIPTION: &str = "
SELECT VERSION(), @@innodb_flush_log_at_trx_commit, @@log_bin, @@innodb_buffer_pool_size";

/// A database that is there as long as the benchmark runs.
pub struct Database {
    pub place: Place,
    server: Conn,
}

#[derive(Clone)]
pub struct Place {
    /// For this library, sqlx and mysql_async alike.
    pub url: String,
    /// Of the database.
    pub name: String,
}

impl Database {
    pub async fn create() -> Self {
        let named = env::var(VARIABLE).unwrap_or_else(|_| {
            panic!("{VARIABLE} names no server: set it to mysql://root@127.0.0.1:3306/test, say")
        });
        let random = RandomState::new().hash_one(process::id());
        let name = format!("locals_bench_{random:016x}");
        let url = of_database(&named, &name);
        let mut server = connect(&named).await;
        server
            .query_drop(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"))
            .await
            .expect("a user who may create databases");
        Self {
            place: Place { url, name },
            server,
        }
    }

    pub async fn remove(mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {}", self.place.name);
        self.server
            .query_drop(drop)
            .await
            .expect("our own database");
    }
}

/// Another database of the server that this URL leads to.
fn of_database(url: &str, name: &str) -> String {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?']);
    let end = end.map_or(url.len(), |end| host + end);
    format!("{}/{name}", &url[..end])
}

pub async fn connect(url: &str) -> Conn {
    let opts = Opts::from_url(url).expect("the URL of a MySQL server");
    Conn::new(opts).await.expect("a MySQL server")
}

/// What a reader has to know to judge the numbers.
pub async fn description(conn: &mut Conn) -> String {
    let row = conn.query_first(DESCRIPTION).await.expect("an answer");
    let (version, flush, log_bin, pool): (String, u64, u64, u64) = row.expect("a row");
    let is_mariadb = version.contains("MariaDB");
    let server = if is_mariadb { "MariaDB" } else { "MySQL" };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{server} {version}, innodb_flush_log_at_trx_commit {flush}, log_bin {log_bin}, \
         innodb_buffer_pool_size {} MiB; {processors} processors for it and for us",
        pool >> 20
    )
}
