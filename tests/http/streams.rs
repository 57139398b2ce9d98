//! WebSocket and server-sent events: connections that outlive their request, on axum and actix-web.
//!
//! Their handlers are those of the documentation, but for the time between two events.

use std::time::Duration;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::rig::{ADA, Reply, RequestTo, Site, Token, on_every_store};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const PATIENCE: Duration = Duration::from_secs(10);

fn handshake<'site>(site: &'site Site, fetch_site: &str) -> RequestTo<'site> {
    site.get("/socket")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-Fetch-Site", fetch_site)
        .upgrade()
}

/// A text of at most 125 bytes, masked with zeros (RFC 6455 §5.2).
fn frame(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("a short text");
    let head = [0x81, 0x80 | length, 0, 0, 0, 0];
    [&head, text.as_bytes()].concat()
}

/// The text of the next frame; `None` when the server closes.
async fn text(socket: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = [0; 2];
    socket.read_exact(&mut head).await.ok()?;
    let mut payload = vec![0; usize::from(head[1])];
    socket.read_exact(&mut payload).await.ok()?;
    (head[0] == 0x81).then(|| String::from_utf8(payload).expect("a text"))
}

/// Says something and waits for the answer.
async fn echo(socket: &mut BufReader<TcpStream>, said: &str) -> Option<String> {
    let exchange = async {
        socket.get_mut().write_all(&frame(said)).await.ok()?;
        text(socket).await
    };
    let answer = timeout(PATIENCE, exchange).await;
    answer.expect("an answer, or the end, within ten seconds")
}

async fn end_all(site: &Site) {
    let ended = site.auth.invalidate_user_sessions(ADA).await;
    assert!(ended.expect("a healthy store") > 0);
}

async fn socket(site: &Site, token: &Token) -> (Reply, BufReader<TcpStream>) {
    let request = handshake(site, "same-origin").session(token);
    let (reply, socket) = site.begin(request).await;
    assert_eq!(reply.status, 101, "{reply:?}");
    (reply, socket)
}

macro_rules! streams {
    ($framework:ident) => {
        on_every_store! {
            on $framework;

            async fn the_answer_to_a_handshake_carries_the_cookie(site: Site) {
                let token = site.log_in(ADA).await;
                site.clock.advance(ACTIVE);
                let (reply, mut socket) = socket(&site, &token).await;
                assert_eq!(reply.our_cookie().expect("it was renewed").token(), token);
                assert_eq!(reply.header("cache-control"), Some("no-store"));
                assert_eq!(echo(&mut socket, "hello").await.as_deref(), Some("hello"));
            }

            async fn f_11_a_socket_of_another_site_is_refused(site: Site) {
                let token = site.log_in(ADA).await;
                site.store.reset();
                for fetch_site in ["cross-site", "same-site"] {
                    let refused = handshake(&site, fetch_site).session(&token).send().await;
                    assert_eq!(refused.status, 403, "{fetch_site}");
                }
                assert_eq!(site.store.calls().total(), 0);
                let anonymous = handshake(&site, "same-origin").send().await;
                assert_eq!(anonymous.status, 401);
            }

            async fn a_socket_ends_with_its_session(site: Site) {
                let token = site.log_in(ADA).await;
                let (_, mut socket) = socket(&site, &token).await;
                for said in ["one", "two"] {
                    assert_eq!(echo(&mut socket, said).await.as_deref(), Some(said));
                }
                end_all(&site).await;
                assert_eq!(echo(&mut socket, "three").await, None);
            }

            /// Nor does an open connection keep anybody signed in.
            async fn a_stream_of_events_ends_with_its_session(site: Site) {
                let token = site.log_in(ADA).await;
                site.clock.advance(ACTIVE);
                let (head, mut events) = site.begin(site.get("/events").session(&token)).await;
                assert_eq!(head.status, 200);
                assert_eq!(head.header("content-type"), Some("text/event-stream"));
                assert_eq!(head.our_cookie().expect("it was renewed").token(), token);

                let mut line = String::new();
                while !line.contains("data: tick") {
                    line.clear();
                    events.read_line(&mut line).await.expect("the next line");
                }
                end_all(&site).await;
                let mut rest = Vec::new();
                let end = timeout(PATIENCE, events.read_to_end(&mut rest)).await;
                end.expect("the end within ten seconds").expect("a clean end");
            }

            async fn a_stream_of_events_renews_nothing(site: Site) {
                let token = site.log_in(ADA).await;
                let (_, mut events) = site.begin(site.get("/events").session(&token)).await;
                site.clock.advance(ACTIVE);
                let mut line = String::new();
                for _ in 0..10 {
                    events.read_line(&mut line).await.expect("the next line");
                }
                assert!(line.matches("data: tick").count() >= 2, "{line}");
                site.clock.advance(14 * ACTIVE);
                let mut rest = Vec::new();
                let end = timeout(PATIENCE, events.read_to_end(&mut rest)).await;
                end.expect("the end within ten seconds").expect("a clean end");
                assert_eq!(site.whoami(&token).await, 401);
            }

            async fn a_stream_of_events_breaks_off_when_the_store_cannot_say(site: Site) {
                let token = site.log_in(ADA).await;
                let (_, mut events) = site.begin(site.get("/events").session(&token)).await;
                site.store.fail();
                let mut rest = Vec::new();
                let end = timeout(PATIENCE, events.read_to_end(&mut rest)).await;
                assert!(end.is_ok(), "within ten seconds");
                assert!(!rest.ends_with(b"0\r\n\r\n"), "broken off, not ended");
                site.store.heal();
                assert_eq!(site.whoami(&token).await, 200);
            }
        }
    };
}

#[cfg(feature = "axum")]
mod on_axum {
    use super::*;
    streams!(Axum);
}

#[cfg(feature = "actix-web")]
mod on_actix {
    use super::*;
    streams!(Actix);
}
