//! What a handler without a library takes: one that does nothing, and those that do a part of what is needed, or all of
//! it by hand.

use super::{Account, BARE, Contender, EMAIL};
use axum::{
    Router,
    extract::{FromRequestParts, Request, State},
    response::{AppendHeaders, IntoResponse, Response},
    routing::get,
};
use cookie::Cookie;
use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, RwLock},
    time::{Duration, SystemTime},
};
use subtle::ConstantTimeEq;

const NAME: &str = "__Host-session";

type Id = [u8; 16];
type Secret = [u8; 32];

struct Session {
    secret_hash: [u8; 32],
    expires_at: SystemTime,
    user: i64,
}

type Sessions = Arc<RwLock<HashMap<Id, Session>>>;

pub fn all() -> [Contender; 4] {
    [bare(), one_extractor(), cookies_parsed(), by_hand()]
}

fn bare() -> Contender {
    let app = Router::new().route("/", get(|| async { EMAIL.to_owned() }));
    contender(BARE, app, &unknown())
}

/// What an application would write into one handler, with our hash, our comparison and our headers.
fn by_hand() -> Contender {
    let (id, secret): (Id, Secret) = ([7; 16], [8; 32]);
    let session = Session {
        secret_hash: Sha256::digest(secret).into(),
        expires_at: SystemTime::now() + Duration::from_secs(24 * 60 * 60),
        user: 1,
    };
    let sessions = Sessions::new(RwLock::new(HashMap::from([(id, session)])));
    let token = BASE64URL_NOPAD.encode(&[&id[..], &secret[..]].concat());
    let app = Router::new().route("/", get(page)).with_state(sessions);
    contender(
        "by hand in one handler, memory, user",
        app,
        &format!("{NAME}={token}"),
    )
}

async fn page(State(sessions): State<Sessions>, request: Request) -> Response {
    let Some(account) = account(&sessions, request.headers()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let headers = [
        (header::VARY, HeaderValue::from_static("Cookie")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private")),
    ];
    (AppendHeaders(headers), account.email).into_response()
}

fn account(sessions: &Sessions, headers: &HeaderMap) -> Option<Account> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let token = pairs.find_map(|pair| {
        let value = pair.trim_ascii_start().strip_prefix(NAME.as_bytes())?;
        value.strip_prefix(b"=")
    })?;
    let mut bytes = [0; 48];
    let length = BASE64URL_NOPAD.decode_mut(token, &mut bytes).ok()?;
    let (id, secret) = bytes[..length].split_first_chunk()?;
    let presented: [u8; 32] = Sha256::digest(secret).into();
    let sessions = sessions.read().expect("nobody has panicked");
    let session: &Session = sessions.get(id)?;
    let is_open = session.secret_hash[..].ct_eq(&presented).into();
    (is_open && SystemTime::now() < session.expires_at && session.user == 1).then(Account::ada)
}

/// Takes nothing out of its request.
fn one_extractor() -> Contender {
    let app = Router::new().route("/", get(|_: Nothing| async { EMAIL.to_owned() }));
    contender("axum handler with one extractor", app, &unknown())
}

struct Nothing;

impl<S: Sync> FromRequestParts<S> for Nothing {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// Reads every cookie of its request.
fn cookies_parsed() -> Contender {
    let app = Router::new().route("/", get(count));
    contender("axum handler that parses its cookies", app, &unknown())
}

async fn count(request: Request) -> String {
    let lines = request.headers().get_all(header::COOKIE).iter();
    let texts = lines.filter_map(|line| line.to_str().ok());
    let cookies = texts.flat_map(Cookie::split_parse).filter_map(Result::ok);
    assert_eq!(cookies.count(), 1);
    EMAIL.to_owned()
}

/// As long as ours, so that only what is done with it makes the difference.
fn unknown() -> String {
    format!("unknown={}", "x".repeat(73))
}

fn contender(name: &'static str, app: Router, cookie: &str) -> Contender {
    Contender {
        name,
        app,
        cookie: Some(HeaderValue::try_from(cookie).expect("text")),
        body: EMAIL.len(),
    }
}
