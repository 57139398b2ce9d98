//! What is logged, printed and shown: enough to find a session, nothing to open it with.

mod printed;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tracing::level_filters::LevelFilter;

use crate::rig::{ADA, BOB, Site, Token, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything that any test of this process logs, from the first test here on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

/// The sessions at whose sign-out the log panics, once, by the first characters of their ids.
static UNSPEAKABLE: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn unspeakable() -> MutexGuard<'static, Vec<String>> {
    UNSPEAKABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.windows(10).any(|word| word == b"signed out") {
            let line = String::from_utf8_lossy(bytes);
            let mut left = unspeakable();
            let before = left.len();
            left.retain(|sid| !line.contains(sid));
            let panics = left.len() < before;
            drop(left);
            assert!(!panics, "the log's own");
        }
        let mut log = self.0.lock().expect("nothing panics while it is locked");
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn begin() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .finish();
            tracing::subscriber::set_global_default(subscriber)
                .expect("no other test of this process collects logs");
            log
        })
    }

    fn text(&self) -> String {
        let log = self.0.lock().expect("nothing panics while it is locked");
        String::from_utf8_lossy(&log).into_owned()
    }
}

/// The values of `sid=`, as far as they go on in base64url.
fn session_ids(log: &str) -> Vec<&str> {
    let values = log.split("sid=").skip(1);
    values
        .map(|rest| {
            let rest = rest.strip_prefix('"').unwrap_or(rest);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

/// Where a text has the shape of a whole token.
fn token_shapes(text: &str) -> Vec<&str> {
    let base64url = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let bytes = text.as_bytes();
    let dots = (22..bytes.len().saturating_sub(43)).filter(|place| bytes[*place] == b'.');
    let shaped = dots.filter(|dot| {
        bytes[dot - 22..*dot].iter().all(base64url)
            && bytes[dot + 1..dot + 44].iter().all(base64url)
    });
    shaped.map(|dot| &text[dot - 22..dot + 44]).collect()
}

fn says_nothing_of(text: &str, tokens: &[Token]) {
    for token in tokens {
        assert!(!text.contains(token.secret()), "a secret");
        for form in token.unspeakable() {
            assert!(!text.contains(&form), "a secret or its hash as {form}");
        }
    }
}

/// Sends at least one request of each outcome, and returns every token that was given out.
async fn everything_happens(site: &Site) -> Vec<Token> {
    let ada = site.log_in(ADA).await;
    let bob = site.log_in(BOB).await;
    let mut tokens = vec![ada.clone(), bob.clone(), Token::made_up()];
    let stranger = tokens[2].clone();
    let ask = async |token: &Token| {
        site.get("/whoami").session(token).send().await;
    };
    let post = async |target: &str, token: &Token| {
        let reply = site.post(target).session(token).send().await;
        let cookie = reply.our_cookie().filter(|cookie| !cookie.is_removal());
        cookie.map(|cookie| cookie.token())
    };

    ask(&stranger).await;
    ask(&ada.with_made_up_secret()).await;
    site.clock.advance(ACTIVE);
    ask(&ada).await;
    site.store.fail();
    ask(&ada).await;
    post("/login?u=2", &ada).await;
    site.store.heal();
    site.store.corrupt();
    ask(&ada).await;
    site.get("/sessions").session(&ada).send().await;
    site.store.heal();
    let both = format!("__Host-session={}; __Host-session={}", ada.0, bob.0);
    site.get("/whoami").cookie_header(both).send().await;
    let malformed = format!("__Host-session={}x; other=cookies-value", ada.0);
    site.get("/whoami").cookie_header(malformed).send().await;
    let foreign = site.post("/logout").without_fetch_metadata();
    foreign.session(&ada).send().await;

    let rotated = post("/sudo", &ada).await.expect("a new token");
    post("/sessions/x/revoke", &rotated).await;
    post(&format!("/sessions/{}/revoke", bob.id()), &bob).await;
    let next = post("/login?u=1", &rotated).await.expect("a new session");
    post("/password", &next).await;
    post("/twice", &next).await;
    site.get("/panic").session(&next).send().await;
    post("/logout", &next).await;
    site.auth
        .delete_expired_sessions()
        .await
        .expect("a healthy store");
    tokens.extend([rotated, next]);
    tokens
}

on_every_server! {
    async fn n_01_no_log_line_tells_a_secret(site: Site) {
        let log = Log::begin();
        let tokens = everything_happens(&site).await;
        let text = log.text();
        for message in [
            "session created", "session renewed", "session rotated", "session refused",
            "signed out", "request failed", "ambiguous", "cross-site request refused",
        ] {
            assert!(text.contains(message), "{message:?} is not in the log");
        }
        says_nothing_of(&text, &tokens);
        assert_eq!(token_shapes(&text), [""; 0], "of any test so far");
        for value in ["__Host-session=", "cookies-value"] {
            assert!(!text.contains(value), "a cookie's value: {value}");
        }
    }

    /// And E-08: what happened to a session is found by it.
    async fn n_02_the_log_names_sessions_by_eight_characters(site: Site) {
        let log = Log::begin();
        let tokens = everything_happens(&site).await;
        let text = log.text();
        let lines = |token: &Token| {
            let sid = &token.id()[..8];
            let lines = text.lines().filter(|line| session_ids(line).contains(&sid));
            lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
        };
        let of_ada = lines(&tokens[0]);
        for event in ["session created", "session renewed", "session rotated"] {
            assert!(of_ada.contains(event), "{event}: {of_ada}");
        }
        for id in session_ids(&text) {
            assert_eq!(id.len(), 8, "{id}");
        }
        for token in &tokens {
            assert!(!text.contains(token.id()), "the whole id {}", token.id());
        }
    }

    /// The row is deleted before anybody is told: what a panicking subscriber costs is the answer,
    /// not the sign-out.
    async fn d_14_a_log_that_panics_undoes_no_sign_out(site: Site) {
        Log::begin();
        for target in ["/logout", "/login?u=2"] {
            let token = site.log_in(ADA).await;
            let rows = site.rows().await;
            unspeakable().push(token.id()[..8].to_owned());
            let answer = site.post(target).session(&token).try_send().await;
            if target == "/logout" {
                assert!(answer.is_err(), "nothing catches the panic here: {answer:?}");
                assert_eq!(site.rows().await, rows - 1);
            }
            assert_eq!(site.whoami(&token).await, 401, "{target}");
            let next = site.log_in(BOB).await;
            assert_eq!(site.whoami(&next).await, 200, "and no lock is poisoned");
            site.post("/logout").session(&next).send().await;
        }
    }
}
