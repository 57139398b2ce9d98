//! What to do about strings and keys that are somebody else's.

use crate::{error::StoreError, store::sql::refuse};

/// What is neither a URL nor pairs, and what it seems to be.
pub(super) fn check_form(text: &str) -> Result<(), StoreError> {
    if text.is_empty() {
        return refuse(format!("the connection string is empty: {FORMS}"));
    }
    if text.starts_with(['"', '`']) || text.starts_with("'postgres") {
        return refuse("the connection string is within quotation marks: leave them out");
    }
    match text.split_once(':') {
        Some((scheme, _)) if !scheme.contains(['=', ' ']) => {
            refuse(on_scheme(&scheme.to_ascii_lowercase()))
        }
        _ if text.contains('=') => Ok(()),
        _ => refuse(format!("this is no connection string: {FORMS}")),
    }
}

const FORMS: &str = "write postgres://user:password@host:5432/database, or pairs such as host=/run/postgresql dbname=app";

/// What is no scheme that we know may be a user's name, and is not shown.
fn on_scheme(scheme: &str) -> String {
    match scheme {
        "postgres" | "postgresql" => "the URL begins with `postgres://`, in small letters and with both strokes".to_owned(),
        "jdbc" => "leave out `jdbc:`, and write the user before the host: postgresql://user:password@host/database"
            .to_owned(),
        "sqlite" | "sqlite3" | "file" => {
            format!("`{scheme}:` is SQLite: take `SqliteStore::open(\"app.db\")`")
        }
        "mysql" | "mariadb" | "mysqlx" | "mssql" | "sqlserver" | "oracle" | "mongodb" | "redis"
        | "rediss" | "valkey" => {
            format!("`{scheme}:` is another database: `PostgresStore` is for PostgreSQL, see `locals::store` for others")
        }
        "cockroachdb" | "cockroach" | "yugabyte" | "yugabytedb" | "timescaledb" | "postgis" | "pgx" | "pg" | "psql" => {
            format!("write `postgres://` instead of `{scheme}://`")
        }
        _ if scheme.starts_with("postgres+") || scheme.starts_with("postgresql+") => {
            format!("write `postgres://` instead of `{scheme}://`: the driver is this store's own")
        }
        "prisma" | "prisma+postgres" => {
            "`prisma:` is a service in front of the database: take the URL of the database itself".to_owned()
        }
        _ => format!("this is no connection string of PostgreSQL: {FORMS}"),
    }
}

/// A key that we do not know, named unless it may be the rest of a password that was cut in two.
pub(super) fn unknown_key(key: &str, follows_password: bool) -> StoreError {
    let advice = on_key(key);
    let is_name = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    StoreError::Setup(match advice {
        Some(advice) => {
            // What stands in the brackets may be anything.
            let key = if key.starts_with(SETTING) { "options[..]" } else { key };
            format!("`{key}` in the connection string is not understood: {advice}")
        }
        None if follows_password || !is_name || key.is_empty() => {
            "the connection string has a key that is not understood; if it is a part of the password, put that in \
             quotation marks, or, in a URL, percent-encode it (a space is %20, `&` %26)"
                .to_owned()
        }
        None => format!("`{key}` in the connection string is not understood: leave it out"),
    })
}

/// How sqlx has a parameter of the server.
const SETTING: &str = "options[";

