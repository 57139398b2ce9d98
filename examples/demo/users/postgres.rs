//! The table in PostgreSQL, by one connection to a server on this machine.

use std::{error::Error as _, net::IpAddr, sync::Arc};

use tokio::sync::Mutex;
use tokio_postgres::{
    Client, Config, Error, NoTls, Row,
    config::{Host, SslMode},
};

use super::{Account, Statement};
use crate::error::BoxError;

/// Of programs that start together one makes the table, and the others wait for it. Of two visitors who
/// are the first in the same moment one is asked to try again: there is one administrator at most.
const SCHEMA: &str = "
    SELECT pg_advisory_xact_lock(3000);
    CREATE TABLE IF NOT EXISTS users (
        id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email         text NOT NULL,
        password_hash text NOT NULL,
        admin         boolean NOT NULL,
        created_at    bigint NOT NULL DEFAULT extract(epoch FROM now())
    );
    CREATE UNIQUE INDEX IF NOT EXISTS users_email ON users (lower(email));
    CREATE UNIQUE INDEX IF NOT EXISTS users_admin ON users (admin) WHERE admin";

const CREATE: &str = "
    INSERT INTO users (email, password_hash, admin)
    VALUES ($1, $2, NOT EXISTS (SELECT FROM users))
    ON CONFLICT (lower(email)) DO NOTHING
    RETURNING *";

const FIND: &str = "SELECT * FROM users WHERE lower(email) = lower($1)";

const CHANGE_PASSWORD: &str = "
    UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2
    RETURNING *";

const ALL: &str = "SELECT * FROM users ORDER BY id";

const NO_TLS: &str =
    "the demo looks its users up without TLS: give it a PostgreSQL on this machine";

#[derive(Clone)]
pub(crate) struct Table {
    config: Arc<Config>,
    client: Arc<Mutex<Arc<Client>>>,
}

impl Table {
    pub(super) async fn connect(url: &str) -> Result<Self, BoxError> {
        let config = url.parse::<Config>().map_err(in_full)?;
        if config.get_ssl_mode() == SslMode::Require || !is_on_this_machine(&config) {
            return Err(NO_TLS.into());
        }
        let client = dial(&config).await.map_err(in_full)?;
        client.batch_execute(SCHEMA).await.map_err(in_full)?;
        Ok(Self {
            config: Arc::new(config),
            client: Arc::new(Mutex::new(client)),
        })
    }

    pub(super) async fn run(&self, statement: Statement) -> Result<Vec<Account>, BoxError> {
        let client = self.client().await.map_err(in_full)?;
        run(&client, statement).await.map_err(in_full)
    }

    /// The connection, or another one if it broke.
    async fn client(&self) -> Result<Arc<Client>, Error> {
        let mut client = self.client.lock().await;
        if client.is_closed() {
            *client = dial(&self.config).await?;
        }
        Ok(Arc::clone(&client))
    }
}

async fn run(client: &Client, statement: Statement) -> Result<Vec<Account>, Error> {
    let rows = match &statement {
        Statement::Create {
            email,
            password_hash,
        } => client.query(CREATE, &[email, password_hash]).await?,
        Statement::Find { email } => client.query(FIND, &[email]).await?,
        Statement::ChangePassword { id, before, after } => {
            client.query(CHANGE_PASSWORD, &[id, before, after]).await?
        }
        Statement::All => client.query(ALL, &[]).await?,
    };
    rows.iter().map(account).collect()
}

fn account(row: &Row) -> Result<Account, Error> {
    Ok(Account {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        password_hash: row.try_get("password_hash")?,
        admin: row.try_get("admin")?,
        created_at: row.try_get("created_at")?,
    })
}

async fn dial(config: &Config) -> Result<Arc<Client>, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!("a connection to PostgreSQL broke: {}", in_full(error));
        }
    });
    Ok(Arc::new(client))
}

fn is_on_this_machine(config: &Config) -> bool {
    let is_local = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(is_local)
        && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// With its cause, which the text of an error of tokio-postgres leaves out.
fn in_full(error: Error) -> BoxError {
    match error.source() {
        Some(cause) => format!("{error}: {cause}").into(),
        None => error.into(),
    }
}
