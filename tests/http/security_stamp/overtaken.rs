//! Sign-ins and rotations that are under way when the password changes.

use super::{listed, opens, settings, site, token_of};
use crate::rig::{ADA, BOB, PASSWORD, Reply, Server, Site, Token, on_every_server};

/// Signs Ada in by a handler that has checked her first password, and does something before it goes on.
async fn late_sign_in<T>(
    site: &Site,
    target: &str,
    meanwhile: impl Future<Output = T>,
) -> (Reply, T) {
    let password = PASSWORD.replace(' ', "%20");
    let target = format!("{target}?u={ADA}&password={password}");
    let (reply, done) = site.while_waiting(site.post(&target), meanwhile).await;
    assert_eq!((reply.status, reply.text()), (200, "signed in"), "{target}");
    (reply, done)
}

on_every_server! {
    /// The race: the old password was right when it was checked.
    async fn e_02_a_sign_in_with_the_old_password_is_dead_at_its_first_use(server: Server) {
        let site = site(server).await;
        let older = site.log_in(ADA).await;
        let meanwhile = async { site.set_password(ADA, "the second one") };
        let (reply, ()) = late_sign_in(&site, "/checks-then-signs-in", meanwhile).await;
        for token in [&token_of(&reply), &older] {
            opens(&site, token, false).await;
        }
        assert_eq!(listed(&site.auth, ADA).await, [""; 0]);
    }

    /// Nothing has changed meanwhile, or what has is no business of this user's sessions.
    async fn e_02_a_sign_in_that_nothing_overtook_is_good(server: Server) {
        let site = site(server).await;
        let meanwhile = async { site.set_password(BOB, "the second one") };
        let (reply, ()) = late_sign_in(&site, "/checks-then-signs-in", meanwhile).await;
        opens(&site, &token_of(&reply), true).await;
    }

    /// What `verified` is for: without it the stamp is read after the change.
    async fn e_02_a_sign_in_without_a_word_of_whom_it_checked_has_the_new_stamp(server: Server) {
        let site = site(server).await;
        let meanwhile = async { site.set_password(ADA, "the second one") };
        let (reply, ()) = late_sign_in(&site, "/signs-in-late", meanwhile).await;
        opens(&site, &token_of(&reply), true).await;
    }

    /// Whichever of two servers signs in, and whichever is asked then: as another process would.
    async fn e_02_a_password_changed_beside_another_server_counts_on_both(server: Server) {
        let site = site(server).await;
        let node = site.node(settings(), &site.clock).await;
        let of_node = node.auth.create_session(ADA).await.expect("a healthy store");
        let older = [site.log_in(ADA).await, Token::of(&of_node)];
        let status_at_node = async |token: &Token| {
            let request = site.get("/required").session(token);
            request.send_by(node.address).await.status
        };
        for token in &older {
            assert_eq!((site.whoami(token).await, status_at_node(token).await), (200, 200));
        }
        let meanwhile = async {
            site.set_password(ADA, "the second one");
            let reply = site.post("/login?u=1").send_by(node.address).await;
            token_of(&reply)
        };
        let (reply, newer) = late_sign_in(&site, "/checks-then-signs-in", meanwhile).await;
        for token in older.iter().chain([&token_of(&reply)]) {
            assert_eq!((site.whoami(token).await, status_at_node(token).await), (401, 401));
        }
        assert_eq!((site.whoami(&newer).await, status_at_node(&newer).await), (200, 200));
        for auth in [&site.auth, &node.auth] {
            assert_eq!(listed(auth, ADA).await, [newer.id()]);
        }
    }

    /// What was checked is the account as the server API had it.
    async fn e_02_the_server_api_is_told_whom_it_has_checked(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        let found = site.auth.validate_session_user(&token.0).await;
        let (_, checked) = found.expect("a healthy store").expect("signed in");
        let good = site.auth.create_session(ADA).verified(&checked).await;
        let good = Token::of(&good.expect("a healthy store"));
        opens(&site, &good, true).await;
        site.set_password(ADA, "the second one");
        let late = site.auth.create_session(ADA).verified(&checked).await;
        opens(&site, &Token::of(&late.expect("a healthy store")), false).await;
        opens(&site, &good, false).await;
    }

    /// A request that has loaded the session when the password changes may still rotate it: that brings
    /// nothing back.
    async fn e_02_a_rotation_that_the_change_overtook_brings_nothing_back(server: Server) {
        let site = site(server).await;
        for kind in ["lazy", "eager", "required"] {
            let token = site.log_in(ADA).await;
            let waits = site.post(&format!("/waits/{kind}/rotate")).session(&token);
            let meanwhile = async { site.set_password(ADA, kind) };
            let (reply, ()) = site.while_waiting(waits, meanwhile).await;
            assert_eq!(reply.status, 200, "{kind}");
            opens(&site, &token_of(&reply), false).await;
            opens(&site, &token, false).await;
        }
    }
}
