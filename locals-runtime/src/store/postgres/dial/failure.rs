//! Why a host could not be connected to, in words.

use crate::{
    error::StoreError,
    store::link::{one_line, unreached},
};
use std::{error::Error, fmt, io};
use tokio_postgres::error::{DbError, SqlState};

#[derive(Debug)]
pub(super) enum Cause {
    Lookup(io::Error),
    NoAddress,
    Socket(io::Error),
    /// What it was doing then: "before ..".
    TimedOut(&'static str),
    Postgres(tokio_postgres::Error),
    Closed,
    NotWritable {
        is_standby: bool,
    },
}

/// What [`StoreError::Unavailable`] carries where a host may be there again later.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Failed {
    text: String,
    refuses_options: bool,
}

/// One line for all hosts, each with its cause.
pub(super) fn failed(failures: &[(String, Cause)]) -> StoreError {
    let causes = failures
        .iter()
        .map(|(host, cause)| format!("{host}: {cause}"));
    let causes: Vec<_> = causes.collect();
    let text = one_line(&format!(
        "cannot connect to PostgreSQL at {}",
        causes.join("; ")
    ));
    if !failures.is_empty()
        && failures
            .iter()
            .all(|(_, cause)| cause.is_for_the_operator())
    {
        return StoreError::Setup(text);
    }
    let refuses_options = failures.iter().any(|(_, cause)| cause.refuses_options());
    StoreError::unavailable(Failed {
        text,
        refuses_options,
    })
}

/// Whether a transaction pooler was there that does not take the startup parameter `options`.
pub(in crate::store::postgres) fn refuses_options(error: &StoreError) -> bool {
    let StoreError::Unavailable(cause) = error else {
        return false;
    };
    cause
        .downcast_ref::<Failed>()
        .is_some_and(|failed| failed.refuses_options)
}

impl Cause {
    /// Whether trying again is of no use.
    pub(super) fn is_for_the_operator(&self) -> bool {
        let Self::Postgres(error) = self else {
            return false;
        };
        match error.as_db_error() {
            Some(answer) => FOR_THE_OPERATOR.contains(answer.code()),
            None => is_bad_certificate(error) || in_our_words(error).is_some(),
        }
    }

    /// 08P01 "unsupported startup parameter": PgBouncer. 0A000 "command-line options": RDS Proxy.
    fn refuses_options(&self) -> bool {
        let Self::Postgres(error) = self else {
            return false;
        };
        error.as_db_error().is_some_and(is_refusal_of_options)
    }
}

const FOR_THE_OPERATOR: &[SqlState] = &[
    SqlState::INVALID_PASSWORD,
    SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
    SqlState::INVALID_CATALOG_NAME,
    SqlState::INSUFFICIENT_PRIVILEGE,
];

fn is_refusal_of_options(answer: &DbError) -> bool {
    let (code, message) = (answer.code(), answer.message());
    let is_of_pgbouncer = *code == SqlState::PROTOCOL_VIOLATION
        && message.contains("startup parameter")
        && message.contains("options");
    let is_of_rds =
        *code == SqlState::FEATURE_NOT_SUPPORTED && message.contains("command-line options");
    is_of_pgbouncer || is_of_rds
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lookup(error) => write!(f, "its name is not known ({error})"),
            Self::NoAddress => f.write_str("its name has no address"),
            Self::Socket(error) => f.write_str(&unreached(error)),
            Self::TimedOut(step) => write!(f, "timed out before {step}"),
            Self::Postgres(error) => postgres(error, f),
            Self::Closed => f.write_str("the server closed the connection"),
            Self::NotWritable { is_standby: true } => f.write_str("not writable: it is a standby"),
            Self::NotWritable { is_standby: false } => f.write_str("not writable: it is read-only"),
        }
    }
}

/// The driver's own text leaves out its cause.
fn postgres(error: &tokio_postgres::Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(answer) = error.as_db_error() {
        return write!(
            f,
            "{} (SQLSTATE {}){}",
            answer.message(),
            answer.code().code(),
            advice(answer)
        );
    }
    if let Some(words) = in_our_words(error) {
        return f.write_str(words);
    }
    write!(f, "{error}")?;
    let mut source = error.source();
    while let Some(cause) = source {
        write!(f, ": {cause}")?;
        source = cause.source();
    }
    if is_bad_certificate(error) {
        f.write_str(
            "; name the certificate that vouches for the server's by sslrootcert=/path/to/root.pem, or switch \
             verification off by sslmode=no-verify or `.allow_unverified_tls()`",
        )?;
    }
    Ok(())
}

fn advice(answer: &DbError) -> &'static str {
    match answer.code() {
        code if *code == SqlState::INVALID_CATALOG_NAME => ": create it, or name another",
        code if *code == SqlState::TOO_MANY_CONNECTIONS => {
            ": too many connections; raise max_connections, or let other pools have fewer"
        }
        _ if is_refusal_of_options(answer) => {
            ": a transaction pooler is there; write pgbouncer=true, and leave out `options`"
        }
        _ => "",
    }
}

fn is_bad_certificate(error: &tokio_postgres::Error) -> bool {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    let cause = cause.and_then(io::Error::get_ref);
    let cause = cause.and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(cause, Some(rustls::Error::InvalidCertificate(_)))
}

/// What the driver says of a configuration and a server that do not fit each other; it has no type for these.
fn in_our_words(error: &tokio_postgres::Error) -> Option<&'static str> {
    match error.source()?.to_string().as_str() {
        "password missing" => Some("the server asks for a password, and none is given"),
        "server does not support TLS" => Some(
            "the server has no TLS: switch it on there (`ssl = on`), or, if nobody else is on that network, take \
             sslmode=disable and call `.allow_plaintext()`",
        ),
        "server did not use channel binding" => Some(
            "channel_binding=require, and the server offers none: it needs TLS and scram-sha-256, and a certificate \
             that is not Ed25519",
        ),
        "unsupported authentication method" | "unsupported SASL mechanism" => Some(
            "the server asks for a way to sign in that is not spoken here: let pg_hba.conf say scram-sha-256, or cert",
        ),
        _ => None,
    }
}
