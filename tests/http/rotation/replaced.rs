//! What else ends a token or a session, while a renewal's old token is still about.

use super::{ACTIVE, GRACE, SECOND, alarms, ask, idle, promoted, renewed};
use crate::rig::{ADA, Reply, Server, Settings, Site, Token, on_every_server};

const ROTATIONS: [&str; 2] = ["/sudo", "/reauthenticate"];

/// How far the next token has taken the place of the former one.
const PHASES: [&str; 3] = ["pending", "in grace", "after the grace"];

/// A session in this phase: its former token and its present one.
async fn in_phase(server: Server, phase: &str) -> (Site, Token, Token) {
    if phase == "pending" {
        let (site, former) = idle(server).await;
        let next = renewed(&site, &former).await;
        site.told.take();
        return (site, former, next);
    }
    let (site, former, next) = promoted(server).await;
    if phase == "after the grace" {
        site.clock.advance(GRACE + SECOND);
    }
    (site, former, next)
}

async fn post(site: &Site, target: &str, token: &Token) -> Reply {
    let reply = site.post(target).session(token).send().await;
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    reply
}

fn removes(reply: &Reply) -> bool {
    let cookie = reply.our_cookie();
    cookie.is_some_and(|cookie| cookie.is_removal())
}

on_every_server! {
    /// At once and for good: a change of privileges knows no grace, and sounds no alarm.
    async fn d_02_an_explicit_rotation_ends_every_former_token_at_once(server: Server) {
        for target in ROTATIONS {
            for phase in PHASES {
                let (site, former, next) = in_phase(server, phase).await;
                let reply = post(&site, target, &next).await;
                let rotated = reply.our_cookie().expect("another token").token();
                for later in [SECOND, GRACE, ACTIVE / 2] {
                    for dead in [&former, &next] {
                        assert_eq!(ask(&site, dead).await, (401, None), "{target}, {phase}");
                    }
                    assert_eq!(ask(&site, &rotated).await, (200, None), "{target}, {phase}");
                    site.clock.advance(later);
                }
                assert_eq!(alarms(&site.told.take()), 0, "{target}, {phase}");
                assert_eq!(site.rows().await, 1);
            }
        }
    }

    /// A request under way may rotate too: it has the session, and one token comes of it.
    async fn d_02_a_former_token_that_still_works_can_rotate(server: Server) {
        for phase in ["pending", "in grace"] {
            let (site, former, next) = in_phase(server, phase).await;
            let reply = post(&site, "/sudo", &former).await;
            let rotated = reply.our_cookie().expect("another token").token();
            assert!(rotated != former && rotated != next, "{phase}");
            for dead in [&former, &next] {
                assert_eq!(ask(&site, dead).await, (401, None), "{phase}");
            }
            assert_eq!(ask(&site, &rotated).await, (200, None), "{phase}");
        }
    }

    /// Renewed and rotated by one request: the last word is the rotation's.
    async fn d_02_an_idle_session_is_rotated_once_more_by_the_handler(server: Server) {
        let (site, former) = idle(server).await;
        let reply = post(&site, "/sudo", &former).await;
        assert_eq!(reply.set_cookies().len(), 1);
        let rotated = reply.our_cookie().expect("another token").token();
        assert_eq!(site.told.take(), ["renewed", "rotated", "valid", "rotated"]);
        assert_eq!(ask(&site, &former).await, (401, None));
        assert_eq!(ask(&site, &rotated).await, (200, None));
    }

    /// The gate has renewed, and has the next token to send; its handler does something else with it.
    async fn d_02_behind_a_gate_that_renews_the_handler_has_the_last_word(server: Server) {
        for target in ["/behind/sudo", "/behind/reauthenticate", "/behind/login?u=1"] {
            let (site, former) = idle(server).await;
            let reply = post(&site, target, &former).await;
            assert_eq!(reply.set_cookies().len(), 1, "{target}");
            let last = reply.our_cookie().expect("another token").token();
            assert_eq!(ask(&site, &former).await, (401, None), "{target}");
            assert_eq!(ask(&site, &last).await, (200, None), "{target}");
            assert_eq!(site.rows().await, 1, "{target}");
        }
        let (site, former) = idle(server).await;
        let reply = post(&site, "/behind/logout", &former).await;
        assert!(reply.set_cookies().len() == 1 && removes(&reply));
        assert_eq!(ask(&site, &former).await, (401, None));
        assert_eq!(site.rows().await, 0);
    }

    /// An explicitly rotated session goes on as any other.
    async fn d_07_a_rotated_session_is_renewed_by_rotation(server: Server) {
        let (site, _, next) = promoted(server).await;
        let reply = post(&site, "/sudo", &next).await;
        let rotated = reply.our_cookie().expect("another token").token();
        site.clock.advance(ACTIVE);
        let third = renewed(&site, &rotated).await;
        assert_eq!(renewed(&site, &rotated).await, third);
        assert_eq!(ask(&site, &third).await, (200, None));
        assert_eq!(alarms(&site.told.take()), 0);
    }

    async fn d_14_the_token_before_a_renewal_signs_out(server: Server) {
        for phase in PHASES {
            let (site, former, next) = in_phase(server, phase).await;
            let reply = post(&site, "/logout", &former).await;
            assert!(removes(&reply), "{phase}");
            assert_eq!(site.told.take(), ["ended 1 by sign_out"], "{phase}");
            for dead in [&former, &next] {
                assert_eq!(ask(&site, dead).await, (401, None), "{phase}");
            }
            assert_eq!(site.rows().await, 0, "{phase}");
        }
    }

    async fn d_01_the_token_before_a_renewal_is_replaced_by_a_sign_in(server: Server) {
        for phase in PHASES {
            let (site, former, next) = in_phase(server, phase).await;
            let reply = post(&site, "/login?u=1", &former).await;
            let anew = reply.our_cookie().expect("signed in").token();
            assert_eq!(site.told.take(), ["created", "ended 1 by sign_in"], "{phase}");
            for dead in [&former, &next] {
                assert_eq!(ask(&site, dead).await, (401, None), "{phase}");
            }
            assert_eq!(ask(&site, &anew).await, (200, None), "{phase}");
            assert_eq!(site.rows().await, 1, "{phase}");
        }
    }

    /// Everywhere means this session too, whichever of its tokens asks.
    async fn e_01_the_token_before_a_renewal_signs_out_everywhere(server: Server) {
        for phase in ["pending", "in grace"] {
            let (site, former, next) = in_phase(server, phase).await;
            let other = site.log_in(ADA).await;
            assert!(removes(&post(&site, "/everywhere", &former).await), "{phase}");
            for dead in [&former, &next, &other] {
                assert_eq!(ask(&site, dead).await, (401, None), "{phase}");
            }
        }
    }

    /// Rotation is not configured any more: what has rotated goes on, and stays guarded.
    async fn d_07_sessions_that_have_rotated_go_on_when_renewals_do_not_rotate(server: Server) {
        for phase in ["pending", "in grace"] {
            let (site, former, next) = in_phase(server, phase).await;
            let node = site.node(Settings::default(), &site.clock).await;
            let ask_node = async |token: &Token| {
                let request = site.get("/whoami").session(token);
                let reply = request.send_by(node.address).await;
                (reply.status, reply.our_cookie().map(|cookie| cookie.token()))
            };
            let again = (phase == "pending").then(|| next.clone());
            assert_eq!(ask_node(&former).await, (200, again), "{phase}");
            assert_eq!(ask_node(&next).await, (200, None), "{phase}");
            assert_eq!(ask_node(&former).await, (200, None), "{phase}: a request under way");
            site.clock.advance(ACTIVE);
            assert_eq!(ask_node(&next).await, (200, Some(next.clone())), "{phase}: in place");
            site.clock.advance(ACTIVE);
            assert_eq!(ask_node(&next).await, (200, Some(next.clone())), "{phase}: in place");
            site.told.take();
            assert_eq!(ask_node(&former).await, (401, None), "{phase}");
            assert_eq!(alarms(&site.told.take()), 1, "{phase}");
            assert_eq!(ask_node(&next).await, (401, None), "{phase}");
        }
    }

    /// And the other way round: sessions of before are rotated at their next renewal.
    async fn d_07_sessions_of_before_rotate_once_it_is_configured(server: Server) {
        let site = Site::start(server).await;
        let token = site.log_in(ADA).await;
        let node = site.node(super::with_grace(GRACE), &site.clock).await;
        site.clock.advance(ACTIVE);
        let reply = site.get("/whoami").session(&token).send_by(node.address).await;
        let next = reply.our_cookie().expect("renewed").token();
        assert_ne!(next, token);
        assert_eq!(ask(&site, &next).await, (200, None));
        assert_eq!(ask(&site, &token).await, (200, None), "on a server of before, too");
    }

    /// A form that was shown before the renewal is sent in its grace, with the old token.
    async fn f_14_a_form_token_belongs_to_its_token(server: Server) {
        let (site, former, next) = in_phase(server, "pending").await;
        let of = async |token: &Token| {
            let found = site.auth.validate_session(&token.0).await;
            found.expect("a healthy store").expect("a live session")
        };
        let (of_former, of_next) = (of(&former).await, of(&next).await);
        assert_eq!(of_former.form_token(), of_next.form_token(), "both will hold the next one");
        assert_eq!(ask(&site, &next).await, (200, None));
        let of_former = of(&former).await;
        assert_ne!(of_former.form_token(), of_next.form_token());
        assert!(of_former.is_form_token(&of_former.form_token()));
    }
}
