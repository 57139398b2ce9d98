//! Who may sign in and stay signed in, as `AuthBuilder::admits` says (E-10).
//!
//! Administrators are admitted: Ada, and Bob as long as he is one.

use std::time::Duration;

use locals::{Auth, Error, StoreError};

use crate::rig::{
    ADA, Account, BOB, EVE, OF_EVERY_KIND, Server, Settings, Site, Token, on_every_server,
};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

fn is_admin(account: &Account) -> bool {
    account.admin
}

async fn site(server: Server) -> Site {
    let settings = Settings {
        admits: Some(is_admin),
        login_path: Some("/login"),
        ..Settings::default()
    };
    let site = Site::with(server, settings).await;
    site.set_admin(BOB, true);
    site
}

/// The eager handler and `sessions_only` let everybody in, and say whom they have seen.
async fn opens(site: &Site, token: &Token, status: u16) {
    for target in OF_EVERY_KIND {
        let reply = site.get(target).session(token).send().await;
        assert_eq!(reply.status, status, "{target}");
        assert_eq!(reply.set_cookies().len(), 0, "{target}");
    }
    let eager = site.get("/eager").session(token).send().await;
    assert_eq!(eager.text() != "nobody", status == 200, "{}", eager.text());
    let ids: Auth = site.auth.sessions_only();
    let found = ids.validate_session(&token.0).await;
    assert_eq!(found.expect("a healthy store").is_some(), status == 200);
}

on_every_server! {
    async fn e_10_who_is_admitted_no_more_is_out_at_the_next_request(server: Server) {
        let site = site(server).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        opens(&site, &bob, 200).await;
        site.set_admin(BOB, false);
        opens(&site, &bob, 401).await;
        opens(&site, &ada, 200).await;
    }

    async fn e_10_who_is_admitted_no_more_is_sent_to_the_login_page(server: Server) {
        let site = site(server).await;
        let bob = site.log_in(BOB).await;
        site.set_admin(BOB, false);
        for (target, to) in [
            ("/account", "/login?next=%2Faccount"),
            ("/behind/report", "/enter?next=%2Fbehind%2Freport"),
        ] {
            let page = site.get(target).header("Accept", "text/html").session(&bob);
            let page = page.send().await;
            assert_eq!((page.status, page.header("location")), (303, Some(to)));
        }
    }

    /// Nothing was deleted, and nothing renewed meanwhile.
    async fn e_10_who_is_admitted_again_goes_on_with_the_old_session(server: Server) {
        let site = site(server).await;
        let bob = site.log_in(BOB).await;
        site.clock.advance(ACTIVE);
        site.set_admin(BOB, false);
        opens(&site, &bob, 401).await;
        assert_eq!(site.rows().await, 1);
        site.set_admin(BOB, true);
        let reply = site.get("/whoami").session(&bob).send().await;
        assert_eq!((reply.status, reply.text()), (200, "bob@example.com"));
        assert_eq!(reply.our_cookie().expect("renewed only now").token(), bob);
        opens(&site, &bob, 200).await;
    }

    /// Whatever session the browser comes with, it is as it was.
    async fn e_10_nobody_signs_in_who_is_not_admitted(server: Server) {
        let site = site(server).await;
        let ada = site.log_in(ADA).await;
        let text = if site.framework.refusals_have_a_text() { "Not allowed.\n" } else { "" };
        for request in [site.post("/login?u=3"), site.post("/login?u=3").session(&ada)] {
            let refused = request.send().await;
            assert_eq!((refused.status, refused.text()), (403, text));
            assert_eq!(refused.set_cookies().len(), 0);
        }
        let ids: Auth = site.auth.sessions_only();
        for made in [site.auth.create_session(EVE).await, ids.create_session(EVE).await] {
            assert!(matches!(made, Err(Error::Store(StoreError::NotAdmitted))), "{made:?}");
        }
        assert_eq!(site.rows().await, 1);
        opens(&site, &ada, 200).await;
        let unknown = site.post("/login?u=404").send().await;
        assert_eq!(unknown.status, 401, "who is not there is not refused as Eve is");

        site.set_admin(EVE, true);
        let eve = site.log_in(EVE).await;
        opens(&site, &eve, 200).await;
    }

    async fn e_10_who_is_not_admitted_can_still_sign_out(server: Server) {
        let site = site(server).await;
        let bob = site.log_in(BOB).await;
        site.set_admin(BOB, false);
        let reply = site.post("/logout").session(&bob).send().await;
        assert_eq!((reply.status, reply.text()), (200, "signed out"));
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(site.rows().await, 0);
        site.set_admin(BOB, true);
        opens(&site, &bob, 401).await;
    }
}
