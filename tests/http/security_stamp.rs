//! `AuthBuilder::security_stamp`: a session is made for a password, and is none once the password is
//! another, whoever changed it and how (E-02).

mod overtaken;

use std::time::Duration;

use locals::{Auth, Renewal, StoreError};

use crate::rig::{
    ADA, Account, BOB, OF_EVERY_KIND, PASSWORD, Reply, Server, Settings, Site, Token,
    on_every_server,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn settings() -> Settings {
    Settings {
        security_stamp: true,
        ..Settings::default()
    }
}

async fn site(server: Server) -> Site {
    Site::with(server, settings()).await
}

/// What every kind of handler, every gate and the server API say to an administrator's session. The
/// eager handler lets everybody in, and says whom it has seen.
async fn opens(site: &Site, token: &Token, is_open: bool) {
    let status = if is_open { 200 } else { 401 };
    for target in OF_EVERY_KIND {
        let reply = site.get(target).session(token).send().await;
        assert_eq!(reply.status, status, "{target}");
        assert_eq!(reply.set_cookies().len(), 0, "{target}");
    }
    let eager = site.get("/eager").session(token).send().await;
    assert_eq!(eager.text() != "nobody", is_open, "{}", eager.text());
    let found = site.auth.validate_session(&token.0).await;
    assert_eq!(found.expect("a healthy store").is_some(), is_open);
    let ids: Auth = site.auth.sessions_only();
    let found = ids.validate_session(&token.0).await;
    assert_eq!(
        found.expect("a healthy store").is_some(),
        is_open,
        "by the id alone"
    );
}

/// The ids that `list_sessions` has of a user.
async fn listed(auth: &Auth<Account>, user: i64) -> Vec<String> {
    let list = auth.list_sessions(user).await.expect("a healthy store");
    list.iter().map(|info| info.id().to_string()).collect()
}

fn token_of(reply: &Reply) -> Token {
    reply.our_cookie().expect("signed in").token()
}

on_every_server! {
    /// On SQLite by another connection, as somebody does it by hand.
    async fn e_02_a_changed_password_ends_every_older_session_at_the_next_request(server: Server) {
        let site = site(server).await;
        let ada = [site.log_in(ADA).await, site.log_in(ADA).await];
        let bob = site.log_in(BOB).await;
        for token in &ada {
            opens(&site, token, true).await;
        }
        site.set_password(ADA, "the second one");
        site.told.take();
        assert_eq!(site.whoami(&ada[0]).await, 401);
        assert_eq!(site.told.take(), ["unknown"]);
        for token in &ada {
            opens(&site, token, false).await;
        }
        assert_eq!(site.whoami(&bob).await, 200, "his is what it was");
    }

    async fn e_02_whoever_changed_the_password_signs_in_anew(server: Server) {
        let site = site(server).await;
        let older = site.log_in(ADA).await;
        site.set_password(ADA, "the second one");
        let reply = site.post("/login?u=1").session(&older).send().await;
        let token = token_of(&reply);
        opens(&site, &token, true).await;
        opens(&site, &older, false).await;
        assert_eq!(listed(&site.auth, ADA).await, [token.id()]);

        let made = site.auth.create_session(ADA).await.expect("a healthy store");
        assert_eq!(site.whoami(&Token::of(&made)).await, 200, "by the server API");
        let ids: Auth = site.auth.sessions_only();
        let made = ids.create_session(ADA).await.expect("a healthy store");
        assert_eq!(site.whoami(&Token::of(&made)).await, 200, "by the id alone");
    }

    /// A session keeps its stamp, whatever becomes of its token and its deadlines.
    async fn e_02_renewals_and_rotations_keep_the_stamp(server: Server) {
        for renewal in [Renewal::InPlace, Renewal::Rotate { grace: Duration::from_secs(60) }] {
            let settings = Settings { renewal: Some(renewal), ..settings() };
            let site = Site::with(server, settings).await;
            let mut token = site.log_in(ADA).await;
            let mut former = token.clone();
            for target in ["/sudo", "/reauthenticate"] {
                site.clock.advance(DAY);
                let renewed = site.get("/whoami").session(&token).send().await;
                former = token;
                token = token_of(&renewed);
                assert_eq!(site.whoami(&token).await, 200, "{target}");
                if renewal != Renewal::InPlace {
                    assert_eq!(site.whoami(&former).await, 200, "in its grace");
                }
                let reply = site.post(target).session(&token).send().await;
                token = token_of(&reply);
            }
            opens(&site, &token, true).await;
            site.clock.advance(DAY);
            let renewed = token_of(&site.get("/whoami").session(&token).send().await);
            site.set_password(ADA, "the second one");
            for dead in [&token, &renewed, &former] {
                opens(&site, dead, false).await;
            }
        }
    }

    /// With the first release that has stamps, everybody signs in again; once there are none any more,
    /// nobody is asked for one.
    async fn e_02_sessions_of_before_there_were_stamps_are_none(server: Server) {
        let site = site(server).await;
        let before = site.node(Settings::default(), &site.clock).await;
        let unstamped = before.auth.create_session(ADA).await.expect("a healthy store");
        let unstamped = Token::of(&unstamped);
        let stamped = site.log_in(ADA).await;
        opens(&site, &unstamped, false).await;
        opens(&site, &stamped, true).await;
        assert_eq!(listed(&site.auth, ADA).await, [stamped.id()]);
        for token in [&unstamped, &stamped] {
            let request = site.get("/whoami").session(token);
            assert_eq!(request.send_by(before.address).await.status, 200);
        }
        assert_eq!(listed(&before.auth, ADA).await.len(), 2);
    }

    async fn e_02_a_list_of_sessions_leaves_the_dead_ones_out(server: Server) {
        let site = site(server).await;
        let dead = [site.log_in(ADA).await, site.log_in(ADA).await];
        let bob = site.log_in(BOB).await;
        assert_eq!(listed(&site.auth, ADA).await.len(), 2);
        site.set_password(ADA, "the second one");
        assert_eq!(listed(&site.auth, ADA).await, [""; 0]);
        let live = site.log_in(ADA).await;
        let ids: Auth = site.auth.sessions_only();
        let by_id = ids.list_sessions(ADA).await.expect("a healthy store");
        assert_eq!(by_id.len(), 1, "by the id alone");
        assert_eq!(listed(&site.auth, ADA).await, [live.id()]);
        assert_eq!(listed(&site.auth, BOB).await, [bob.id()]);
        assert_eq!(listed(&site.auth, 404).await, [""; 0]);
        opens(&site, &dead[0], false).await;
    }

    /// Nobody deletes them but their deadlines: whoever asks for the end of all ends these too.
    async fn e_02_dead_sessions_can_be_signed_out_ended_and_swept(server: Server) {
        let site = site(server).await;
        let tokens = [site.log_in(ADA).await, site.log_in(ADA).await, site.log_in(ADA).await];
        site.set_password(ADA, "the second one");
        site.told.take();
        let reply = site.post("/logout").session(&tokens[0]).send().await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(site.told.take(), ["ended 1 by sign_out"]);
        let id = tokens[1].id().parse().expect("an id");
        assert!(site.auth.invalidate_session(&id).await.expect("a healthy store"));
        site.clock.advance(30 * DAY);
        assert_eq!(site.auth.delete_expired_sessions().await.expect("a healthy store"), site.swept(1));
    }

    /// It is the same password, and a session that has not ended by itself; in this too the column in
    /// the application's table has the last word.
    async fn e_02_a_password_that_is_put_back_makes_its_sessions_good_again(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        site.set_password(ADA, "the second one");
        opens(&site, &token, false).await;
        site.set_password(ADA, PASSWORD);
        opens(&site, &token, true).await;
    }

    /// An empty text is a stamp like any other.
    async fn e_02_a_stamp_may_be_empty(server: Server) {
        let site = site(server).await;
        site.set_password(ADA, "");
        let token = site.log_in(ADA).await;
        opens(&site, &token, true).await;
        site.set_password(ADA, " ");
        opens(&site, &token, false).await;
    }

    /// Both questions are asked of a user, and each has its own answer.
    async fn e_02_stamps_and_admission_go_together(server: Server) {
        fn is_admin(account: &Account) -> bool {
            account.admin
        }
        let site = Site::with(server, Settings { admits: Some(is_admin), ..settings() }).await;
        let token = site.log_in(ADA).await;
        site.set_admin(ADA, false);
        assert_eq!(site.whoami(&token).await, 401);
        let refused = site.auth.create_session(ADA).await;
        assert!(matches!(refused, Err(locals::Error::Store(StoreError::NotAdmitted))), "{refused:?}");
        site.set_admin(ADA, true);
        opens(&site, &token, true).await;
        site.set_password(ADA, "the second one");
        opens(&site, &token, false).await;
    }

    /// A 503 is no sign-out, and no sign-in either.
    async fn i_02_a_stamp_that_cannot_be_read_is_an_outage(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        site.store.fail();
        assert_eq!(site.whoami(&token).await, 503);
        let reply = site.post("/login?u=1").session(&token).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (503, 0));
        site.store.heal();
        opens(&site, &token, true).await;
    }

    /// Nothing of it is in a list, a message or a log (the rig searches that for the token's secret).
    async fn n_01_no_stamp_is_printed(server: Server) {
        let site = site(server).await;
        let log = crate::rig::LogFrom::now();
        let stamp = "unspeakable-stamp-of-ada";
        site.set_password(ADA, stamp);
        let token = site.log_in(ADA).await;
        let debug = site.get("/debug").session(&token).send().await;
        assert_eq!(debug.status, 200);
        let list = site.auth.list_sessions(ADA).await.expect("a healthy store");
        let printed = format!("{list:?} {:?} {}", site.auth, debug.text());
        for text in [printed, log.text()] {
            assert!(!text.contains(stamp), "{text}");
        }
        #[cfg(feature = "sqlite")]
        if let Some(database) = &site.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            let kept: Vec<u8> = file
                .query_row("SELECT user_stamp FROM locals_sessions", [], |row| row.get(0))
                .expect("a stamped session");
            assert_eq!(kept.len(), 32, "a hash");
            assert!(!kept.windows(stamp.len()).any(|part| part == stamp.as_bytes()));
        }
    }
}
