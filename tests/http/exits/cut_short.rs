//! A handler that does not come to its end: the client is gone, or it panics. Nothing is flushed,
//! and the store is as before or as after, never between.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    routing::{get, post},
};
use locals::with_locals;
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Notify, time::timeout};

use crate::rig::{ADA, Account, BOB, Backend, RequestTo, Settings, Site, on_both_stores};

/// Where a handler has got to.
#[derive(Default)]
struct Marks {
    begun: Notify,
    dropped: Notify,
}

struct OnDrop(Arc<Marks>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}

async fn site(backend: Backend) -> (Site, Arc<Marks>) {
    let marks = Arc::new(Marks::default());
    let routes = Router::new()
        .route("/never-ends", get(never_ends))
        .route("/changes-user", post(changes_user))
        .route("/signs-out-and-panics", post(signs_out_and_panics))
        .layer(Extension(Arc::clone(&marks)));
    (
        Site::with(backend, Settings::default(), routes).await,
        marks,
    )
}

/// Sends the request, hangs up once the handler runs, and waits until the handler is dropped.
async fn hang_up(request: RequestTo<'_>, site: &Site, marks: &Marks) {
    let mut socket = TcpStream::connect(site.address)
        .await
        .expect("the site listens");
    socket
        .write_all(&request.bytes())
        .await
        .expect("the site reads");
    marks.begun.notified().await;
    drop(socket);
    let dropped = timeout(Duration::from_secs(10), marks.dropped.notified()).await;
    dropped.expect("the server drops the handler of a client that is gone");
}

on_both_stores! {
    async fn p_01_a_dropped_handler_changes_nothing(backend: Backend) {
        let (site, marks) = site(backend).await;
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        site.store.reset();
        hang_up(site.get("/never-ends").session(&token), &site, &marks).await;
        assert_eq!(site.store.calls().writes(), 0, "clearing the cookie writes nothing");
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.rows().await, rows);
    }

    /// The client hangs up while the store has the sign-in in hand.
    async fn p_01_a_dropped_sign_in_leaves_the_old_session_alone(backend: Backend) {
        let (site, marks) = site(backend).await;
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        site.store.hang();
        hang_up(site.post("/changes-user").session(&token), &site, &marks).await;
        site.store.heal();
        assert_eq!(site.get("/whoami").session(&token).send().await.text(), "ada@example.com");
        assert_eq!(site.rows().await, rows);
    }

    async fn p_02_a_panic_flushes_nothing_and_changes_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        let reply = site.get("/panic").session(&token).send().await;
        assert_eq!(reply.status, 500);
        assert_eq!(reply.set_cookies().len(), 0);
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.rows().await, rows);
    }

    /// And no lock is poisoned: the next user can sign in.
    async fn p_02_a_sign_out_before_a_panic_stays_done(backend: Backend) {
        let (site, _) = site(backend).await;
        let token = site.log_in(ADA).await;
        let answer = site.post("/signs-out-and-panics").session(&token).try_send().await;
        assert!(answer.is_err(), "nothing catches the panic here: {answer:?}");
        assert_eq!(site.whoami(&token).await, 401);
        assert_eq!(site.rows().await, 0);
        let other = site.log_in(BOB).await;
        assert_eq!(site.whoami(&other).await, 200);
    }
}

#[with_locals(user = Account, required)]
async fn never_ends(Extension(marks): Extension<Arc<Marks>>) -> &'static str {
    let _on_drop = OnDrop(Arc::clone(&marks));
    locals.clear_session();
    marks.begun.notify_one();
    std::future::pending().await
}

#[with_locals(user = Account)]
async fn changes_user(
    Extension(marks): Extension<Arc<Marks>>,
) -> Result<&'static str, locals::Error> {
    let _on_drop = OnDrop(Arc::clone(&marks));
    marks.begun.notify_one();
    locals.sign_in(BOB).await?;
    Ok("signed in")
}

#[with_locals(user = Account)]
async fn signs_out_and_panics() -> Result<&'static str, locals::Error> {
    locals.sign_out().await?;
    panic!("the handler's own");
}
