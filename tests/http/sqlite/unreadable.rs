//! Users whose row does not fit the application's type: they are neither nobody nor somebody else, and
//! all goes on when the row is mended.

mod at_start;

use std::{fmt::Debug, time::Duration};

use locals::{Error, StoreError};

use super::{COMPLAINING, Database, broken::run};
use crate::rig::{ADA, BOB, Backend, Framework, LogFrom, Reply, RequestTo, Server, Settings, Site};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// Columns of `Account`, and what it does not take there.
const MISFITS: [(&str, &str); 6] = [
    ("email", "NULL"),
    ("email", "x'ff7a79787776'"),
    ("email", "CAST(x'ff7a79787776' AS TEXT)"),
    ("admin", "'perhaps'"),
    ("admin", "7"),
    ("admin", "0.25"),
];

/// What the log would tell of these values; their digits are looked for where the reason stands.
const TELLTALES: [&str; 4] = ["zyxwv", "7a7978", "122, 121", "perhaps"];

const MENDED: &str = "UPDATE users SET email = 'bob@example.com', admin = 0 WHERE id = 2";

const HANDLERS: [&str; 7] = [
    "/whoami",
    "/eager",
    "/required",
    "/account",
    "/own-entrance",
    "/admin",
    "/sessions",
];

const BEHIND_GATES: [&str; 4] = [
    "/behind/report",
    "/anyone/report",
    "/admins/report",
    "/behind/whoami",
];

async fn site(framework: Framework) -> Site {
    let settings = Settings {
        login_path: Some("/login"),
        ..Settings::default()
    };
    Site::with(Server::new(framework, Backend::Sqlite), settings).await
}

fn breaks_bob(site: &Site, (column, value): (&str, &str)) {
    run(
        site,
        &format!("UPDATE users SET {column} = {value} WHERE id = 2"),
    );
}

/// The reasons that the log gives for an error about a user, since then.
fn reasons(log: LogFrom) -> Vec<String> {
    let text = log.text();
    let errors = text.lines().filter(|line| line.contains("ERROR"));
    errors
        .filter_map(|line| line.split_once("the user cannot be read: "))
        .map(|(_, reason)| reason.to_owned())
        .collect()
}

/// Sends what comes upon a user who cannot be read: 500, about which the browser learns nothing, and
/// the log which column it is.
async fn fails(site: &Site, request: RequestTo<'_>, column: &str) -> Reply {
    let log = LogFrom::now();
    let reply = request.send().await;
    assert_eq!(reply.status, 500, "{:?}: {reply:?}", site.framework);
    assert_eq!(reply.set_cookies().len(), 0, "{reply:?}");
    assert_eq!(reply.header("location"), None);
    assert_eq!(reply.header("www-authenticate"), None);

    let reasons = reasons(log);
    assert_eq!(reasons.len(), 1, "{:?}: {reasons:?}", site.framework);
    let reason = &reasons[0];
    assert!(reason.contains(&format!("`{column}`")), "{reason}");
    let digits = reason.replace("UTF-8", "");
    assert!(!digits.contains(|c: char| c.is_ascii_digit()), "{reason}");
    for telltale in TELLTALES {
        assert!(!log.text().contains(telltale), "{telltale} in the log");
    }
    reply
}

/// As [`fails`], with the text of a handler's answer, as it is or in a page.
async fn fails_with_a_text(site: &Site, request: RequestTo<'_>, column: &str) -> Reply {
    let reply = fails(site, request, column).await;
    let text = if site.framework.refusals_have_a_text() {
        "This account cannot be read at present."
    } else {
        ""
    };
    assert!(
        reply.text().contains(text),
        "{:?}: {reply:?}",
        site.framework
    );
    reply
}

/// Somebody without this cookie would be answered otherwise.
fn varies(reply: &Reply) {
    let vary = reply.header("vary").unwrap_or_default();
    assert!(vary.contains("Cookie"), "{reply:?}");
}

fn is_unreadable<T: Debug>(answer: Result<T, Error>, column: &str) {
    let Err(Error::Store(StoreError::UserUnreadable { reason, .. })) = &answer else {
        panic!("`{column}` can be read: {answer:?}");
    };
    assert!(reason.contains(&format!("`{column}`")), "{reason}");
}

