//! What is logged of sessions in PostgreSQL and in MySQL, by every crate and at the lowest level: nothing that opens
//! one, and nobody's name (N-01). In a process of its own, whose loggers it takes.

mod mysql;
mod postgres;

use locals::{Auth, Session};
use std::{
    io,
    sync::{Mutex, MutexGuard, Once, PoisonError},
    time::{Duration, Instant},
};

/// Everything that was logged.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn logged() -> MutexGuard<'static, Vec<u8>> {
    LOGGED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Of the crate `log`, which the driver writes to, and of `tracing`, which we write to.
struct Recorder;

impl log::Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        logged().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

impl io::Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        logged().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on, whichever test comes first.
fn record() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        log::set_logger(&Recorder).expect("nobody else logs here");
        log::set_max_level(log::LevelFilter::Trace);
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(|| Recorder)
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else logs here");
    });
}

const USER: &str = "ada-of-the-secret-garden";
const NOBODY: &str = "bob-of-the-secret-garden";
const DEVICE: &str = "Marsupial on a pouch";
const REFERENCE: &str = "reference-of-the-secret-garden";

async fn signs_in<U: Send + Sync + 'static>(auth: &Auth<U>) -> Session {
    let session = auth.create_session(USER).device(DEVICE);
    let session = session.external_ref(REFERENCE).assurance("garden-gate");
    session.await.expect("a session")
}

/// Each verb, and answers that are no. The last of the sessions is there still.
async fn lives<U: Send + Sync + 'static>(auth: &Auth<U>) -> [Session; 3] {
    let session = signs_in(auth).await;
    let read = auth.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
    let renewed = auth.renew_session(session.token()).await;
    assert!(renewed.expect("an answer").is_some());
    assert_eq!(auth.list_sessions(USER).await.expect("a list").len(), 1);
    let other = signs_in(auth).await;
    let ended = auth.invalidate_by_external_ref(REFERENCE).await;
    assert_eq!(ended.expect("an answer"), 2);
    let read = auth.validate_session(other.token()).await;
    assert!(read.expect("an answer").is_none());
    let none = auth.invalidate_user_sessions(NOBODY).await;
    assert_eq!(none.expect("an answer"), 0);
    auth.ping().await.expect("an answer");
    [session, other, signs_in(auth).await]
}

/// Errors are logged, too: of connections that are ended, and of a table that is not there.
async fn breaks<U: Send + Sync + 'static>(auth: &Auth<U>, end: impl Fn(), execute: impl Fn(&str)) {
    end();
    let start = Instant::now();
    while let Err(error) = auth.ping().await {
        assert!(error.is_outage(), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5), "{error}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    execute("ALTER TABLE locals_sessions RENAME TO elsewhere");
    let refused = auth.create_session(USER).device(DEVICE).await;
    assert!(refused.is_err(), "the table is gone");
    execute("ALTER TABLE elsewhere RENAME TO locals_sessions");
}

/// Asserts that these were logged, and no line with any of those.
fn check(expected: &[&str], forbidden: &[String]) {
    let log = String::from_utf8_lossy(&logged()).into_owned();
    for expected in expected {
        assert!(log.contains(expected), "`{expected}` was to be logged");
    }
    for text in forbidden {
        let line = log.lines().find(|line| line.contains(text));
        assert!(line.is_none(), "{line:?}");
    }
}

/// What is said of everybody and everything here.
fn words() -> impl Iterator<Item = String> {
    [USER, NOBODY, DEVICE, REFERENCE, "garden"]
        .map(str::to_owned)
        .into_iter()
}

fn secret(session: &Session) -> String {
    let (_, secret) = session.token().expose().split_once('.').expect("a dot");
    secret.to_owned()
}

/// The forms in which a hash could stand in a log.
fn forms(hash: &str) -> Vec<String> {
    let bytes: Vec<u8> = (0..hash.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hash[at..at + 2], 16).expect("hexadecimal digits"))
        .collect();
    let inner = |list: String| list.trim_matches(['[', ']']).to_owned();
    let decimal = inner(format!("{bytes:?}"));
    vec![
        hash.to_owned(),
        hash.to_uppercase(),
        decimal.replace(' ', ""),
        decimal,
        inner(format!("{bytes:x?}")),
        bytes.escape_ascii().to_string(),
    ]
}
