//! The store while its server is away, or the line to it: what every store keeps, and what is of PostgreSQL alone
//! (checklist L-03, L-04).

mod locks;
mod reads;
mod standbys;
mod statements;

/// How many a store has there, by the name that it gives them.
const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'locals'";

store_tests::outage!(test_servers::Schema);
store_tests::limits!(test_servers::Schema);
