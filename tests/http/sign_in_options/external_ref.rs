//! Sessions that are ended by a name from outside: the back-channel logout of OpenID Connect (E-09).

use locals::{Error, Renewal, StoreError};

use super::{SECOND, changed, is_refused, renewed, sign_in, text};
use crate::rig::{ADA, Server, Settings, Site, Token, on_every_server};

async fn end(site: &Site, name: &str) -> u64 {
    let ended = site.auth.invalidate_by_external_ref(name).await;
    ended.expect("a healthy store")
}

/// Whether nobody is found by a name: a store that cannot look for it says so.
async fn finds_nobody(site: &Site) -> bool {
    let asked = site.auth.invalidate_by_external_ref("nobody's").await;
    let is_unsupported = matches!(asked, Err(Error::Store(StoreError::Unsupported(_))));
    assert_eq!(is_unsupported, !site.has_sessions_table(), "{asked:?}");
    is_unsupported
}

/// What `/whoami` says to each.
async fn statuses(site: &Site, tokens: &[Token]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for token in tokens {
        statuses.push(site.whoami(token).await);
    }
    statuses
}

on_every_server! {
    async fn e_09_a_name_from_outside_ends_exactly_its_sessions(site: Site) {
        if finds_nobody(&site).await {
            return;
        }
        let mut tokens = Vec::new();
        for options in [
            "u=1&external_ref=sid-1",
            "u=1&external_ref=sid-1",
            "u=2&external_ref=sid-1",
            "u=1&external_ref=sid-2",
            "u=3&external_ref=sid-10",
            "u=1&external_ref=SID-1",
            "u=1&external_ref=sid-1%20",
            "u=1",
        ] {
            tokens.push(sign_in(&site, options).await);
        }
        assert_eq!(text(&site, "/outside", &tokens[2]).await, "sid-1");
        assert_eq!(text(&site, "/outside", &tokens[7]).await, "not said");
        site.told.take();
        for unknown in ["sid", "sid-%", "sid-_", "", " sid-1", "sid-1\0", "' OR 1 --"] {
            assert_eq!(end(&site, unknown).await, 0, "{unknown:?}");
        }
        assert_eq!(site.told.take(), [""; 0], "nothing has ended");
        assert_eq!(end(&site, "sid-1").await, 3);
        assert_eq!(site.told.take(), ["ended 3 by application"]);
        let left = statuses(&site, &tokens).await;
        assert_eq!(left, [401, 401, 401, 200, 200, 200, 200, 200]);
        assert_eq!(end(&site, "sid-1").await, 0, "again");
        assert_eq!(site.rows().await, 5);
    }

    async fn e_09_the_name_is_the_session_s_as_long_as_it_lives(server: Server) {
        for renewal in [Renewal::InPlace, Renewal::Rotate { grace: SECOND }] {
            let settings = Settings { renewal: Some(renewal), ..Settings::default() };
            let site = Site::with(server, settings).await;
            let mut token = sign_in(&site, "u=1&external_ref=sid-1").await;
            token = renewed(&site, &token).await;
            token = changed(&site, "/sudo", &token).await;
            token = renewed(&site, &token).await;
            assert_eq!(text(&site, "/outside", &token).await, "sid-1");
            if finds_nobody(&site).await {
                continue;
            }
            assert_eq!(end(&site, "sid-1").await, 1);
            assert_eq!(site.whoami(&token).await, 401);
        }
    }

    /// A later sign-in of the same provider's session has the name too, and one without has none.
    async fn e_09_a_sign_in_inherits_no_name(site: Site) {
        if finds_nobody(&site).await {
            return;
        }
        let first = sign_in(&site, "u=1&external_ref=sid-1").await;
        let second = changed(&site, "/login?u=1", &first).await;
        assert_eq!(end(&site, "sid-1").await, 0);
        assert_eq!(site.whoami(&second).await, 200);
    }

    async fn e_09_a_name_of_255_bytes_will_do(site: Site) {
        if finds_nobody(&site).await {
            return;
        }
        let name = "s".repeat(255);
        let token = sign_in(&site, &format!("u=1&external_ref={name}")).await;
        assert_eq!(end(&site, &"s".repeat(254)).await, 0);
        assert_eq!(end(&site, &"s".repeat(256)).await, 0);
        assert_eq!(end(&site, &name).await, 1);
        assert_eq!(site.whoami(&token).await, 401);
    }

    async fn e_09_a_name_that_cannot_be_kept_is_refused(site: Site) {
        let (long, wide) = ("s".repeat(256), format!("{}%C3%A9", "s".repeat(254)));
        for wrong in ["", long.as_str(), wide.as_str(), "sid%0A1", "%00", "sid%C2%85"] {
            is_refused(&site, &format!("u=1&external_ref={wrong}")).await;
        }
    }

    /// Whoever asks, on whichever server: the row is gone.
    async fn e_09_another_server_ends_it_too(site: Site) {
        if finds_nobody(&site).await {
            return;
        }
        let token = sign_in(&site, "u=1&external_ref=sid-1").await;
        let node = site.node(Settings::default(), &site.clock).await;
        let ended = node.auth.invalidate_by_external_ref("sid-1").await;
        assert_eq!(ended.expect("a healthy store"), 1);
        assert_eq!(site.whoami(&token).await, 401);
    }

    async fn e_03_an_end_by_name_that_failed_ends_nothing(site: Site) {
        if finds_nobody(&site).await {
            return;
        }
        let token = sign_in(&site, "u=1&external_ref=sid-1").await;
        site.store.fail();
        let failed = site.auth.invalidate_by_external_ref("sid-1").await;
        assert!(matches!(failed, Err(Error::Store(StoreError::Unavailable(_)))), "{failed:?}");
        site.store.heal();
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(end(&site, "sid-1").await, 1);
        let list = site.auth.list_sessions(ADA).await.expect("a healthy store");
        assert_eq!(list.len(), 0);
    }
}
