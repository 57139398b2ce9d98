//! [`PostgresStore`](locals::PostgresStore) on a real server.

mod columns;
mod conformance;
mod keys;
mod nodes;
mod outage;
mod pooled;
mod program;
mod rig;
mod role;
mod tables;
mod targets;
mod tls;
mod users;
