//! When a link connects.

use super::*;
use std::{
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::time::sleep;

struct Counted(Arc<AtomicUsize>);

struct Connection;

impl Usable for Connection {
    fn is_lost(&self) -> bool {
        false
    }

    fn has_answered(&self) -> bool {
        true
    }
}

impl Dial for Counted {
    type Connection = Connection;
    type Driver = ();
    const SERVER: &'static str = "a server";

    async fn connect(&self) -> Result<(Arc<Connection>, ()), StoreError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok((Arc::new(Connection), ()))
    }

    async fn watch(&self, _: &Connection, (): ()) -> Lost {
        pending().await
    }
}

#[tokio::test]
async fn an_idle_link_connects_once_when_it_is_needed() {
    let runtime = Handle::current();
    let count = Arc::new(AtomicUsize::new(0));
    let connected = || count.load(Ordering::Relaxed);
    let link = Link::idle(Counted(Arc::clone(&count)), &runtime);
    sleep(Duration::from_millis(20)).await;
    assert!(link.up().is_none() && connected() == 0);
    let [first, second] = [link.connection().await, link.connection().await];
    assert!(first.is_ok() && second.is_ok() && link.up().is_some());
    link.begin();
    sleep(Duration::from_millis(20)).await;
    assert_eq!(connected(), 1);
    let told = Link::idle(Counted(Arc::clone(&count)), &runtime);
    told.begin();
    while told.up().is_none() {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(connected(), 2);
}

struct Failing;

impl Dial for Failing {
    type Connection = Connection;
    type Driver = ();
    const SERVER: &'static str = "a server";

    async fn connect(&self) -> Result<(Arc<Connection>, ()), StoreError> {
        Err(StoreError::unavailable("nobody is there"))
    }

    async fn watch(&self, _: &Connection, (): ()) -> Lost {
        pending().await
    }
}

#[tokio::test]
async fn what_keeps_a_link_from_connecting_is_told_once() {
    let link = Link::start(Failing, &Handle::current());
    let error = link.connection().await.err().expect("nobody is there");
    let told = StoreError::unavailable("nobody is there").to_string();
    assert_eq!(error.to_string(), told);
}
