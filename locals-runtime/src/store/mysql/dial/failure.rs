//! Why a server could not be connected to, in words.

use crate::{
    error::StoreError,
    store::{
        link::{one_line, unreached},
        mysql::error::{code, text},
    },
};
use mysql_async::{DriverError, Error, IoError, TlsError};
use rustls::CertificateError;
use std::{fmt, io};

#[derive(Debug)]
pub(super) enum Cause {
    Lookup(io::Error),
    NoAddress,
    /// What it was doing then: "before ..".
    TimedOut(&'static str),
    MySql(Error),
    /// The driver panicked.
    GaveUp,
    NotWritable,
    /// A node of Galera that is cut off from the others.
    NotReady,
}

/// One line for all servers, each with its cause.
pub(super) fn failed(failures: &[(String, Cause)]) -> StoreError {
    let told = failures
        .iter()
        .map(|(server, cause)| format!("{server}: {cause}"));
    let told: Vec<_> = told.collect();
    let text = one_line(&format!(
        "cannot connect to the database at {}",
        told.join("; ")
    ));
    let mut causes = failures.iter().map(|(_, cause)| cause);
    if !failures.is_empty() && causes.all(Cause::is_for_the_operator) {
        return StoreError::Setup(text);
    }
    StoreError::unavailable(text)
}

impl Cause {
    /// Whether trying again is of no use.
    pub(super) fn is_for_the_operator(&self) -> bool {
        match self {
            Self::GaveUp => true,
            Self::MySql(error) => match code(error) {
                Some(code) => FOR_THE_OPERATOR.contains(&code),
                None => certificate_error(error).is_some() || in_our_words(error).is_some(),
            },
            _ => false,
        }
    }
}

const FOR_THE_OPERATOR: &[u16] = &[
    ACCESS_DENIED_TO_DATABASE,
    ACCESS_DENIED,
    UNKNOWN_DATABASE,
    HOST_BLOCKED,
    HOST_NOT_ALLOWED,
    OLD_PROTOCOL,
    PLUGIN_NOT_LOADED,
    ACCESS_DENIED_WITHOUT_PASSWORD,
    PASSWORD_EXPIRED,
    PASSWORD_EXPIRED_AT_LOGIN,
    ACCOUNT_LOCKED,
    INSECURE_TRANSPORT,
    ACCOUNT_BLOCKED,
    ACCOUNT_LOCKED_ON_MARIADB,
];

const TOO_MANY_CONNECTIONS: u16 = 1040;
const ACCESS_DENIED_TO_DATABASE: u16 = 1044;
const ACCESS_DENIED: u16 = 1045;
const UNKNOWN_DATABASE: u16 = 1049;
const HOST_BLOCKED: u16 = 1129;
const HOST_NOT_ALLOWED: u16 = 1130;
const TOO_MANY_CONNECTIONS_OF_USER: u16 = 1203;
const LIMIT_OF_USER_REACHED: u16 = 1226;
const OLD_PROTOCOL: u16 = 1251;
const PLUGIN_NOT_LOADED: u16 = 1524;
const ACCESS_DENIED_WITHOUT_PASSWORD: u16 = 1698;
const PASSWORD_EXPIRED: u16 = 1820;
const PASSWORD_EXPIRED_AT_LOGIN: u16 = 1862;
const ACCOUNT_LOCKED: u16 = 3118;
const INSECURE_TRANSPORT: u16 = 3159;
const ACCOUNT_BLOCKED: u16 = 3955;
const ACCOUNT_LOCKED_ON_MARIADB: u16 = 4151;

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lookup(error) => write!(f, "its name is not known ({error})"),
            Self::NoAddress => f.write_str("its name has no address"),
            Self::TimedOut(step) => write!(f, "timed out before {step}"),
            Self::MySql(error) => mysql(error, f),
            Self::GaveUp => f.write_str(PLUGINS_OF_MARIADB),
            Self::NotWritable => f.write_str("not writable: it is a replica, or read-only"),
            Self::NotReady => f.write_str(
                "it takes no statements: it is cut off from the other nodes of its cluster",
            ),
        }
    }
}

/// What the driver cannot do without a feature makes it panic, and a connection has a task of its own for that.
const PLUGINS_OF_MARIADB: &str = "the driver gave up at the way to sign in that the server asks for: for a user who \
     signs in by ed25519 or parsec, your Cargo.toml needs mysql_async with the feature `client_ed25519` or \
     `client_parsec`";

fn mysql(error: &Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Error::Server(answer) = error {
        let advice = advice(answer.code);
        return write!(f, "{} (error {}){advice}", answer.message, answer.code);
    }
    if let Some(problem) = certificate_error(error) {
        let advice = on_certificate(problem);
        return write!(f, "its certificate does not hold ({problem}): {advice}");
    }
    match (in_our_words(error), error) {
        (Some(words), _) => f.write_str(words),
        (None, Error::Io(IoError::Io(error))) => f.write_str(&socket(error)),
        (None, _) => f.write_str(&text(error)),
    }
}

