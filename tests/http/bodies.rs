//! Bodies that come late, in part, or never.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, time::timeout};

use crate::rig::{ADA, BOB, Site, Token, eventually, on_every_server};

/// A sign-in by `POST /signs-in-with`, up to its body, of which so many octets are announced.
fn announced(site: &Site, token: &Token, octets: usize) -> Vec<u8> {
    let length = octets.to_string();
    let whole = site.post("/signs-in-with").session(token).bytes();
    let head = String::from_utf8(whole).expect("the rig's own head");
    head.replace("Content-Length: 0", &format!("Content-Length: {length}"))
        .into_bytes()
}

/// Waits until the store is asked nothing more.
async fn comes_to_rest(site: &Site) {
    let mut before = site.store.calls().total();
    eventually("the store is asked nothing more", async || {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = site.store.calls().total();
        std::mem::replace(&mut before, now) == now
    })
    .await;
}

on_every_server! {
    /// Anonymous, or of another site: the answer does not wait for a body.
    async fn p_01_a_refusal_does_not_wait_for_the_body(site: Site) {
        let head = |target: &str, fetch_site: &str| {
            format!(
                "POST {target} HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: {fetch_site}\r\n\
                 Content-Length: 1000000\r\n\r\n",
                site.address
            )
        };
        for (target, fetch_site, status) in [
            ("/upload", "same-origin", 401),
            ("/upload", "cross-site", 403),
            ("/signs-in-with", "cross-site", 403),
        ] {
            let reply = site.send(head(target, fetch_site).as_bytes()).await;
            assert_eq!(reply.status, status, "{target} from {fetch_site}");
        }
        assert_eq!(site.store.calls().total(), 0);
        assert_eq!(site.stage.extracted(), 0);
    }

    /// What was refused unread is not taken for the next request.
    async fn a_refused_upload_leaves_the_connection_in_order(site: Site) {
        let mut connection = site.keep_alive().await;
        for _ in 0..3 {
            let upload = site.post("/upload").body("text/plain", "GET /public HTTP/1.1\r\n\r\n");
            let refused = connection.send(upload).await;
            assert_eq!(refused.status, 401);
            if site.framework.closes_after_an_unread_body() {
                assert_eq!(refused.header("connection"), Some("close"));
                connection = site.keep_alive().await;
            }
            let next = connection.send(site.get("/whoami")).await;
            assert_eq!(next.status, 401);
            assert_eq!(connection.send(site.get("/public")).await.text(), "for everyone");
        }
    }

    /// The handler is reached, its body never is.
    async fn p_01_a_body_that_never_comes_signs_nobody_in(site: Site) {
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        site.store.reset();
        for sent in [b"".as_slice(), b"01234"] {
            let before = site.stage.extracted();
            let mut socket = site.connect().await;
            let bytes = [announced(&site, &token, 10).as_slice(), sent].concat();
            socket.write_all(&bytes).await.expect("the site reads");
            eventually("the body is waited for", async || site.stage.extracted() > before).await;
            drop(socket);
        }
        comes_to_rest(&site).await;
        assert_eq!(site.store.calls().writes(), 0);
        assert_eq!((site.whoami(&token).await, site.rows().await), (200, rows));
        let bob = site.log_in(BOB).await;
        assert_eq!(site.whoami(&bob).await, 200, "the site goes on");
    }

    /// The client hangs up after any number of octets; only the whole request signs in.
    async fn p_01_no_part_of_a_request_signs_in(site: Site) {
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        let whole = [announced(&site, &token, 10).as_slice(), b"0123456789"].concat();
        site.store.reset();
        for cut in (0..whole.len()).step_by(5).chain([whole.len() - 1]) {
            let mut socket = site.connect().await;
            socket.write_all(&whole[..cut]).await.expect("the site reads");
            socket.shutdown().await.expect("an open socket");
        }
        comes_to_rest(&site).await;
        assert_eq!(site.store.calls().writes(), 0);
        assert_eq!((site.whoami(&token).await, site.rows().await), (200, rows));

        let reply = site.send(&whole).await;
        assert_eq!((reply.status, reply.text()), (200, "10 bytes"));
        let bob = reply.our_cookie().expect("signed in").token();
        assert_eq!((site.whoami(&token).await, site.whoami(&bob).await), (401, 200));
    }

    /// In mid-handler, with half of a body that the handler does not read.
    async fn p_01_a_client_that_hangs_up_in_an_unread_body_changes_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        let head = site.post("/never-ends").session(&token).bytes();
        let head = String::from_utf8(head).expect("the rig's own head");
        let half = head.replace("Content-Length: 0", "Content-Length: 10") + "01234";
        site.store.reset();
        let mut socket = site.connect().await;
        socket.write_all(half.as_bytes()).await.expect("the site reads");
        site.stage.begun.notified().await;
        drop(socket);
        if site.framework.watches_an_unread_body() {
            let dropped = timeout(Duration::from_secs(10), site.stage.dropped.notified()).await;
            dropped.expect("the server drops the handler of a client that is gone");
        }
        comes_to_rest(&site).await;
        assert_eq!(site.store.calls().writes(), 0);
        assert_eq!((site.whoami(&token).await, site.rows().await), (200, rows));
    }
}
