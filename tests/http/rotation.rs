//! `Renewal::Rotate`: renewals change the token, nobody is signed out by that, and who comes with a
//! token that was replaced long ago has a copy (D-07, D-08).

mod clocks;
mod false_alarms;
mod late;
mod lost;
mod outage;
mod parallel;
mod replaced;
mod reuse;

use std::time::Duration;

use locals::Renewal;

use crate::rig::{ADA, RequestTo, Server, Settings, Site, Token};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);
const GRACE: Duration = Duration::from_secs(60);

/// The periods of the default, by their part in the tests.
const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
const ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// One handler of each kind, and others behind gates; all of them let Ada in.
const TARGETS: [&str; 6] = [
    "/whoami",
    "/eager",
    "/required",
    "/behind/report",
    "/anyone/report",
    "/admins/report",
];

fn with_grace(grace: Duration) -> Settings {
    Settings {
        renewal: Some(Renewal::Rotate { grace }),
        ..Settings::default()
    }
}

/// A site whose renewals rotate, and Ada's token there.
async fn signed_in(server: Server) -> (Site, Token) {
    let site = Site::with(server, with_grace(GRACE)).await;
    let token = site.log_in(ADA).await;
    site.told.take();
    (site, token)
}

/// The same a day later: whoever asks renews it.
async fn idle(server: Server) -> (Site, Token) {
    let (site, token) = signed_in(server).await;
    site.clock.advance(ACTIVE);
    (site, token)
}

/// The status of an answer, and the token that it brings.
async fn answered(request: RequestTo<'_>) -> (u16, Option<Token>) {
    let reply = request.send().await;
    (
        reply.status,
        reply.our_cookie().map(|cookie| cookie.token()),
    )
}

/// What `/whoami` answers to a token.
async fn ask(site: &Site, token: &Token) -> (u16, Option<Token>) {
    answered(site.get("/whoami").session(token)).await
}

/// The token that takes the place of this one.
async fn renewed(site: &Site, token: &Token) -> Token {
    let (status, next) = ask(site, token).await;
    assert_eq!(status, 200);
    let next = next.expect("an idle session is renewed, or its renewal answered again");
    assert_eq!(next.id(), token.id());
    assert_ne!(next.secret(), token.secret());
    next
}

/// A day after its sign-in, with the next token presented for the first time: the former one and it.
async fn promoted(server: Server) -> (Site, Token, Token) {
    let (site, former) = idle(server).await;
    let next = renewed(&site, &former).await;
    assert_eq!(ask(&site, &next).await, (200, None), "its first use");
    site.told.take();
    (site, former, next)
}

/// How often a session was ended for a token that came back.
fn alarms(told: &[String]) -> usize {
    told.iter().filter(|line| *line == "reused").count()
}
