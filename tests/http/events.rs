//! What the application is told of: each thing once, whoever caused it (E-08, N-05).

use std::time::Duration;

use locals::{Auth, MemoryStore};

use crate::rig::{ADA, Account, BOB, Server, Settings, Site, Token, on_every_server};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn is_admin(account: &Account) -> bool {
    account.admin
}

on_every_server! {
    async fn e_08_a_session_s_life_is_told(site: Site) {
        let token = site.log_in(ADA).await;
        assert_eq!(site.told.take(), ["created"]);
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.told.take(), ["valid"]);
        site.clock.advance(DAY);
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.told.take(), ["renewed", "valid"]);
        let rotated = site.post("/sudo").session(&token).send().await;
        let rotated = rotated.our_cookie().expect("another token").token();
        assert_eq!(site.told.take(), ["valid", "rotated"]);
        let again = site.post("/login?u=1").session(&rotated).send().await;
        let again = again.our_cookie().expect("another session").token();
        assert_eq!(site.told.take(), ["created", "ended 1 by sign_in"]);
        site.post("/logout").session(&again).send().await;
        assert_eq!(site.told.take(), ["ended 1 by sign_out"]);
        assert_eq!(site.whoami(&again).await, 401);
        assert_eq!(site.told.take(), ["unknown"]);
        site.post("/logout").session(&again).send().await;
        assert_eq!(site.told.take(), [""; 0], "there is nothing to end");
    }

    async fn e_08_what_the_application_ends_is_told(site: Site) {
        let tokens = [site.log_in(ADA).await, site.log_in(ADA).await, site.log_in(BOB).await];
        site.told.take();
        site.post("/password").session(&tokens[0]).send().await;
        assert_eq!(site.told.take(), ["valid", "ended 1 by application"]);
        site.post("/logout-all").session(&tokens[0]).send().await;
        assert_eq!(site.told.take(), ["valid", "ended 1 by application"]);
        let id = tokens[2].id().parse().expect("an id");
        assert!(site.auth.invalidate_session(&id).await.expect("a healthy store"));
        assert!(!site.auth.invalidate_session(&id).await.expect("a healthy store"));
        assert_eq!(site.told.take(), ["ended 1 by application"]);
    }

    async fn e_08_what_ends_by_itself_is_told(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(40 * DAY);
        site.told.take();
        assert_eq!(site.whoami(&token).await, 401);
        assert_eq!(site.told.take(), ["expired_on_sight"]);
        let swept = site.swept(1);
        assert_eq!(site.auth.delete_expired_sessions().await.expect("a healthy store"), swept);
        assert_eq!(site.auth.delete_expired_sessions().await.expect("a healthy store"), 0);
        let told = if swept > 0 { vec!["swept 1"] } else { Vec::new() };
        assert_eq!(site.told.take(), told);
    }

    async fn e_07_what_the_limit_ends_is_told(server: Server) {
        let settings = Settings { max_sessions_per_user: Some(2), ..Settings::default() };
        let site = Site::with(server, settings).await;
        for _ in 0..3 {
            site.log_in(ADA).await;
        }
        assert_eq!(site.told.take(), ["created", "created", "created", "ended 1 by cap"]);
        site.clock.advance(40 * DAY);
        site.log_in(ADA).await;
        assert_eq!(site.told.take(), ["created"], "those of before had ended by themselves");
    }

    async fn e_08_every_refusal_is_told_with_its_reason(site: Site) {
        let bob = site.log_in(BOB).await;
        site.told.take();
        site.get("/required").send().await;
        assert_eq!(site.told.take(), ["refused signed_out"]);
        site.get("/behind/report").send().await;
        assert_eq!(site.told.take(), ["refused signed_out"], "by a gate");
        site.get("/admins/report").session(&bob).send().await;
        assert_eq!(site.told.take(), ["valid", "refused forbidden"]);
        let cross = site.post("/logout").session(&bob).header("sec-fetch-site", "cross-site");
        cross.send().await;
        assert_eq!(site.told.take(), ["refused cross_site"]);
        site.store.fail();
        site.get("/required").session(&bob).send().await;
        assert_eq!(site.told.take(), ["store_failed load_with_user", "refused store_failed"]);
        site.get("/whoami").session(&bob).send().await;
        assert_eq!(site.told.take(), ["store_failed load_with_user"], "a lazy handler answers itself");
    }

    /// Without the user's id: what a stranger sent need not be one.
    async fn e_08_a_refused_sign_in_is_told(server: Server) {
        let settings = Settings { admits: Some(is_admin), ..Settings::default() };
        let site = Site::with(server, settings).await;
        assert_eq!(site.post("/login?u=404").send().await.status, 401);
        assert_eq!(site.told.take(), ["sign_in_refused: there is no user with this id"]);
        assert_eq!(site.post("/login?u=2").send().await.status, 403, "Bob is no administrator");
        assert_eq!(site.told.take(), ["sign_in_refused: this user may not sign in"]);
        let made = site.auth.create_session(BOB).await;
        assert!(made.is_err(), "{made:?}");
        assert_eq!(site.told.take(), ["sign_in_refused: this user may not sign in"]);
        site.log_in(ADA).await;
        assert_eq!(site.told.take(), ["created"]);
    }

    async fn e_08_what_a_cookie_has_in_it_is_told(site: Site) {
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        site.told.take();
        let both = format!("{0}={1}; {0}={2}", site.cookie_name, ada.0, bob.0);
        site.get("/whoami").cookie_header(&both).send().await;
        assert_eq!(site.told.take(), ["ambiguous_cookie"]);
        for malformed in ["x", &"x".repeat(66)] {
            site.get("/whoami").session(&Token(malformed.to_owned())).send().await;
            assert_eq!(site.told.take(), ["malformed"], "{malformed}");
        }
        site.whoami(&Token::made_up()).await;
        assert_eq!(site.told.take(), ["unknown"]);
        site.whoami(&ada.with_made_up_secret()).await;
        assert_eq!(site.told.take(), ["unknown"]);
        site.get("/public").session(&ada).send().await;
        site.get("/whoami").send().await;
        assert_eq!(site.told.take(), [""; 0], "nobody asked, or there was nothing to ask for");
    }

    async fn i_02_a_renewal_that_is_not_written_is_told(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(DAY);
        site.told.take();
        site.store.fail_nth(2);
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.told.take(), ["renewal_not_written", "valid"]);
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.told.take(), ["renewed", "valid"]);
    }

    async fn i_11_a_row_that_cannot_be_read_is_told_once(site: Site) {
        let token = site.log_in(ADA).await;
        site.told.take();
        site.store.corrupt();
        assert_eq!(site.whoami(&token).await, 401);
        assert_eq!(site.told.take(), ["session_unreadable"]);
    }
}

