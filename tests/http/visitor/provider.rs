//! An identity provider that the test runs, and the application's side of it: OAuth 2.0 with a state and
//! PKCE (RFC 6749, RFC 7636), and no more of it than a sign-in needs.

use std::{collections::HashMap, io, net::SocketAddr};

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::rig::ADA;

/// A running provider, to which everybody is Ada. It ends with the value.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    _serving: JoinSet<()>,
}

/// The query of the page where the user agrees.
#[derive(Deserialize, Serialize)]
struct Authorize {
    response_type: String,
    redirect_uri: String,
    state: String,
    code_challenge: String,
    code_challenge_method: String,
}

/// The query that the browser comes back with.
#[derive(Serialize)]
struct Authorized<'a> {
    code: &'a str,
    state: &'a str,
}

#[derive(Deserialize, Serialize)]
struct Redeem {
    grant_type: String,
    code: String,
    code_verifier: String,
}

#[derive(Deserialize, Serialize)]
struct Grant {
    sub: i64,
}

/// The challenge of each code that nobody has redeemed.
type Granted = HashMap<String, String>;

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut granted = Granted::new();
            while let Ok((stream, _)) = listener.accept().await {
                // One after the other; a client that hangs up is its own loss.
                let _ = answer(BufReader::new(stream), &mut granted).await;
            }
        });
        Self {
            address,
            _serving: serving,
        }
    }
}

async fn answer(mut stream: BufReader<TcpStream>, granted: &mut Granted) -> io::Result<()> {
    let mut request = String::new();
    stream.read_line(&mut request).await?;
    let mut length = 0_usize;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0_u8; length];
    stream.read_exact(&mut body).await?;

    let mut words = request.split(' ');
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let reply = match (method, path) {
        ("GET", "/authorize") => authorize(form(query.as_bytes()), granted),
        ("POST", "/token") => grant(&form(&body), granted),
        _ => reply("404 Not Found", "", ""),
    };
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

fn form<T: DeserializeOwned>(octets: &[u8]) -> T {
    serde_urlencoded::from_bytes(octets).expect("what the application sends")
}

fn reply(status: &str, fields: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The user agrees, and goes back with a code.
fn authorize(asked: Authorize, granted: &mut Granted) -> String {
    assert_eq!(asked.response_type, "code");
    assert_eq!(asked.code_challenge_method, "S256");
    let code = random();
    let query = serde_urlencoded::to_string(Authorized {
        code: &code,
        state: &asked.state,
    });
    let query = query.expect("plain text");
    granted.insert(code, asked.code_challenge);
    let location = format!("Location: {}?{query}\r\n", asked.redirect_uri);
    reply("303 See Other", &location, "")
}

/// A code counts once, and for whoever began.
fn grant(asked: &Redeem, granted: &mut Granted) -> String {
    let challenged = granted.remove(&asked.code);
    if challenged != Some(challenge(&asked.code_verifier)) {
        return reply("400 Bad Request", "", r#"{"error":"invalid_grant"}"#);
    }
    let grant = serde_json::to_string(&Grant { sub: ADA }).expect("plain data");
    reply("200 OK", "Content-Type: application/json\r\n", &grant)
}

fn challenge(verifier: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(verifier.as_bytes()).into();
    BASE64URL_NOPAD.encode(&hash)
}

/// A state, a verifier or a code. An application asks the operating system for it.
pub(crate) fn random() -> String {
    let mut octets = [0; 32];
    fastrand::fill(&mut octets);
    BASE64URL_NOPAD.encode(&octets)
}

/// The page of the provider to which the application sends the browser.
pub(crate) fn page(provider: &str, back: &str, state: &str, verifier: &str) -> String {
    let query = serde_urlencoded::to_string(Authorize {
        response_type: "code".to_owned(),
        redirect_uri: back.to_owned(),
        state: state.to_owned(),
        code_challenge: challenge(verifier),
        code_challenge_method: "S256".to_owned(),
    });
    format!("http://{provider}/authorize?{}", query.expect("plain text"))
}

/// Asks the provider whose code this is.
pub(crate) async fn redeem(provider: &str, code: &str, verifier: &str) -> Option<i64> {
    let body = serde_urlencoded::to_string(Redeem {
        grant_type: "authorization_code".to_owned(),
        code: code.to_owned(),
        code_verifier: verifier.to_owned(),
    });
    let body = body.expect("plain text");
    let length = body.len();
    let request = format!(
        "POST /token HTTP/1.1\r\nHost: {provider}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(provider).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.ok()?;
    let (head, body) = reply.split_once("\r\n\r\n")?;
    let grant = head.starts_with("HTTP/1.1 200 ").then_some(body)?;
    let grant = serde_json::from_str::<Grant>(grant);
    grant.ok().map(|Grant { sub }| sub)
}
