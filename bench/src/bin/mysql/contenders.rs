//! Who is compared, each with sessions in MySQL.

mod direct;
mod ours;
mod peer;

pub use ours::WITH_TWO;
pub use peer::AXUM_LOGIN;

use crate::server::Place;
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
pub async fn all(place: &Place) -> Vec<Contender> {
    let (ours, sessions) = ours::reading(&place.url).await;
    let direct = direct::reading(&place.url, &sessions);
    let mut contenders = vec![bare(), direct, ours];
    contenders.extend(peer::reading(place).await);
    contenders
}

/// Those that make sessions.
pub async fn signing_in(place: &Place) -> Vec<Contender> {
    let calls = logins();
    let mut contenders = ours::signing_in(&place.url, &calls).await;
    contenders.push(peer::signing_in(place, &calls).await);
    contenders
}
