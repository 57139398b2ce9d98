//! A few connections in a thread of their own, for what tests do outside of the store: a value is dropped
//! where there is no runtime, or where it ends.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_postgres::{Client, Config, Error};

use super::connection::{PATIENCE, first_text, new_runtime, open};

const CONNECTIONS: usize = 4;

/// So that nobody waits for ever for a transaction that a test left open.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '20s'";

pub(super) struct Admin(UnboundedSender<Job>);

struct Job {
    sql: String,
    reply: Sender<Result<String, String>>,
}

type Queue = Arc<Mutex<UnboundedReceiver<Job>>>;

impl Admin {
    pub(super) fn of(config: Config) -> Self {
        let (jobs, queue) = unbounded_channel();
        thread::spawn(move || new_runtime().block_on(work(config, queue)));
        Self(jobs)
    }

    /// The first column of the first row. Blocks, and panics where the server refuses.
    pub(super) fn run(&self, sql: &str) -> String {
        let answer = self.send(sql.to_owned()).recv_timeout(PATIENCE);
        let answer = answer.expect("the server answers");
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Removes something that a test had. Waits, so that nothing is left when the process ends, but not
    /// long: what is in the way may be a transaction of the thread that waits.
    pub(super) fn clean_up(&self, sql: String) {
        let _ = self.send(sql).recv_timeout(PATIENCE / 15);
    }

    fn send(&self, sql: String) -> Receiver<Result<String, String>> {
        let (reply, answer) = channel();
        // Where the thread is gone, so is `reply`, and `recv_timeout` says so.
        let _ = self.0.send(Job { sql, reply });
        answer
    }
}

async fn work(config: Config, queue: UnboundedReceiver<Job>) {
    let queue = Arc::new(Mutex::new(queue));
    let serving = (0..CONNECTIONS).map(|_| tokio::spawn(serve(config.clone(), queue.clone())));
    for connection in serving.collect::<Vec<_>>() {
        let _ = connection.await;
    }
}

async fn serve(config: Config, queue: Queue) {
    let mut client = None;
    loop {
        let job = queue.lock().await.recv().await;
        let Some(Job { sql, reply }) = job else {
            return;
        };
        let answer = answer(&mut client, &config, &sql).await;
        let _ = reply.send(answer.map_err(|error| format!("{error:?}")));
    }
}

/// On the connection that is there, or on another one where it broke.
async fn answer(client: &mut Option<Client>, config: &Config, sql: &str) -> Result<String, Error> {
    let connected = match client.take().filter(|client| !client.is_closed()) {
        Some(connected) => connected,
        None => dial(config).await?,
    };
    first_text(client.insert(connected), sql).await
}

async fn dial(config: &Config) -> Result<Client, Error> {
    let client = open(config).await?;
    client.batch_execute(LOCK_TIMEOUT).await?;
    Ok(client)
}
