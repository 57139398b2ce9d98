//! A handler that does not come to its end: the client is gone, or it panics. Nothing is flushed,
//! and the store is as before or as after, never between.

use std::time::Duration;

use tokio::{io::AsyncWriteExt, time::timeout};

use crate::rig::{ADA, BOB, RequestTo, Site, on_every_server};

/// Sends the request, hangs up once the handler runs, and waits until the handler is dropped.
async fn hang_up(request: RequestTo<'_>, site: &Site) {
    let mut socket = site.connect().await;
    socket
        .write_all(&request.bytes())
        .await
        .expect("the site reads");
    site.stage.begun.notified().await;
    drop(socket);
    let dropped = timeout(Duration::from_secs(10), site.stage.dropped.notified()).await;
    dropped.expect("the server drops the handler of a client that is gone");
}

on_every_server! {
    async fn p_01_a_dropped_handler_changes_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        site.store.reset();
        hang_up(site.get("/never-ends").session(&token), &site).await;
        assert_eq!(site.store.calls().writes(), 0, "clearing the cookie writes nothing");
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.rows().await, rows);
    }

    /// The client hangs up while the store has the sign-in in hand.
    async fn p_01_a_dropped_sign_in_leaves_the_old_session_alone(site: Site) {
        let token = site.log_in(ADA).await;
        let rows = site.rows().await;
        site.store.hang();
        hang_up(site.post("/changes-user").session(&token), &site).await;
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
    async fn p_02_a_sign_out_before_a_panic_stays_done(site: Site) {
        let token = site.log_in(ADA).await;
        let answer = site.post("/signs-out-and-panics").session(&token).try_send().await;
        assert!(answer.is_err(), "nothing catches the panic here: {answer:?}");
        assert_eq!(site.whoami(&token).await, 401);
        assert_eq!(site.rows().await, 0);
        let other = site.log_in(BOB).await;
        assert_eq!(site.whoami(&other).await, 200);
    }
}
