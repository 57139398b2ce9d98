//! Connections of the tests' own.

use std::{panic::resume_unwind, thread, time::Duration};

use tokio::{runtime, time};
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};

/// After which a server is taken to be gone for good.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A connection whose other half runs on the current runtime.
pub async fn connect(url: &str) -> Client {
    let config = url.parse().expect("a connection string");
    let client = open(&config).await;
    client.unwrap_or_else(|error| panic!("no connection: {error:?}"))
}

pub(super) async fn open(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// The first column of the first row, on this connection.
pub(super) async fn first_text(client: &Client, sql: &str) -> Result<String, Error> {
    let messages = client.simple_query(sql).await?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let text = row.and_then(|row| row.try_get(0).ok().flatten());
    Ok(text.unwrap_or_default().to_owned())
}

/// The first column of the first row, on a connection of its own, from a thread of its own: who asks may
/// be in a runtime or not, and need not wait as long as a server is away.
pub(super) fn ask(config: Config, sql: &str) -> Result<String, String> {
    let sql = sql.to_owned();
    let answer = thread::spawn(move || {
        new_runtime().block_on(async {
            let asked = async { first_text(&open(&config).await?, &sql).await };
            let answer = time::timeout(PATIENCE, asked).await;
            let answer = answer.map_err(|_| "no answer from the server".to_owned())?;
            answer.map_err(|error| format!("{error:?}"))
        })
    });
    match answer.join() {
        Ok(answer) => answer,
        Err(payload) => resume_unwind(payload),
    }
}

pub(super) fn new_runtime() -> runtime::Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}
