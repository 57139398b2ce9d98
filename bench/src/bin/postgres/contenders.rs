//! Who is compared, each with sessions in PostgreSQL.

mod direct;
mod ours;
mod peer;

pub use ours::WITH_TWO;
pub use peer::AXUM_LOGIN;

use locals_bench::{
    application::{bare, logins},
    ours::LOCALS,
    reading::Compared,
    rounds::Contender,
};

pub const COMPARED: Compared = Compared {
    floor: direct::DIRECT,
    ours: LOCALS,
    peers: &[peer::AXUM_LOGIN, peer::UNTESTED],
};

/// Those that read a session; the bare one, which does not, is the first.
pub async fn all(url: &str) -> Vec<Contender> {
    let (ours, sessions) = ours::reading(url).await;
    let mut contenders = vec![bare(), direct::reading(url, &sessions).await, ours];
    contenders.extend(peer::reading(url).await);
    contenders
}

/// Those that make sessions.
pub async fn signing_in(url: &str) -> Vec<Contender> {
    let calls = logins();
    let mut contenders = ours::signing_in(url, &calls).await;
    contenders.push(peer::signing_in(url, &calls).await);
    contenders
}