fn on_key(key: &str) -> Option<&'static str> {
    Some(match key {
        _ if key.starts_with(SETTING) => {
            "write `options=-c search_path=app`, which in a URL is `options=-c%20search_path%3Dapp`, or say where \
             the tables of sessions are by `.schema(\"..\")`"
        }
        "schema" | "search_path" | "currentSchema" | "current_schema" => {
            "leave it out, and say where the tables of sessions are by `.schema(\"..\")` of the options"
        }
        "connection_limit"
        | "pool_timeout"
        | "pool_size"
        | "max_connections"
        | "min_connections"
        | "pool_max_conns"
        | "pool_min_conns"
        | "pool_max_conn_lifetime"
        | "pool_max_conn_idle_time"
        | "max_pool_size"
        | "min_pool_size"
        | "maximumPoolSize"
        | "idle_timeout"
        | "max_lifetime" => {
            "this store has no pool: leave it out, and see `.write_connections(..)` of the options"
        }
        "statement_cache_mode"
        | "statement_cache_capacity"
        | "statement-cache-capacity"
        | "statement_cache_size"
        | "default_query_exec_mode"
        | "description_cache_capacity"
        | "prepareThreshold"
        | "prepare_threshold"
        | "preparedStatementCacheQueries"
        | "binary_parameters"
        | "simple_protocol" => "leave it out; behind a transaction pooler write pgbouncer=true",
        "pooled" => "write pgbouncer=true",
        "sslaccept" => {
            "write sslmode=require, which verifies the certificate, or sslmode=no-verify for `accept_invalid_certs`"
        }
        "ssl-mode" | "sslMode" | "ssl_mode" => "write `sslmode`",
        "ssl-root-cert" | "ssl-ca" | "sslrootcertificate" | "ssl_root_cert" => {
            "write `sslrootcert`"
        }
        "ssl-cert" | "ssl_cert" => "write `sslcert`",
        "ssl-key" | "ssl_key" => "write `sslkey`",
        "sslidentity" => "give the certificate and its key as PEM files, by `sslcert` and `sslkey`",
        "sslpassword" => "give a key that is not encrypted, readable by this program only",
        "sslcrl" | "sslcrldir" => "revocation lists are not read: leave it out",
        "ssl_min_protocol_version" | "ssl_max_protocol_version" | "sslcompression" | "sslsni" => {
            "leave it out: TLS is 1.2 or 1.3, with the host's name, without compression"
        }
        "sslfactory" | "sslhostnameverifier" => "leave it out, and write sslmode=verify-full",
        "passfile" => {
            "password files are not read: give the password, or PGPASSWORD by `PostgresOptions::from_env()`"
        }
        "service" | "servicefile" => "write what the service says into the connection string",
        "database" | "db" => "write `dbname`",
        "username" => "write `user`",
        "hostname" | "server" => "write `host`",
        "keepalives_retries" => "write `keepalives_count`",
        "connectTimeout" | "connect-timeout" | "loginTimeout" => {
            "write `connect_timeout`, in seconds"
        }
        "socket_timeout"
        | "socketTimeout"
        | "statement_timeout"
        | "lock_timeout"
        | "command_timeout"
        | "timeout"
        | "idle_in_transaction_session_timeout" => {
            "leave it out: the store limits each of its statements itself"
        }
        "ApplicationName" | "fallback_application_name" => "write `application_name`",
        "targetServerType" => "write target_session_attrs=read-write",
        "loadBalanceHosts" => "write load_balance_hosts=random",
        "timezone" | "TimeZone" | "DateStyle" | "datestyle" => {
            "leave it out: instants are stored as numbers"
        }
        "requirepeer" | "require_auth" | "scram_client_key" | "scram_server_key" | "krbsrvname"
        | "gsslib" | "gssdelegation" | "sslcertmode" | "replication" => {
            "this store cannot do that: leave it out if it need not hold"
        }
        _ => return None,
    })
}

/// More about what a value can be.
pub(super) fn on_value(key: &str) -> &'static str {
    match key {
        "sslmode" => " (`require` verifies the certificate, `no-verify` does not)",
        "target_session_attrs" => ": a session store writes, and a standby cannot",
        "ssl" => ", otherwise write `sslmode`",
        "client_encoding" => ", which it always is",
        "gssencmode" => ": there is no encryption by GSSAPI here",
        "pgbouncer" => ", whether the server is behind a transaction pooler",
        _ => "",
    }
}
