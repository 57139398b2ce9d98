//! [`RedisStore`](locals::RedisStore) on a real server.

mod access;
mod cancelled;
mod cluster;
mod conformance;
mod durability;
mod expiry;
mod memory;
mod nodes;
mod outage;
mod rig;
mod start;
mod tls;
mod users;
mod users_from;
