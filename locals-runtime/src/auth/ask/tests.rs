//! Where the time comes from; what a browser sees of it is tested over HTTP.

use crate::{
    auth::Auth,
    error::{Error, StoreError},
    session::Session,
    store::MemoryStore,
    testing::{Probe, ProbeControl},
    user_id::UserId,
};
use std::{
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

type Told = Arc<Mutex<Vec<String>>>;

/// With a store that answers as soon as it is healed.
fn hanging(deadline: Duration) -> (Auth<UserId>, ProbeControl, Told) {
    let (store, control) = Probe::new(MemoryStore::new());
    let told = Told::default();
    let lines = Arc::clone(&told);
    let auth = Auth::builder(store)
        .store_deadline(deadline)
        .on_event(move |event| lines.lock().unwrap().push(event.name().to_owned()))
        .build()
        .unwrap();
    (auth, control, told)
}

async fn signed_in(auth: &Auth<UserId>, control: &ProbeControl, told: &Told) -> Session {
    let session = auth.create_session("ada").await.unwrap();
    told.lock().unwrap().clear();
    control.hang();
    session
}

fn heal_after(control: ProbeControl, time: Duration) {
    thread::spawn(move || {
        thread::sleep(time);
        control.heal();
    });
}

/// Tokio's clock jumps to the deadline as soon as everybody waits.
#[tokio::test(start_paused = true)]
async fn i_04_a_paused_clock_gives_up_no_call() {
    let (auth, control, told) = hanging(Duration::from_secs(60));
    let session = signed_in(&auth, &control, &told).await;
    heal_after(control, Duration::from_millis(50));
    let found = auth.validate_session(session.token()).await.unwrap();
    assert!(found.is_some());
    assert_eq!(*told.lock().unwrap(), ["valid"]);
}

/// And says so at once, but waits for the store.
#[test]
fn i_04_a_runtime_without_a_timer_waits_for_the_store() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let (auth, control, told) = hanging(Duration::from_millis(10));
        let session = signed_in(&auth, &control, &told).await;
        heal_after(control, Duration::from_millis(50));
        let found = auth.validate_session(session.token()).await.unwrap();
        assert!(found.is_some());
    });
}

#[tokio::test]
async fn a_sign_in_waits_for_its_user_until_the_deadline() {
    let (auth, control, told) = hanging(Duration::from_millis(50));
    control.hang();
    let made = auth.create_session("ada").await;
    assert!(
        matches!(made, Err(Error::Store(StoreError::Timeout))),
        "{made:?}"
    );
    assert_eq!(control.calls().user, 1);
    assert_eq!(control.calls().total(), 0);
    assert_eq!(*told.lock().unwrap(), ["store_failed"]);
}

#[tokio::test]
async fn e_08_a_slow_store_is_told_of() {
    let (auth, control, told) = hanging(Duration::from_secs(2));
    let session = signed_in(&auth, &control, &told).await;
    heal_after(control, Duration::from_millis(800));
    let found = auth.validate_session(session.token()).await.unwrap();
    assert!(found.is_some());
    assert_eq!(*told.lock().unwrap(), ["store_slow", "valid"]);
}
