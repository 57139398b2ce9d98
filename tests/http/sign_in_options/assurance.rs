//! How the user proved who they are (D-22).

use locals::Renewal;

use super::{DAY, SECOND, changed, is_refused, renewed, sign_in, text};
use crate::rig::{ADA, Server, Settings, Site, on_every_server};

on_every_server! {
    async fn d_22_how_the_user_signed_in_is_kept(server: Server) {
        for renewal in [Renewal::InPlace, Renewal::Rotate { grace: SECOND }] {
            let settings = Settings { renewal: Some(renewal), ..Settings::default() };
            let site = Site::with(server, settings).await;
            for how in ["pwd", "mfa", "passkey", "16 bytes of text", "x", "h\u{e9}h\u{e9}h\u{e9}"] {
                let encoded = how.replace(' ', "%20").replace('\u{e9}', "%C3%A9");
                let mut token = sign_in(&site, &format!("u=1&assurance={encoded}")).await;
                assert_eq!(text(&site, "/how", &token).await, how);
                token = renewed(&site, &token).await;
                assert_eq!(text(&site, "/how", &token).await, how, "after a renewal");
                for target in ["/sudo", "/reauthenticate"] {
                    token = changed(&site, target, &token).await;
                    assert_eq!(text(&site, "/how", &token).await, how, "{target}");
                }
                token = renewed(&site, &token).await;
                let found = site.auth.validate_session(&token.0).await.expect("a healthy store");
                assert_eq!(found.expect("in use").assurance(), Some(how));
            }
        }
    }

    /// It is of one sign-in: the next says for itself, a step up too.
    async fn d_22_each_sign_in_says_for_itself(site: Site) {
        let first = sign_in(&site, "u=1&assurance=pwd").await;
        let second = changed(&site, "/sign-in-with?u=1&assurance=mfa", &first).await;
        assert_eq!(text(&site, "/how", &second).await, "mfa");
        assert_eq!(site.whoami(&first).await, 401);
        let third = changed(&site, "/login?u=1", &second).await;
        assert_eq!(text(&site, "/how", &third).await, "not said");
        site.clock.advance(DAY);
        assert_eq!(text(&site, "/how", &third).await, "not said");
    }

    async fn d_22_the_server_api_says_it_too(site: Site) {
        let session = site.auth.create_session(ADA).assurance("passkey").await;
        let session = session.expect("a healthy store");
        assert_eq!(session.assurance(), Some("passkey"));
        let found = site.auth.validate_session(session.token()).await;
        assert_eq!(found.expect("a healthy store").expect("new").assurance(), Some("passkey"));
    }

    /// A value that is cut off would name something else.
    async fn d_22_what_cannot_be_kept_is_refused(site: Site) {
        for wrong in [
            "",
            "exactly-17-bytes!",
            "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9",
            "m%0Afa",
            "mfa%00",
            "%1Bmfa",
            "m%7Ffa",
            "m%C2%85fa",
        ] {
            is_refused(&site, &format!("u=1&assurance={wrong}")).await;
        }
    }
}
