//! [`MySqlStore`](locals::MySqlStore) on a real server, which is MariaDB or MySQL.

mod columns;
mod conformance;
mod keys;
mod limited;
mod locks;
mod nodes;
mod outage;
mod rig;
mod storm;
mod tables;
mod users;
