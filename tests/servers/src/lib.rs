//! Real servers for the tests: PostgreSQL, pgbouncer, MariaDB or MySQL, Redis or Valkey, and a line to them that can fail.
//!
//! A server that is not installed is skipped with a line that says so, and is a panic under `CI=true`.
//! What is started here ends with its value, or with the process, however that ends.
//!
//! ```no_run
//! # async fn example() {
//! use test_servers::{Postgres, Proxy};
//!
//! let Some(postgres) = Postgres::shared() else {
//!     return;
//! };
//! let schema = postgres.schema();
//! schema.execute("CREATE TABLE users (id bigint PRIMARY KEY)");
//! let proxy = Proxy::to(postgres.port()).await;
//! proxy.cut_on_commit_reply();
//! # }
//! ```

mod guard;
mod home;
mod mysql;
mod pgbouncer;
mod port;
mod postgres;
mod programs;
mod proxy;
mod redis;
pub mod tls;

pub use mysql::{MySql, MySqlDatabase, MySqlInstance, MySqlOptions, PROCESSLIST};
pub use pgbouncer::PgBouncer;
pub use postgres::{Database, Instance, Options, Postgres, Schema, connect};
pub use proxy::{Direction, Proxy};
pub use redis::{Redis, RedisCluster, RedisDisk, RedisInstance, RedisOptions, RedisSentinel};
pub use tls::Ssl;
