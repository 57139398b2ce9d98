//! Columns that do not say what they hold: for `#[serde(with = "locals::column::..")]` on a field of
//! the application's user type.
//!
//! Most columns need none of it: [`UsersTable`](crate::UsersTable) has the table of what a column may be
//! for which field.
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Account {
//!     id: i64,
//!     /// INTEGER, seconds since 1970.
//!     #[serde(with = "locals::column::unix_seconds")]
//!     born: time::OffsetDateTime,
//!     /// TEXT, which holds JSON: `"dark"`, `42` or `{"theme": "dark"}`.
//!     #[serde(with = "locals::column::json")]
//!     settings: serde_json::Value,
//! }
//! ```
//!
//! chrono's types need its feature `serde`, time's `serde` and `serde-human-readable`.
//!
//! Where `Serialize` is derived too, `deserialize_with = "locals::column::unix_seconds::deserialize"`.

macro_rules! unix_time {
    ($(#[$doc:meta])* $module:ident, $millis:expr) => {
        $(#[$doc])*
        pub mod $module {
            use crate::store::sql::date_of_unix_millis;
            use serde::{Deserialize, Deserializer, de::DeserializeOwned};

            /// Any type that is read from the text of a date, or an `Option` of it.
            ///
            /// # Errors
            ///
            /// A column that is no integer, or a time outside of the years 0 to 9999.
            pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
            where
                T: DeserializeOwned,
                D: Deserializer<'de>,
            {
                let time = Option::<i64>::deserialize(deserializer)?;
                date_of_unix_millis(time.map($millis)).map_err(serde::de::Error::custom)
            }
        }
    };
}

unix_time! {
    /// A date that the database keeps in seconds since 1970-01-01 00:00 UTC: chrono's or
    /// time's types, or an `Option` of them.
    unix_seconds, |seconds: i64| seconds.saturating_mul(1000)
}

unix_time! {
    /// A date that the database keeps in milliseconds since 1970-01-01 00:00 UTC: chrono's or
    /// time's types, or an `Option` of them.
    unix_millis, |millis: i64| millis
}

/// A text that holds JSON, of whatever kind: also a number, a string in quotes, `null`; NULL is `null`.
pub mod json {
    use crate::store::sql::from_json;
    use serde::{Deserialize, Deserializer, de::DeserializeOwned};

    /// Any type that is read from JSON.
    ///
    /// # Errors
    ///
    /// A column that is no text, or a text that is not the JSON which `T` asks for.
    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: DeserializeOwned,
        D: Deserializer<'de>,
    {
        let text = Option::<String>::deserialize(deserializer)?;
        from_json(text.as_deref().unwrap_or("null")).map_err(serde::de::Error::custom)
    }
}
