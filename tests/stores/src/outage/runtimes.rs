//! The connections live in the runtime in which the store was connected, wherever it is asked.

use crate::rig::{Manner, Place};
use locals::{Auth, Session, UserId};
use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).enable_all();
    builder.build().expect("a runtime")
}

async fn connected<P: Place>(place: &P) -> (Auth, Session) {
    let store = place.store_by(place.port(), Manner::Usual).await;
    let auth = Auth::<UserId>::builder(store.expect("a store")).connect();
    let auth = auth.await.expect("a store that is ready");
    let session = auth.create_session("ada").await.expect("a session");
    (auth, session)
}

pub fn another_runtime_may_ask<P: Place>() {
    let Some(place) = P::new() else { return };
    let (connecting, asking) = (runtime(), runtime());
    let (auth, session) = connecting.block_on(connected(&place));
    asking.block_on(async {
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some());
        let another = auth.create_session("ada").await.expect("a session");
        let ended = auth.invalidate_session(another.id()).await;
        assert!(ended.expect("an answer"));
    });
}

/// A runtime of one thread, too, as long as it is driven.
pub fn a_runtime_of_one_thread_serves_itself<P: Place>() {
    let Some(place) = P::new() else { return };
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (auth, session) = connected(&place).await;
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some());
    });
}

pub fn a_runtime_that_has_ended_is_named<P: Place>() {
    let Some(place) = P::new() else { return };
    let (connecting, asking) = (runtime(), runtime());
    let (auth, session) = connecting.block_on(connected(&place));
    drop(connecting);
    asking.block_on(async {
        let read = auth.validate_session(session.token()).await;
        let error = read.expect_err("nobody moves its bytes");
        assert!(error.is_outage());
        let text = error.to_string();
        assert!(
            text.contains("the runtime in which the store was connected has ended"),
            "{text}"
        );
        let signed_in = auth.create_session("ada").await;
        let text = signed_in.expect_err("nor these").to_string();
        assert!(text.contains("runtime"), "{text}");
    });
}

pub fn a_store_is_connected_in_a_runtime<P: Place>() {
    let Some(place) = P::new() else { return };
    let mut connecting = pin!(place.store_by(place.port(), Manner::Usual));
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Err(error)) = connecting.as_mut().poll(&mut context) else {
        panic!("it is refused at once");
    };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
