//! Every way out of a handler passes through the flush, once (B-10).
//!
//! The handlers here set a session they made and leave in some way. Whatever the way, the answer
//! carries the session's cookie, one time.

mod cut_short;
mod rejected;
mod shapes;

use std::net::SocketAddr;

use locals::Locals;

use crate::rig::{ADA, Account, Reply, Site, on_every_server};

/// Signs Ada in without a word to the store but the new row.
pub(crate) async fn enter(locals: &Locals<Account>) -> Result<(), locals::Error> {
    let session = locals.auth().create_session(ADA).await?;
    locals.set_session(&session);
    Ok(())
}

/// The answer carries one cookie, of a session that works, and the flush called no store.
pub(crate) async fn carries_the_cookie(site: &Site, target: &str, status: u16) -> Reply {
    carries_the_cookie_from(site, site.address, target, status).await
}

/// As [`carries_the_cookie`], from another server with the site's sessions.
pub(crate) async fn carries_the_cookie_from(
    site: &Site,
    server: SocketAddr,
    target: &str,
    status: u16,
) -> Reply {
    site.store.reset();
    let reply = site.get(target).send_by(server).await;
    assert_eq!(
        site.store.calls().writes(),
        1,
        "the handler makes one session"
    );
    assert_eq!(
        site.store.calls().total(),
        1,
        "and nothing else calls the store"
    );
    assert_eq!(reply.status, status, "{}", reply.text());
    let cookie = reply.our_cookie().expect("the session's cookie");
    assert_eq!(reply.set_cookies().len(), 1, "and no other");
    assert_eq!(site.whoami(&cookie.token()).await, 200);
    reply
}

on_every_server! {
    async fn b_10_the_tail_expression_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/tail", 200).await;
        assert_eq!(reply.text(), "tail");
    }

    async fn b_10_a_return_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/early", 200).await;
        assert_eq!(reply.text(), "early");
    }

    async fn b_10_a_question_mark_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/question-mark", 418).await;
        assert_eq!(reply.text(), "a teapot");
    }

    async fn b_10_a_question_mark_on_a_called_function_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/called-function", 500).await;
        assert_eq!(reply.text(), "reading the number");
    }

    async fn b_10_a_return_hidden_in_a_macro_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/bails", 500).await;
        assert_eq!(reply.text(), "bailed out");
    }

    async fn b_10_a_return_hidden_in_nested_macros_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/ensures", 500).await;
        assert_eq!(reply.text(), "2 is not 3");
    }

    async fn b_10_an_error_of_anyhow_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/ensures-with-anyhow", 500).await;
        assert_eq!(reply.text(), "not a small number");
    }

    async fn b_10_a_labelled_break_stays_in_the_handler(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/labelled-break", 200).await;
        assert_eq!(reply.text(), "broke at 3");
    }

    async fn b_10_a_labelled_continue_stays_in_the_handler(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/labelled-continue", 200).await;
        assert_eq!(reply.text(), "0 2 4");
    }

    async fn b_10_a_return_out_of_a_loop_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/out-of-a-loop", 200).await;
        assert_eq!(reply.text(), "found 49");
    }

    async fn p_03_a_return_in_a_closure_does_not_leave_the_handler(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/closure", 200).await;
        assert_eq!(reply.text(), "even, odd");
    }

    async fn p_03_a_return_in_an_async_block_does_not_leave_the_handler(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/async-block", 200).await;
        assert_eq!(reply.text(), "the block failed, the handler went on");
    }

    async fn p_03_a_question_mark_in_an_async_block_does_not_leave_the_handler(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/async-block-with-question-mark", 200).await;
        assert_eq!(reply.text(), "the block failed, the handler went on");
    }

    async fn b_10_a_redirect_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/redirects", 303).await;
        assert_eq!(reply.header("location"), Some("/public"));
    }

    async fn b_10_a_streaming_body_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/stream", 200).await;
        assert_eq!(reply.text(), "one two three");
    }

    async fn b_10_head_flushes(site: Site) {
        let reply = site.head("/early").send().await;
        assert_eq!((reply.status, reply.body.len()), (200, 0));
        let cookie = reply.our_cookie().expect("the session's cookie");
        assert_eq!(site.whoami(&cookie.token()).await, 200);
    }
}
