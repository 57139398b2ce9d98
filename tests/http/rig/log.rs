//! What every site logs: at TRACE, by every crate, and the messages of panics.

use std::{
    io, panic,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
};

use aho_corasick::AhoCorasick;
use tracing::level_filters::LevelFilter;

use super::Token;

/// One for all tests of the process.
static LOG: LazyLock<Log> = LazyLock::new(Log::begin);

/// The sessions at whose sign-out the log panics, once, by the first characters of their ids.
static UNSPEAKABLE: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn begin() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber)
            .expect("nobody else in this process collects logs");
        let (panicked, default) = (log.clone(), panic::take_hook());
        panic::set_hook(Box::new(move |info| {
            panicked.lock().extend(info.to_string().bytes());
            default(info);
        }));
        log
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        panic_if_unspeakable(bytes);
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The subscriber panics, instead of the line, when this session is signed out.
pub(crate) fn panic_at_sign_out_of(token: &Token) {
    let mut unspeakable = UNSPEAKABLE.lock().unwrap_or_else(PoisonError::into_inner);
    unspeakable.push(token.id()[..8].to_owned());
}

fn panic_if_unspeakable(line: &[u8]) {
    if !line.windows(10).any(|word| word == b"signed out") {
        return;
    }
    let line = String::from_utf8_lossy(line);
    let mut unspeakable = UNSPEAKABLE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = unspeakable.len();
    unspeakable.retain(|sid| !line.contains(sid));
    let panics = unspeakable.len() < before;
    drop(unspeakable);
    assert!(!panics, "the log's own");
}

/// A part of the log: from where it was begun to its end.
#[derive(Clone, Copy)]
pub(crate) struct LogFrom(usize);

impl LogFrom {
    pub(crate) fn now() -> Self {
        Self(LOG.lock().len())
    }

    /// With what other tests log at the same time.
    pub(crate) fn text(self) -> String {
        String::from_utf8_lossy(&LOG.lock()[self.0..]).into_owned()
    }

    /// N-01: no secret, no hash of one, in no form, and no whole token, whoever's it is.
    pub(crate) fn tells_no_secret_of<'a>(self, tokens: impl Iterator<Item = &'a Token>) {
        let text = self.text();
        assert_eq!(token_shapes(&text), [""; 0], "a whole token in the log");
        let forms: Vec<_> = tokens.flat_map(Token::unspeakable).collect();
        let secrets = AhoCorasick::new(&forms).expect("not too many");
        if let Some(found) = secrets.find(&text) {
            panic!(
                "a secret or its hash in the log, as {}",
                &text[found.range()]
            );
        }
    }
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
