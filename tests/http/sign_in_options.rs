//! What a sign-in says of its session is kept with it: how long it lives, whether the browser forgets
//! it, how the user proved who they are, and its name from outside (D-22, D-23, D-24, E-09).

mod assurance;
mod browser_session;
mod external_ref;
mod lifetimes;

use std::time::Duration;

use crate::rig::{Reply, SetCookie, Site, Token};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What `POST /sign-in-with` answers to these options, with a session or without.
async fn try_sign_in(site: &Site, options: &str, presented: Option<&Token>) -> Reply {
    let mut request = site.post(&format!("/sign-in-with?{options}"));
    if let Some(token) = presented {
        request = request.session(token);
    }
    request.send().await
}

/// Signs in with these options; the cookie.
async fn sign_in_cookie(site: &Site, options: &str) -> SetCookie {
    let reply = try_sign_in(site, options, None).await;
    assert_eq!(reply.status, 200, "{options}: {}", reply.text());
    reply.our_cookie().expect("a sign-in sends the cookie")
}

async fn sign_in(site: &Site, options: &str) -> Token {
    sign_in_cookie(site, options).await.token()
}

/// The text that a handler answers to a session.
async fn text(site: &Site, target: &str, token: &Token) -> String {
    let reply = site.get(target).session(token).send().await;
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    reply.text().to_owned()
}

/// The token that a request of a change brings.
async fn changed(site: &Site, target: &str, token: &Token) -> Token {
    let reply = site.post(target).session(token).send().await;
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    reply.our_cookie().expect("another token").token()
}

/// The token after a day: renewed, and another one if renewals rotate.
async fn renewed(site: &Site, token: &Token) -> Token {
    site.clock.advance(DAY);
    let reply = site.get("/whoami").session(token).send().await;
    assert_eq!(reply.status, 200);
    reply.our_cookie().expect("renewed").token()
}

/// Whichever way this option is wrong: 500, no session, no cookie, and that of before goes on.
async fn is_refused(site: &Site, options: &str) {
    let before = sign_in(site, "u=1").await;
    let rows = site.rows().await;
    for presented in [None, Some(&before)] {
        site.told.take();
        let reply = try_sign_in(site, options, presented).await;
        assert_eq!(
            (reply.status, reply.set_cookies().len()),
            (500, 0),
            "{options}"
        );
        assert_eq!(site.told.take(), [""; 0], "{options}");
        assert_eq!(site.rows().await, rows, "{options}");
    }
    assert_eq!(site.whoami(&before).await, 200, "{options}");
    site.post("/logout").session(&before).send().await;
}
