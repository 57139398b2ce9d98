//! The parameters of a URL, and what their values may be.

use super::{
    advice,
    security::{MODES, Security, SslMode},
};
use crate::{
    error::StoreError,
    store::sql::{Pairs, refuse},
};
use std::{collections::BTreeMap, time::Duration};

/// As they are compared, and as they are called.
const KEYS: &[(&str, &str)] = &[
    ("charset", "charset"),
    ("connecttimeout", "connect-timeout"),
    ("requiressl", "require_ssl"),
    ("socket", "socket"),
    ("sslca", "ssl-ca"),
    ("sslcert", "ssl-cert"),
    ("sslkey", "ssl-key"),
    ("sslmode", "ssl-mode"),
    ("verifyca", "verify_ca"),
    ("verifyidentity", "verify_identity"),
];

/// Longer than anybody waits: it was meant in milliseconds.
const LONGEST_TIMEOUT_SECONDS: u64 = 600;

/// What was given, each key once; an empty value is none.
pub(super) struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    pub(super) fn new(pairs: Pairs) -> Result<Self, StoreError> {
        let mut values = BTreeMap::new();
        for (key, value) in pairs {
            let folded = folded_key(&key);
            let Some((known, name)) = KEYS.iter().find(|(known, _)| *known == folded) else {
                return Err(advice::unknown_key(&key, &names()));
            };
            if value.is_empty() {
                continue;
            }
            let value = folded_value(known, value);
            if values.get(known).is_some_and(|given| *given != value) {
                return refuse(format!(
                    "`{name}` stands twice in the URL of the database, with different values: leave one out"
                ));
            }
            values.insert(*known, value);
        }
        let settings = Self(values);
        settings.check_charset()?;
        Ok(settings)
    }

    pub(super) fn socket(&self) -> Option<&str> {
        self.text("socket")
    }

    pub(super) fn connect_timeout(&self) -> Result<Option<Duration>, StoreError> {
        match self.text("connecttimeout").map(str::parse::<u64>) {
            None | Some(Ok(0)) => Ok(None),
            Some(Ok(seconds @ 1..=LONGEST_TIMEOUT_SECONDS)) => {
                Ok(Some(Duration::from_secs(seconds)))
            }
            Some(_) => refuse(format!(
                "`connect-timeout` is a whole number of seconds, without a unit, at most {LONGEST_TIMEOUT_SECONDS}"
            )),
        }
    }

    pub(super) fn security(&self) -> Result<Security, StoreError> {
        let given = self.one_of("sslmode", "ssl-mode", MODES)?;
        let of_driver = self.mode_of_driver()?;
        if let (Some(given), Some(of_driver)) = (given, of_driver)
            && given != of_driver
        {
            return refuse(
                "`ssl-mode` and the driver's own `require_ssl`, `verify_ca` and `verify_identity` contradict each \
                 other: leave the latter out",
            );
        }
        let identity = match (self.text("sslcert"), self.text("sslkey")) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => {
                return refuse(
                    "a client certificate and its key go together: give both `ssl-cert` and `ssl-key`",
                );
            }
        };
        Ok(Security {
            mode: given.or(of_driver),
            roots: self.text("sslca").map(Into::into),
            identity,
        })
    }

    /// What the parameters of mysql_async come to.
    fn mode_of_driver(&self) -> Result<Option<SslMode>, StoreError> {
        let require = self.one_of("requiressl", "require_ssl", BOOLEAN)?;
        let chain = self.one_of("verifyca", "verify_ca", BOOLEAN)?;
        let name = self.one_of("verifyidentity", "verify_identity", BOOLEAN)?;
        Ok(match (require, chain, name) {
            (None, None, None) => None,
            (Some(false), None, None) => Some(SslMode::Disabled),
            (Some(false), _, _) | (_, Some(false), Some(true)) => {
                return refuse(
                    "`require_ssl`, `verify_ca` and `verify_identity` contradict each other: write \
                     ssl-mode=VERIFY_IDENTITY instead",
                );
            }
            (_, Some(false), _) => Some(SslMode::NoVerify),
            (_, _, Some(false)) => Some(SslMode::VerifyCa),
            (Some(true), None, None) => Some(SslMode::Required),
            _ => Some(SslMode::VerifyIdentity),
        })
    }

    /// Text that is sent in another character set would be another user's id.
    fn check_charset(&self) -> Result<(), StoreError> {
        match self.text("charset") {
            None | Some("utf8mb4" | "utf8" | "utf-8") => Ok(()),
            Some(_) => refuse(
                "`charset` can be utf8mb4, which it always is: ids of users in another one would not be what the \
                 program means",
            ),
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// No value is shown: it may be the rest of a password.
    fn one_of<T: Copy>(
        &self,
        key: &str,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, StoreError> {
        let Some(given) = self.text(key) else {
            return Ok(None);
        };
        match choices.iter().find(|(name, _)| *name == given) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => refuse(format!("`{name}` can be {}", advice::choices(key))),
        }
    }
}

const BOOLEAN: &[(&str, bool)] = &[("true", true), ("false", false)];

/// `ssl-mode`, `ssl_mode`, `sslMode` and `sslmode` are one.
fn folded_key(key: &str) -> String {
    let folded = key.replace(['-', '_'], "").to_ascii_lowercase();
    match folded.as_str() {
        "characterencoding" => "charset".to_owned(),
        _ => folded,
    }
}

/// Files are called what they are called; everything else in small letters and with strokes.
fn folded_value(key: &str, value: String) -> String {
    match key {
        "socket" | "sslca" | "sslcert" | "sslkey" => value,
        _ => value.to_ascii_lowercase().replace('_', "-"),
    }
}

fn names() -> String {
    let names: Vec<_> = KEYS.iter().map(|(_, name)| *name).collect();
    names.join(", ")
}
