//! The table in MySQL or MariaDB, by a pool to a server on this machine.

use std::net::IpAddr;

use mysql_async::{Conn, Error, Opts, OptsBuilder, Pool, Row, ServerError, prelude::Queryable};

use super::{Account, Statement};
use crate::error::BoxError;

/// As in the other databases, no two accounts have one e-mail in other cases, and no two are the
/// administrator's: of two visitors who are the first in the same moment one is asked to try again.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id            BIGINT AUTO_INCREMENT PRIMARY KEY,
        email         VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        password_hash VARCHAR(255) NOT NULL,
        admin         BOOLEAN NOT NULL,
        created_at    BIGINT NOT NULL,
        email_key     VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin AS (LOWER(email)) STORED,
        admin_key     TINYINT AS (NULLIF(admin, 0)) STORED,
        UNIQUE KEY users_email (email_key),
        UNIQUE KEY users_admin (admin_key)
    ) ENGINE = InnoDB";

const CREATE: &str = "
    INSERT INTO users (email, password_hash, admin, created_at)
    SELECT ?, ?, NOT EXISTS (SELECT 1 FROM users), UNIX_TIMESTAMP()";

const OF_ID: &str = "
    SELECT id, email, password_hash, admin, created_at FROM users WHERE id = ?";

const FIND: &str = "
    SELECT id, email, password_hash, admin, created_at FROM users WHERE email_key = LOWER(?)";

const CHANGE_PASSWORD: &str = "
    UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?";

const ALL: &str = "
    SELECT id, email, password_hash, admin, created_at FROM users ORDER BY id";

/// The server's number for a value that a unique key has already.
const DUPLICATE: u16 = 1062;

const NO_TLS: &str = "the demo looks its users up without TLS: give it a MySQL on this machine";

#[derive(Clone)]
pub(crate) struct Table(Pool);

impl Table {
    pub(super) async fn connect(url: &str) -> Result<Self, BoxError> {
        // mysql_async knows one scheme for both servers.
        let opts = Opts::from_url(&url.replacen("mariadb://", "mysql://", 1))?;
        if !is_on_this_machine(&opts) {
            return Err(NO_TLS.into());
        }
        let pool = Pool::new(OptsBuilder::from_opts(opts).prefer_socket(false));
        pool.get_conn().await?.query_drop(SCHEMA).await?;
        Ok(Self(pool))
    }

    pub(super) async fn run(&self, statement: Statement) -> Result<Vec<Account>, BoxError> {
        let mut conn = self.0.get_conn().await?;
        let rows = run(&mut conn, statement).await?;
        rows.into_iter().map(account).collect()
    }
}

async fn run(conn: &mut Conn, statement: Statement) -> Result<Vec<Row>, Error> {
    match statement {
        Statement::Create {
            email,
            password_hash,
        } => create(conn, email, password_hash).await,
        Statement::Find { email } => conn.exec(FIND, (email,)).await,
        Statement::ChangePassword { id, before, after } => {
            conn.exec_drop(CHANGE_PASSWORD, (after, id, before)).await?;
            match conn.affected_rows() {
                0 => Ok(Vec::new()),
                _ => conn.exec(OF_ID, (id,)).await,
            }
        }
        Statement::All => conn.query(ALL).await,
    }
}

async fn create(conn: &mut Conn, email: String, password_hash: String) -> Result<Vec<Row>, Error> {
    let created = conn.exec_drop(CREATE, (email, password_hash)).await;
    let id = conn.last_insert_id();
    match created {
        Ok(()) => conn.exec(OF_ID, (id,)).await,
        Err(Error::Server(error)) if has_the_email(&error) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The name of the key ends what the server says, after the value, which is the visitor's.
fn has_the_email(error: &ServerError) -> bool {
    error.code == DUPLICATE && error.message.ends_with("users_email'")
}

/// What a row that does not fit has in it is not for the log.
fn account(row: Row) -> Result<Account, BoxError> {
    let columns = mysql_async::from_row_opt(row);
    let (id, email, password_hash, admin, created_at) =
        columns.map_err(|_| "a row of `users` is not as the demo makes it")?;
    Ok(Account {
        id,
        email,
        password_hash,
        admin,
        created_at,
    })
}

fn is_on_this_machine(opts: &Opts) -> bool {
    let host = opts.ip_or_hostname();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    opts.socket().is_some()
        || host == "localhost"
        || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
