//! What to do about URLs and parameters that are somebody else's.

use crate::error::StoreError;

const FORM: &str = "write mysql://user:password@host:3306/database";

/// What begins neither with `mysql://` nor with `mariadb://`, and what it seems to be.
pub(super) fn no_url(text: &str) -> StoreError {
    StoreError::Setup(if text.is_empty() {
        format!("the URL of the database is empty: {FORM}")
    } else if text.starts_with(['"', '`', '\'']) {
        "the URL of the database is within quotation marks: leave them out".to_owned()
    } else {
        match text.split_once(':') {
            Some((scheme, _)) if !scheme.contains(['=', ' ']) => {
                on_scheme(&scheme.to_ascii_lowercase())
            }
            _ => format!("this is no URL of a database: {FORM}"),
        }
    })
}

/// What is no scheme that we know may be a user's name, and is not shown.
fn on_scheme(scheme: &str) -> String {
    match scheme {
        "mysql" | "mariadb" => {
            format!("the URL begins with `{scheme}://`, in small letters and with both strokes")
        }
        "jdbc" => {
            "leave out `jdbc:`, and write the user before the host: mysql://user:password@host/database".to_owned()
        }
        "mysqlx" | "mysqlx+srv" => {
            "`mysqlx:` is the X protocol: write `mysql://`, and the port of the classic protocol, 3306".to_owned()
        }
        "sqlite" | "sqlite3" | "file" => {
            format!("`{scheme}:` is SQLite: take `SqliteStore::open(\"app.db\")`")
        }
        "postgres" | "postgresql" | "mssql" | "sqlserver" | "oracle" | "mongodb" | "redis" | "rediss" | "valkey" => {
            format!(
                "`{scheme}:` is another database: `MySqlStore` is for MySQL and MariaDB, see `locals::store` for others"
            )
        }
        "mysql2" | "tidb" | "vitess" | "planetscale" | "percona" | "trilogy" => {
            format!("write `mysql://` instead of `{scheme}://`")
        }
        _ if scheme.starts_with("mysql+") || scheme.starts_with("mariadb+") => {
            format!("write `mysql://` instead of `{scheme}://`: the driver is this store's own")
        }
        _ => format!("this is no URL of MySQL or MariaDB: {FORM}"),
    }
}

/// A parameter that we do not know, named unless it may be the rest of a password that was cut in two.
pub(super) fn unknown_key(key: &str, known: &str) -> StoreError {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let folded = key.replace(['-', '_'], "").to_ascii_lowercase();
    StoreError::Setup(match on_key(&folded) {
        Some(advice) => format!("`{key}` in the URL of the database is not understood: {advice}"),
        None if key.is_empty() || !key.chars().all(is_name) => {
            "the URL of the database has a `?` and no parameter behind it: in a password, write %3F for it, and \
             %26 for `&`"
            .to_owned()
        }
        None => format!(
            "`{key}` in the URL of the database is not understood: leave it out (known are {known})"
        ),
    })
}

fn on_key(folded: &str) -> Option<&'static str> {
    Some(match folded {
        "user" | "username" | "password" => {
            "write both before the host, as in mysql://user:password@host/database"
        }
        "database" | "dbname" | "schema" => {
            "write the database behind the host, as in mysql://user:password@host/database; where the tables of \
             sessions are is said by `.database(\"..\")` of the options"
        }
        "host" | "hostname" | "port" => {
            "write it behind the `@`, as in mysql://user:password@host:3306/database"
        }
        "unixsocket" | "localsocket" => "write `socket`",
        "ssl"
        | "usessl"
        | "tls"
        | "sslaccept"
        | "verifyservercertificate"
        | "trustservercertificate" => {
            "write ssl-mode=REQUIRED, which verifies the certificate, or ssl-mode=no-verify, which does not"
        }
        "sslrootcert" | "serversslcert" | "sslcapath" => {
            "write `ssl-ca`, the file of the root certificates"
        }
        "sslidentity"
        | "clientcertificatekeystoreurl"
        | "keystore"
        | "truststore"
        | "trustcertificatekeystoreurl" => {
            "give certificates and keys as PEM files, by `ssl-ca`, `ssl-cert` and `ssl-key`"
        }
        "sslpassword" => "give a key that is not encrypted, readable by this program only",
        "builtinroots" => {
            "leave it out: the roots are the platform's, or those of the file in `ssl-ca`"
        }
        "tlshostnameoverride" => {
            "leave it out, and connect by a name that the certificate has; or make the driver's `Opts` yourself, for \
             `MySqlStore::with_opts(..)`"
        }
        "connectionlimit"
        | "pooltimeout"
        | "poolsize"
        | "poolmin"
        | "poolmax"
        | "maxconnections"
        | "minconnections"
        | "inactiveconnectionttl"
        | "ttlcheckinterval"
        | "connttl"
        | "absconnttl"
        | "absconnttljitter"
        | "resetconnection"
        | "idletimeout"
        | "maxlifetime" => {
            "this store has no pool: leave it out, and see `.read_connections(..)` and `.write_connections(..)` of the \
             options"
        }
        "stmtcachesize"
        | "statementcachecapacity"
        | "statementcachesize"
        | "cacheprepstmts"
        | "useserverprepstmts" => "leave it out: the store keeps the statements that it prepares",
        "prefersocket" => "leave it out: a socket is taken only if `socket` names it",
        "collation" | "connectioncollation" => {
            "leave it out: ids of users are compared as the users table has them"
        }
        "timezone" | "servertimezone" | "connectiontimezone" | "sqlmode" | "sessionvariables" => {
            "leave it out: the store sets up its connections itself"
        }
        "sockettimeout" | "readtimeout" | "writetimeout" | "timeout" | "maxexecutiontime" => {
            "leave it out: the store limits each of its statements itself"
        }
        "clientfoundrows"
        | "useaffectedrows"
        | "tcpkeepalive"
        | "tcpnodelay"
        | "compress"
        | "compression"
        | "maxallowedpacket"
        | "waittimeout"
        | "secureauth"
        | "enablecleartextplugin"
        | "allowpublickeyretrieval"
        | "parsetime"
        | "loc"
        | "multistatements"
        | "allowmultiqueries"
        | "autoreconnect"
        | "rewritebatchedstatements" => {
            "leave it out; if it matters, make the driver's `Opts` yourself, for `MySqlStore::with_opts(..)`"
        }
        "loadbalance" | "targetsessionattrs" | "replicaset" | "failover" => {
            "leave it out: servers are tried in their order, and the first that takes writes is taken"
        }
        _ => return None,
    })
}

/// What a value can be, in words.
pub(super) fn choices(key: &str) -> &'static str {
    match key {
        "sslmode" => {
            "DISABLED, PREFERRED, REQUIRED (which verifies the certificate), VERIFY_CA, VERIFY_IDENTITY or no-verify"
        }
        _ => "true or false",
    }
}
