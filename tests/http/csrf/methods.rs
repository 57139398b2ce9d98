//! A GET that is more than a GET.

use super::EVIL;
use crate::rig::{ADA, Site, on_every_server};

on_every_server! {
    /// A middleware outside of the handler makes a POST of a GET: the check goes by what the
    /// handler will do.
    async fn f_10_an_overridden_method_is_checked_as_what_it_became(site: Site) {
        let token = site.log_in(ADA).await;
        let get = |fetch_site: &str| {
            site.get("/transfer").session(&token).header("Sec-Fetch-Site", fetch_site)
        };
        let overridden =
            |fetch_site: &str| get(fetch_site).header("X-HTTP-Method-Override", "POST");
        assert_eq!(get("cross-site").send().await.text(), "GET");
        assert_eq!(overridden("same-origin").send().await.text(), "POST");
        assert_eq!(overridden("cross-site").send().await.status, 403);
        let bare = site.get("/transfer").session(&token).header("X-HTTP-Method-Override", "POST");
        assert_eq!(bare.send().await.status, 403, "a cookie, and no word of where it comes from");
    }

    /// Cross-site WebSocket hijacking: the handshake is a GET, and the cookie comes with it.
    async fn f_11_a_handshake_from_another_site_is_refused(site: Site) {
        let token = site.log_in(ADA).await;
        let host = site.address;
        let handshake = async |upgrade: &str, more: &str| {
            let bytes = format!(
                "GET /public HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n\
                 Upgrade: {upgrade}\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
            );
            site.send(bytes.as_bytes()).await.status
        };
        let cookie = format!("Cookie: __Host-session={}\r\n", token.0);
        let foreign = format!("Origin: {EVIL}\r\n");
        site.store.reset();
        for upgrade in [
            "websocket",
            "WebSocket",
            "WEBSOCKET",
            "h2c, websocket",
            "websocket/13",
            "WebSocket/13",
            "foo, websocket/13",
            "foo/1,WebSocket/13,bar",
            "h2c\r\nUpgrade: websocket/13",
            "xwebsocket",
        ] {
            for cookie in ["", &cookie] {
                let evil = format!("{cookie}{foreign}");
                assert_eq!(handshake(upgrade, &evil).await, 403, "{upgrade}");
                let own = format!("{cookie}Origin: http://{host}\r\n");
                assert_eq!(handshake(upgrade, &own).await, 200, "{upgrade}");
            }
            let sibling = format!("{cookie}Sec-Fetch-Site: same-site\r\n");
            assert_eq!(handshake(upgrade, &sibling).await, 403, "{upgrade}");
            assert_eq!(handshake(upgrade, &cookie).await, 403, "{upgrade} that says nothing");
        }
        for upgrade in ["h2c", "foo/13", "h2c, foo"] {
            for cookie in ["", &cookie] {
                let foreign = format!("{cookie}{foreign}");
                assert_eq!(handshake(upgrade, &foreign).await, 200, "{upgrade}: no WebSocket");
            }
        }
        assert_eq!(site.store.calls().total(), 0);
    }
}
