//! Which cookie of our name leaves a gate, when what is behind it sets some by hand.

use super::ACTIVE;
use crate::rig::{ADA, Reply, Site, on_every_server};

/// What a handler of `/says` sets, as its query.
const ONE: &str = "set-cookie=__Host-session%3Done";
const TWO: &str = "set-cookie=__Host-session%3Done&set-cookie=__Host-session%3Dtwo";
const THREE: &str = "set-cookie=__Host-session%3Done&set-cookie=__Host-session%3Dtwo\
                     &set-cookie=__Host-session%3Dthree%3B%20Path%3D/";

/// Browsers trim the name.
const SPACED: &str = "set-cookie=__Host-session%20%3Done&set-cookie=__Host-session%3Dtwo";

/// One of our name, and no cache keeps it.
fn only_this_one_leaves(reply: &Reply, value: &str, what: &str) {
    assert_eq!(reply.status, 200, "{what}");
    assert_eq!(reply.set_cookies().len(), 1, "{what}: {reply:?}");
    let cookie = reply.our_cookie().expect("one of our name");
    assert_eq!(cookie.value, value, "{what}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{what}");
}

on_every_server! {
    /// The handler asks nothing of the session: the gate alone can see to it.
    async fn b_03_of_cookies_set_by_hand_the_last_leaves(site: Site) {
        for (said, last) in [(ONE, "one"), (TWO, "two"), (THREE, "three"), (SPACED, "two")] {
            for cached in ["", "&cache-control=public,%20max-age=60"] {
                let target = format!("/checked/says/untouched?{said}{cached}");
                let reply = site.get(&target).send().await;
                only_this_one_leaves(&reply, last, &target);
                let reply = site.get(&target).header("X-Rogue", "1").send().await;
                only_this_one_leaves(&reply, "rogue", &target);
            }
        }
    }

    async fn b_11_other_cookies_pass_a_gate_in_their_order(site: Site) {
        let token = site.log_in(ADA).await;
        let said = format!("set-cookie=a%3D1&{ONE}&set-cookie=b%3D2&{TWO}&set-cookie=c%3D3");
        for gate in ["/checked", "/behind", "/admins", "/anyone"] {
            site.clock.advance(ACTIVE);
            let target = format!("{gate}/says/untouched?{said}");
            let reply = site.get(&target).session(&token).send().await;
            assert_eq!(reply.our_cookie().expect("the last").value, "two", "{gate}");
            let mut lines = reply.set_cookies();
            lines.retain(|line| !line.starts_with(b"__Host-session"));
            assert_eq!(lines, [b"a=1", b"b=2", b"c=3"], "{gate}");
        }
    }

    async fn b_03_a_gates_renewal_gives_way_to_cookies_set_by_hand(site: Site) {
        let token = site.log_in(ADA).await;
        for gate in ["/behind", "/admins", "/anyone"] {
            for (said, last) in [(ONE, "one"), (TWO, "two"), (THREE, "three"), (SPACED, "two")] {
                site.clock.advance(ACTIVE);
                site.store.reset();
                let target = format!("{gate}/says/untouched?{said}&cache-control=public");
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(site.store.calls().extend, 1, "{target}: the gate renewed it");
                only_this_one_leaves(&reply, last, &target);
            }
        }
    }

    /// A layer sets one more than the handler, or than the flush of the handler.
    async fn b_03_a_gates_renewal_gives_way_to_a_layers_cookie(site: Site) {
        for target in [
            "/behind/report",
            "/behind/login?u=2",
            "/behind/logout",
            "/behind/logout-cookie-only",
            "/behind/sudo",
        ] {
            let token = site.log_in(ADA).await;
            site.clock.advance(ACTIVE);
            let reply = site.post(target).header("X-Rogue", "1").session(&token).send().await;
            only_this_one_leaves(&reply, "rogue", target);
        }
    }
}
