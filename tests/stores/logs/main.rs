//! What is logged of sessions in PostgreSQL, by every crate and at the lowest level: nothing that opens one, and
//! nobody's name (N-01). In a process of its own, whose loggers it takes.

use locals::{Auth, PostgresStore, Session};
use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use test_servers::{PgBouncer, Postgres};

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

fn record() {
    log::set_logger(&Recorder).expect("nobody else logs here");
    log::set_max_level(log::LevelFilter::Trace);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(|| Recorder)
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("nobody else logs here");
}

const USER: &str = "ada-of-the-secret-garden";
const NOBODY: &str = "bob-of-the-secret-garden";
const DEVICE: &str = "Marsupial on a pouch";
const REFERENCE: &str = "reference-of-the-secret-garden";
const PASSWORD: &str = "password-of-the-secret-garden";

async fn signs_in(auth: &Auth) -> Session {
    let session = auth.create_session(USER).device(DEVICE);
    let session = session.external_ref(REFERENCE).assurance("garden-gate");
    session.await.expect("a session")
}

/// Each verb, and answers that are no. The last of the sessions is there still.
async fn lives(auth: &Auth) -> [Session; 3] {
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

#[tokio::test(flavor = "multi_thread")]
async fn n_01_nothing_is_logged_that_opens_a_session_or_names_somebody() {
    record();
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    let ask = |sql: &str| database.text(sql);
    // Whoever comes is let in: nobody asks for this password.
    let url = database.url().replacen('@', &format!(":{PASSWORD}@"), 1);
    let store = PostgresStore::connect(&url).await.expect("a store");
    let auth: Auth = Auth::builder(store).connect().await.expect("tables");
    let mut sessions = lives(&auth).await.to_vec();
    if let Some(pooler) = PgBouncer::before(&database.url(), 2) {
        let ended = auth.invalidate_user_sessions(USER).await;
        assert_eq!(ended.expect("an answer"), 1);
        let store = PostgresStore::connect(pooler.url()).await.expect("a store");
        let pooled: Auth = Auth::builder(store).connect().await.expect("tables");
        sessions.extend(lives(&pooled).await);
    }
    breaks(&auth, &ask).await;
    let mut forbidden: Vec<_> = sessions.iter().map(secret).collect();
    forbidden.extend(forms(&ask(
        "SELECT encode(secret_hash, 'hex') FROM locals_sessions",
    )));
    forbidden.extend([USER, NOBODY, DEVICE, REFERENCE, PASSWORD, "garden"].map(str::to_owned));
    let log = String::from_utf8_lossy(&logged()).into_owned();
    for expected in [
        "executing statement",
        "INSERT INTO",
        "session created",
        "was lost",
    ] {
        assert!(log.contains(expected), "`{expected}` was to be logged");
    }
    for text in forbidden {
        let line = log.lines().find(|line| line.contains(&text));
        assert!(line.is_none(), "{line:?}");
    }
}

/// Errors are logged, too.
async fn breaks(auth: &Auth, ask: &(dyn Fn(&str) -> String + Sync)) {
    let terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    ask(terminate);
    let start = Instant::now();
    while let Err(error) = auth.ping().await {
        assert!(error.is_outage(), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5), "{error}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ask("ALTER TABLE locals_sessions RENAME TO elsewhere");
    let refused = auth.create_session(USER).device(DEVICE).await;
    assert!(refused.is_err(), "the table is gone");
    ask("ALTER TABLE elsewhere RENAME TO locals_sessions");
}
