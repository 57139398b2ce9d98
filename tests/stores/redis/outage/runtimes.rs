//! The connections live in the runtime in which the store was connected, wherever it is asked.

use crate::rig::{Keys, auth};
use locals::{Auth, RedisStore, Session};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).enable_all();
    builder.build().expect("a runtime")
}

async fn connected(keys: &Keys) -> (Auth, Session) {
    let auth = auth(keys.store().await).await;
    let session = auth.create_session("ada").await.expect("a session");
    (auth, session)
}

#[test]
fn another_runtime_may_ask() {
    let Some(keys) = Keys::new() else { return };
    let (connecting, asking) = (runtime(), runtime());
    let (auth, session) = connecting.block_on(connected(&keys));
    asking.block_on(async {
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some());
        let another = auth.create_session("ada").await.expect("a session");
        let ended = auth.invalidate_session(another.id()).await;
        assert!(ended.expect("an answer"));
    });
}

/// A runtime of one thread, too, as long as it is driven.
#[test]
fn a_runtime_of_one_thread_serves_itself() {
    let Some(keys) = Keys::new() else { return };
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (auth, session) = connected(&keys).await;
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some());
    });
}

#[test]
fn a_runtime_that_has_ended_is_named() {
    let Some(keys) = Keys::new() else { return };
    let (connecting, asking) = (runtime(), runtime());
    let (auth, session) = connecting.block_on(connected(&keys));
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

#[test]
fn a_store_is_connected_in_a_runtime() {
    let Some(keys) = Keys::new() else { return };
    let connecting = RedisStore::connect(keys.redis.url());
    let mut connecting = std::pin::pin!(connecting);
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    let polled = connecting.as_mut().poll(&mut context);
    let std::task::Poll::Ready(Err(error)) = polled else {
        panic!("it is refused at once");
    };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
