//! What SQL stores share: a row of the application's users table, read as the application's own type.
//!
//! [`Wants`] asks a type for the names of its fields, [`user`] builds a value from the columns of those
//! names, [`probe`] tells before the first request whether that can work. All of it goes through serde,
//! so `rename`, `alias`, `default`, `Option`, `flatten` and unit enums work as they do for JSON.

// What one store alone asks for is never asked for in a build without it.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, unused_imports, reason = "the stores share this")
)]

mod checks;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod database_url;
mod expression;
mod field_names;
mod key_type;
mod moment;
mod owned_row;
mod probe;
mod session_row;
mod statement_text;
mod user_columns;
mod user_row;
mod users_check;
mod users_table;
mod value;

pub(crate) use checks::{check_count, check_name};
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use database_url::{DatabaseUrl, Pairs, decode, host_and_port};
pub(crate) use expression::failed as expression_failed;
pub(crate) use field_names::Wants;
pub(crate) use key_type::{Key, KeyType, uuid_text};
pub(crate) use moment::date_of_unix_days;
pub(crate) use owned_row::OwnedRow;
pub(crate) use session_row::{PeriodColumns, SuccessionColumns, UpdateColumns};
pub(crate) use statement_text::{backquoted, filled, quoted, without_quoted};
pub(crate) use user_columns::UserColumns;
pub(crate) use user_row::{Column, date_of_unix_millis, user};
pub(crate) use users_check::{TableColumn, UserType, names};
pub use users_table::UsersTable;
pub(crate) use value::{RowError, from_json};

pub(crate) use super::refuse;

use moment::Moment;
use value::Value;
