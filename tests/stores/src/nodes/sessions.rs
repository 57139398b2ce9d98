//! What is done on one node, and seen on the other.

use crate::rig::{Manner, Place};
use locals::{Auth, Event, Session, SessionState, UserId, testing::TestClock};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

/// Far more than a busy machine needs: what is tested here is not how long it takes.
const PATIENCE: Duration = Duration::from_secs(16);

async fn store<P: Place>(place: &P) -> P::Store {
    let store = place.store_by(place.port(), Manner::Usual).await;
    store.expect("a store")
}

async fn node<P: Place>(place: &P) -> Auth {
    let auth = Auth::<UserId>::builder(store(place).await);
    auth.connect().await.expect("a store that is ready")
}

async fn knows(node: &Auth, session: &Session) -> bool {
    let read = node.validate_session(session.token()).await;
    read.expect("an answer").is_some()
}

pub async fn j_01_who_signs_out_on_one_node_is_signed_out_on_the_other<P: Place>() {
    let Some(place) = P::new() else { return };
    let [a, b] = [node(&place).await, node(&place).await];
    for (one, other) in [(&a, &b), (&b, &a)].into_iter().cycle().take(20) {
        let session = one.create_session("ada").await.expect("a session");
        assert!(knows(other, &session).await, "at once");
        let ended = one.invalidate_session(session.id()).await;
        assert!(ended.expect("an answer"));
        assert!(!knows(other, &session).await, "at once");
    }
    assert_eq!(place.rows(), 0);
}

pub async fn e_05_who_signs_out_everywhere_is_signed_out_on_every_node<P: Place>() {
    let Some(place) = P::new() else { return };
    let [a, b] = [node(&place).await, node(&place).await];
    let mut sessions = Vec::new();
    for node in [&a, &b].into_iter().cycle().take(8) {
        sessions.push(node.create_session("ada").await.expect("a session"));
    }
    let bystander = b.create_session("bob").await.expect("a session");
    let ended = a.invalidate_user_sessions("ada").await;
    assert_eq!(ended.expect("an answer"), 8);
    for session in &sessions {
        assert!(!knows(&a, session).await && !knows(&b, session).await);
    }
    assert!(knows(&a, &bystander).await && knows(&b, &bystander).await);
}

pub async fn j_03_an_idle_session_is_renewed_once_by_a_hundred_requests_on_two_nodes<P: Place>() {
    let Some(place) = P::new() else { return };
    let (clock, renewed) = (TestClock::new(), Arc::new(AtomicU64::new(0)));
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let count = Arc::clone(&renewed);
        let auth = Auth::<UserId>::builder(store(&place).await).on_event(move |event| {
            if let Event::Renewed { .. } = event {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let auth = auth.clock(clock.clone()).store_deadline(PATIENCE);
        nodes.push(auth.connect().await.expect("a store that is ready"));
    }
    let session = nodes[0].create_session("ada").await.expect("a session");
    for rounds in 1..=3 {
        clock.advance(Duration::from_secs(30 * 3600));
        let mut requests = JoinSet::new();
        for request in 0..100 {
            let node = nodes[request % 2].clone();
            let token = session.token().clone();
            requests.spawn(async move { node.renew_session(&token).await });
        }
        for served in requests.join_all().await {
            let served = served.expect("an answer").expect("the session");
            assert_eq!(served.state(), SessionState::Active);
            assert_eq!(served.id(), session.id());
        }
        assert_eq!(renewed.load(Ordering::Relaxed), rounds);
    }
}

pub async fn e_07_the_cap_is_exact_over_two_nodes<P: Place>() {
    let Some(place) = P::new() else { return };
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let auth = Auth::<UserId>::builder(store(&place).await);
        let auth = auth.max_sessions_per_user(3).store_deadline(PATIENCE);
        nodes.push(auth.connect().await.expect("a store that is ready"));
    }
    for round in 0..20 {
        let user = format!("user {round}");
        let mut sign_ins = JoinSet::new();
        for request in 0..50 {
            let (node, user) = (nodes[request % 2].clone(), user.clone());
            sign_ins.spawn(async move { node.create_session(&user).await });
        }
        let mut alive = 0;
        for session in sign_ins.join_all().await {
            let session = session.expect("a session");
            assert_eq!(session.user_id().as_str(), user);
            alive += u32::from(knows(&nodes[0], &session).await);
        }
        assert_eq!(alive, 3, "{user}");
        assert_eq!(place.rows_of(&user).await, 3, "{user}");
        assert_eq!(place.rows(), 3 * (round + 1), "{user}");
    }
}