fn advice(code: u16) -> &'static str {
    match code {
        ACCESS_DENIED => ": look at the user, the password, and the host that the account is for",
        ACCESS_DENIED_TO_DATABASE => ": grant the user rights there, or name another",
        UNKNOWN_DATABASE => ": create it, or name another",
        TOO_MANY_CONNECTIONS => {
            ": too many connections; raise max_connections, or let other pools have fewer"
        }
        TOO_MANY_CONNECTIONS_OF_USER | LIMIT_OF_USER_REACHED => {
            ": raise the limit of this user, or have fewer by `.read_connections(..)` and `.write_connections(..)`"
        }
        HOST_BLOCKED => {
            ": unblock it there by FLUSH HOSTS, or TRUNCATE TABLE performance_schema.host_cache"
        }
        HOST_NOT_ALLOWED => ": make an account for the user at that host",
        OLD_PROTOCOL | PLUGIN_NOT_LOADED => {
            ": let the user sign in by caching_sha2_password, on MariaDB by mysql_native_password or ed25519"
        }
        ACCESS_DENIED_WITHOUT_PASSWORD => {
            ": the account is for the system's user of that name alone; make one with a password"
        }
        PASSWORD_EXPIRED | PASSWORD_EXPIRED_AT_LOGIN => ": give the user another by ALTER USER",
        ACCOUNT_LOCKED | ACCOUNT_BLOCKED | ACCOUNT_LOCKED_ON_MARIADB => {
            ": unlock it by ALTER USER .. ACCOUNT UNLOCK"
        }
        INSECURE_TRANSPORT => {
            ": the server takes TLS alone; write ssl-mode=REQUIRED, and name the root of its certificate by \
             ssl-ca=/path/to/ca.pem"
        }
        _ => "",
    }
}

fn socket(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the server closed the connection".to_owned(),
        _ => unreached(error),
    }
}

/// The driver hands on what rustls says, of a handshake within an error of the socket.
fn tls_error(error: &Error) -> Option<&rustls::Error> {
    match error {
        Error::Io(IoError::Tls(TlsError::Tls(error))) => Some(error),
        Error::Io(IoError::Io(error)) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

fn certificate_error(error: &Error) -> Option<&CertificateError> {
    match tls_error(error)? {
        rustls::Error::InvalidCertificate(problem) => Some(problem),
        _ => None,
    }
}

fn on_certificate(problem: &CertificateError) -> &'static str {
    match problem {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "connect by a name that the certificate has, or give the server one for this name (those that MySQL makes \
             for itself have none), or switch verification off by ssl-mode=no-verify or `.allow_unverified_tls()`"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "give the server a certificate that is good today"
        }
        _ => {
            "name the certificate that vouches for the server's by ssl-ca=/path/to/ca.pem, or switch verification \
             off by ssl-mode=no-verify or `.allow_unverified_tls()`"
        }
    }
}

/// What the driver says of a configuration and a server that do not fit each other.
fn in_our_words(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            "the server has no TLS: switch it on there (`ssl_cert` and `ssl_key` in its configuration), or, if nobody \
             else is on that network, take ssl-mode=DISABLED and call `.allow_plaintext()`"
        }
        Error::Driver(DriverError::UnknownAuthPlugin { .. }) => {
            "the server asks for a way to sign in that is not spoken here: let the user sign in by \
             caching_sha2_password, on MariaDB by mysql_native_password or ed25519; MySQL asks for any way where there is \
             no such user"
        }
        Error::Driver(DriverError::MysqlOldPasswordDisabled) => {
            "the user's password is one of MySQL 4.0: give another by ALTER USER"
        }
        Error::Driver(DriverError::CleartextPluginDisabled) => {
            "the server asks for the password as it is (mysql_clear_password): for that, make the driver's `Opts` \
             yourself, with TLS, and take `MySqlStore::with_opts(..)`"
        }
        Error::Io(IoError::Tls(TlsError::InvalidDnsName(_))) => {
            "no certificate can be for a host of that name: connect by another"
        }
        _ if refuses_our_certificate(tls_error(error)?) => {
            "the server does not take our certificate, or wants one: give it by ssl-cert and ssl-key"
        }
        _ => return None,
    })
}

fn refuses_our_certificate(error: &rustls::Error) -> bool {
    use rustls::AlertDescription::{
        AccessDenied, BadCertificate, CertificateExpired, CertificateRequired, CertificateUnknown,
        UnknownCA,
    };
    let refusals = [
        AccessDenied,
        BadCertificate,
        CertificateExpired,
        CertificateRequired,
        CertificateUnknown,
        UnknownCA,
    ];
    matches!(error, rustls::Error::AlertReceived(alert) if refusals.contains(alert))
}
