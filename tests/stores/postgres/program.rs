//! The table of a [`Program`]'s users.

pub(crate) use store_tests::program::*;

/// Eight of them, so that each connection that writes has some.
pub(crate) const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL); \
     INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 8) n";