/// Whoever is signed in on that browser stays so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_of_a_user_who_cannot_be_read_is_500_and_changes_nothing() {
    let _turn = COMPLAINING.lock().await;
    for framework in Framework::ALL {
        let site = site(*framework).await;
        let ada = site.log_in(ADA).await;
        for misfit in MISFITS {
            breaks_bob(&site, misfit);
            let (column, _) = misfit;
            fails_with_a_text(&site, site.post("/login?u=2"), column).await;
            let over_ada = site.post("/login?u=2").session(&ada);
            fails_with_a_text(&site, over_ada, column).await;
            is_unreadable(site.auth.create_session(BOB).await, column);
            assert_eq!(site.rows().await, 1, "{misfit:?}");
            assert_eq!(site.whoami(&ada).await, 200, "{misfit:?}");
            run(&site, MENDED);
        }
        let bob = site.log_in(BOB).await;
        assert_eq!(site.whoami(&bob).await, 200);
    }
}

/// Even where a browser would be sent to the login page, and where a renewal is due: signing in anew
/// would not help, and the session is not at fault.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_cannot_be_read_any_more_is_500_until_the_row_is_mended() {
    let _turn = COMPLAINING.lock().await;
    for framework in Framework::ALL {
        let site = site(*framework).await;
        let page = |target| site.get(target).header("Accept", "text/html");
        for target in ["/required", "/own-entrance", "/behind/report"] {
            assert_eq!(page(target).send().await.status, 303, "without a session");
        }
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for misfit in MISFITS {
            site.clock.advance(ACTIVE);
            breaks_bob(&site, misfit);
            let (column, _) = misfit;
            for target in HANDLERS {
                for request in [site.get(target), page(target)] {
                    let request = request.session(&bob);
                    varies(&fails_with_a_text(&site, request, column).await);
                }
            }
            for target in BEHIND_GATES {
                for request in [site.get(target), page(target)] {
                    varies(&fails(&site, request.session(&bob), column).await);
                }
            }
            assert_eq!(site.whoami(&ada).await, 200, "{misfit:?}");
            assert_eq!(site.rows().await, 2, "{misfit:?}");
            run(&site, MENDED);
            assert_eq!(site.whoami(&bob).await, 200, "{misfit:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_cannot_be_read_can_sign_out() {
    let _turn = COMPLAINING.lock().await;
    for framework in Framework::ALL {
        let site = site(*framework).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        breaks_bob(&site, MISFITS[0]);
        let reply = site.post("/logout").session(&bob).send().await;
        assert_eq!((reply.status, reply.text()), (200, "signed out"));
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(site.rows().await, 1);
        run(&site, MENDED);
        assert_eq!(site.whoami(&bob).await, 401, "ended in the store");
        assert_eq!(site.whoami(&ada).await, 200);
    }
}

/// The way out on a browser that several people use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_user_can_sign_in_over_one_who_cannot_be_read() {
    let _turn = COMPLAINING.lock().await;
    for framework in Framework::ALL {
        let site = site(*framework).await;
        let bob = site.log_in(BOB).await;
        breaks_bob(&site, MISFITS[0]);
        let reply = site.post("/login?u=1").session(&bob).send().await;
        assert_eq!(reply.status, 200, "{:?}", site.framework);
        let ada = reply.our_cookie().expect("a session's cookie").token();
        assert_eq!(site.whoami(&ada).await, 200);
        assert_eq!(site.rows().await, 1);
        run(&site, MENDED);
        assert_eq!(site.whoami(&bob).await, 401, "replaced by Ada's");
    }
}

#[tokio::test]
async fn nothing_of_the_api_takes_a_user_who_cannot_be_read_for_nobody() {
    let _turn = COMPLAINING.lock().await;
    let database = Database::with(at_start::ADA_AND_BOB);
    let auth = database.auth();
    let session = auth.create_session(BOB).await.expect("a healthy store");
    let token = session.token();
    for (column, value) in MISFITS {
        database.run(&format!("UPDATE users SET {column} = {value} WHERE id = 2"));
        is_unreadable(auth.validate_session_user(token).await, column);
        is_unreadable(auth.validate_session(token).await, column);
        is_unreadable(auth.renew_session(token).await, column);
        is_unreadable(auth.sessions_only().validate_session(token).await, column);
        is_unreadable(auth.sessions_only().create_session(BOB).await, column);
        auth.ping().await.expect("the store is well");
        let list = auth.list_sessions(BOB).await;
        assert_eq!(list.expect("sessions are no users").len(), 1);
        database.run(MENDED);
        let found = auth.validate_session_user(token).await;
        let (_, bob) = found.expect("a healthy store").expect("signed in");
        assert_eq!(bob.email, "bob@example.com");
    }
}
