//! The variables of the process that libpq reads, and the user's name.

use crate::{
    error::StoreError,
    store::sql::{Pairs, refuse},
};
use std::env;

/// Reads a variable of the environment; tests have one of their own.
pub(super) type Variable<'a> = dyn Fn(&str) -> Option<String> + 'a;

pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Each variable, and the key that it stands for.
const VARIABLES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
];

/// Those that change whom we trust or who we are: to pass them over would be another connection than `psql` makes.
const NOT_READ: &[(&str, &str)] = &[
    (
        "PGSERVICE",
        "write what the service says into the other PG* variables",
    ),
    ("PGSSLCRL", "revocation lists are not read: unset it"),
    ("PGSSLCRLDIR", "revocation lists are not read: unset it"),
    (
        "PGREQUIREAUTH",
        "what the server asks for cannot be restricted: unset it, or take PGCHANNELBINDING=require",
    ),
    (
        "PGREQUIREPEER",
        "the owner of a socket is not checked: unset it",
    ),
    ("PGREQUIRESSL", "set PGSSLMODE=require"),
];

pub(super) fn pairs(variable: &Variable<'_>) -> Result<Pairs, StoreError> {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    for (name, advice) in NOT_READ {
        if given(name).is_some() {
            return refuse(format!("the variable {name} is not understood: {advice}"));
        }
    }
    if given("PGPASSFILE").is_some() && given("PGPASSWORD").is_none() {
        return refuse("password files are not read: set PGPASSWORD instead of PGPASSFILE");
    }
    let pair = |(name, key): &(&str, &str)| Some(((*key).to_owned(), given(name)?));
    Ok(VARIABLES.iter().filter_map(pair).collect())
}

/// The variable that stands for a key.
pub(super) fn variable_of(key: &str) -> Option<&'static str> {
    let found = VARIABLES.iter().find(|(_, of)| *of == key);
    found.map(|(name, _)| *name)
}

/// Who runs this program, as far as the environment knows: libpq's default for the user.
pub(super) fn os_user(variable: &Variable<'_>) -> Option<String> {
    let names = ["USER", "LOGNAME", "USERNAME"];
    let given = |name| variable(name).filter(|value| !value.is_empty());
    names.into_iter().find_map(given)
}
