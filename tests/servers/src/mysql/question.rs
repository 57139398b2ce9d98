//! Questions on connections of their own, from threads of their own: who asks may be in a runtime or not, and need not
//! wait as long as a server is away.

use std::{
    panic::resume_unwind,
    thread,
    time::{Duration, Instant},
};

use mysql_async::{Conn, Error, Opts, OptsBuilder, Row, Value, prelude::Queryable};
use tokio::{runtime, time};

/// After which a server is taken to be gone for good.
const PATIENCE: Duration = Duration::from_secs(30);

/// So that nobody waits for ever for a transaction that a test left open.
const LOCK_TIMEOUT: &str = "SET lock_wait_timeout = 20";

/// The rows, each as a line, with tabs between the columns. Panics where the server refuses.
pub(super) fn lines(place: &Opts, sql: &str) -> Vec<String> {
    let rows = ask(place, sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let line = |row: &Vec<String>| row.join("\t");
    rows.iter().map(line).collect()
}

/// The first column of the first row. Panics where the server refuses.
pub(super) fn text(place: &Opts, sql: &str) -> String {
    let answer = first(place, sql);
    answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The same; the error where it refuses, or cannot be reached.
pub(super) fn first(place: &Opts, sql: &str) -> Result<String, String> {
    let rows = ask(place, sql)?;
    let cell = rows.into_iter().flatten().next();
    Ok(cell.unwrap_or_default())
}

/// MySQL's tables of what connections do fail while one executes a statement with octets that are no text: they are
/// looked at again.
fn ask(place: &Opts, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let start = Instant::now();
    loop {
        match ask_once(place, sql) {
            Err(error) if error.contains("ERROR 3854") && start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            answer => return answer,
        }
    }
}

fn ask_once(place: &Opts, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let sql = sql.to_owned();
    connected(place, async move |conn: &mut Conn| {
        let mut rows = Vec::new();
        let mut result = conn.query_iter(sql).await?;
        // Each statement has a result of its own.
        while !result.is_empty() {
            rows.extend(result.collect::<Row>().await?);
        }
        Ok(rows.into_iter().map(texts).collect())
    })
}

/// What is done on a connection. Blocks.
pub(super) fn connected<T: Send + 'static>(
    place: &Opts,
    job: impl AsyncFnOnce(&mut Conn) -> Result<T, Error> + Send + 'static,
) -> Result<T, String> {
    let place = OptsBuilder::from_opts(place.clone());
    let place = Opts::from(place.init(vec![LOCK_TIMEOUT]));
    let asking = thread::spawn(move || {
        let asked = async move {
            let mut conn = admitted(place).await?;
            let answer = job(&mut conn).await?;
            conn.disconnect().await?;
            Ok::<_, Error>(answer)
        };
        new_runtime().block_on(async {
            let answer = time::timeout(PATIENCE, asked).await;
            let answer = answer.map_err(|_| "no answer from the server".to_owned())?;
            answer.map_err(|error| error.to_string())
        })
    });
    match asking.join() {
        Ok(answer) => answer,
        Err(payload) => resume_unwind(payload),
    }
}

fn new_runtime() -> runtime::Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

/// What is asked without parameters is answered in text.
fn texts(row: Row) -> Vec<String> {
    let text = |value: Value| match value {
        Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => String::new(),
    };
    row.unwrap().into_iter().map(text).collect()
}

/// Of a server that serves no more, one place is `root`'s: whoever is being turned away may have it for a moment.
async fn admitted(place: Opts) -> Result<Conn, Error> {
    const TOO_MANY: u16 = 1040;
    loop {
        match Conn::new(place.clone()).await {
            Err(Error::Server(refusal)) if refusal.code == TOO_MANY => {
                time::sleep(Duration::from_millis(10)).await;
            }
            connected => return connected,
        }
    }
}
