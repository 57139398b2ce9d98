//! A [`Program`], and the table of its users.

pub(crate) use store_tests::{program::*, rig::postgres::USERS};
