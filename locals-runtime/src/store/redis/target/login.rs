//! [`Login`]: as whom something is asked.

use crate::{
    error::StoreError,
    store::{redis::place::decoded, refuse},
};
use redis::{ProtocolVersion, RedisConnectionInfo};

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    user: Option<String>,
    password: String,
}

/// What is said first on a connection.
pub(super) fn greeting(login: Option<&Login>, database: u32) -> RedisConnectionInfo {
    let mut greeting = RedisConnectionInfo::default()
        .set_protocol(ProtocolVersion::RESP3)
        .set_skip_set_lib_name()
        .set_db(i64::from(database));
    if let Some(Login { user, password }) = login {
        greeting = greeting.set_password(password);
        if let Some(user) = user {
            greeting = greeting.set_username(user);
        }
    }
    greeting
}

/// Of what stands before the `@`.
pub(super) fn login(user_info: &str) -> Result<Option<Login>, StoreError> {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    login_of(decoded(user)?, decoded(password)?)
}

pub(super) fn login_of(user: String, password: String) -> Result<Option<Login>, StoreError> {
    match (user.is_empty(), password.is_empty()) {
        (true, true) => Ok(None),
        (false, true) => refuse(
            "the URL of Redis has a user and no password: write redis://user:password@host:6379",
        ),
        (has_no_user, false) => Ok(Some(Login {
            user: (!has_no_user).then_some(user),
            password,
        })),
    }
}