/// Each name is in the inventory of SECURITY.md, and nothing else is.
#[test]
fn n_05_the_inventory_has_every_event() {
    let security = include_str!("../../SECURITY.md");
    let source = include_str!("../../locals-runtime/src/event.rs");
    let (_, source) = source.split_once("pub fn name").expect("the names");
    let (source, _) = source.split_once("\n}").expect("their end");
    let names = source.lines().filter_map(|line| {
        let (variant, name) = line.trim().split_once(" => \"")?;
        let is_variant = variant.starts_with("Self::") && name.ends_with("\",");
        is_variant.then(|| name.trim_end_matches("\","))
    });
    let mut told: Vec<_> = names.collect();
    assert!(told.len() > 10, "{told:?}");
    let (_, inventory) = security.split_once("| `event` |").expect("the inventory");
    let (inventory, _) = inventory.split_once("\n\n").expect("an end of it");
    let rows = inventory.lines().filter_map(|row| row.strip_prefix("| `"));
    let mut listed: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    told.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, told);
}

#[tokio::test]
async fn d_14_a_hook_that_panics_keeps_nothing_from_happening() {
    let auth: Auth = Auth::builder(MemoryStore::new())
        .on_event(|_| panic!("the application's own"))
        .build()
        .expect("safe defaults");
    let session = auth.create_session("ada").await.expect("a session");
    let token = session.token();
    let found = auth.validate_session(token).await.expect("an answer");
    assert!(found.is_some());
    assert!(auth.invalidate_session(session.id()).await.expect("ended"));
    let found = auth.validate_session(token).await.expect("an answer");
    assert!(found.is_none());
}
