//! Every way out of a handler passes through the flush, once (B-10).
//!
//! The handlers here set a session they made and leave in some way. Whatever the way, the answer
//! carries the session's cookie, one time.

mod cut_short;
mod rejected;
mod shapes;

use anyhow::Context;
use axum::{
    Router,
    response::Redirect,
    routing::{MethodRouter, get},
};
use locals::{Auth, Locals, with_locals};

use crate::{
    app::AppError,
    rig::{ADA, Account, Backend, Reply, Settings, Site, on_both_stores},
};

/// Signs Ada in without a word to the store but the new row.
async fn enter(locals: &Locals<Account>) -> Result<(), locals::Error> {
    let session = locals.auth().create_session(ADA).await?;
    locals.set_session(&session);
    Ok(())
}

/// The answer carries one cookie, of a session that works, and the flush called no store.
async fn carries_the_cookie(site: &Site, target: &str, status: u16) -> Reply {
    site.store.reset();
    let reply = site.get(target).send().await;
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

/// As [`carries_the_cookie`], for a handler on a site of its own.
async fn flushes_once(
    backend: Backend,
    handler: MethodRouter<Auth<Account>>,
    status: u16,
) -> Reply {
    let routes = Router::new().route("/exit", handler);
    let site = Site::with(backend, Settings::default(), routes).await;
    carries_the_cookie(&site, "/exit", status).await
}

on_both_stores! {
    async fn b_10_the_tail_expression_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(tail), 200).await;
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

    async fn b_10_a_question_mark_on_a_called_function_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(called_function), 500).await;
        assert_eq!(reply.text(), "reading the number");
    }

    async fn b_10_a_return_hidden_in_a_macro_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(bails), 500).await;
        assert_eq!(reply.text(), "bailed out");
    }

    async fn b_10_a_return_hidden_in_nested_macros_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(ensures), 500).await;
        assert_eq!(reply.text(), "2 is not 3");
    }

    async fn b_10_an_error_of_anyhow_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(ensures_with_anyhow), 500).await;
        assert_eq!(reply.text(), "not a small number");
    }

    async fn b_10_a_labelled_break_stays_in_the_handler(backend: Backend) {
        let reply = flushes_once(backend, get(labelled_break), 200).await;
        assert_eq!(reply.text(), "broke at 3");
    }

    async fn b_10_a_labelled_continue_stays_in_the_handler(backend: Backend) {
        let reply = flushes_once(backend, get(labelled_continue), 200).await;
        assert_eq!(reply.text(), "0 2 4");
    }

    async fn b_10_a_return_out_of_a_loop_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(out_of_a_loop), 200).await;
        assert_eq!(reply.text(), "found 49");
    }

    async fn p_03_a_return_in_a_closure_does_not_leave_the_handler(backend: Backend) {
        let reply = flushes_once(backend, get(closure), 200).await;
        assert_eq!(reply.text(), "even, odd");
    }

    async fn p_03_a_return_in_an_async_block_does_not_leave_the_handler(backend: Backend) {
        let reply = flushes_once(backend, get(async_block), 200).await;
        assert_eq!(reply.text(), "the block failed, the handler went on");
    }

    async fn p_03_a_question_mark_in_an_async_block_does_not_leave_the_handler(backend: Backend) {
        let reply = flushes_once(backend, get(async_block_with_question_mark), 200).await;
        assert_eq!(reply.text(), "the block failed, the handler went on");
    }

    async fn b_10_a_redirect_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(redirects), 303).await;
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

#[with_locals(user = Account)]
async fn tail() -> Result<&'static str, AppError> {
    enter(locals).await?;
    Ok("tail")
}

fn read_number(text: &str) -> anyhow::Result<i32> {
    text.parse().context("reading the number")
}

#[with_locals(user = Account)]
async fn called_function() -> Result<String, AppError> {
    enter(locals).await?;
    Ok(read_number("seven")?.to_string())
}

macro_rules! bail {
    ($($text:tt)+) => {
        return Err(AppError::from(anyhow::anyhow!($($text)+)))
    };
}

macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            bail!($($text)+);
        }
    };
}

#[with_locals(user = Account)]
async fn bails() -> Result<&'static str, AppError> {
    enter(locals).await?;
    if read_number("7").is_ok() {
        bail!("bailed {}", "out");
    }
    Ok("unreached")
}

#[with_locals(user = Account)]
async fn ensures() -> Result<String, AppError> {
    enter(locals).await?;
    let number = read_number("2")?;
    ensure!(number == 2, "unreached");
    ensure!(number == 3, "{number} is not 3");
    Ok(number.to_string())
}

fn small(number: i32) -> anyhow::Result<i32> {
    anyhow::ensure!(number < 10, "not a small number");
    Ok(number)
}

#[with_locals(user = Account)]
async fn ensures_with_anyhow() -> Result<String, AppError> {
    enter(locals).await?;
    Ok(small(700)?.to_string())
}

#[with_locals(user = Account)]
async fn labelled_break() -> Result<String, AppError> {
    let found = 'rows: loop {
        for number in 0.. {
            if number == 3 {
                enter(locals).await?;
                break 'rows number;
            }
        }
    };
    Ok(format!("broke at {found}"))
}

#[with_locals(user = Account)]
async fn labelled_continue() -> Result<String, AppError> {
    let mut even = Vec::new();
    'numbers: for number in 0..6 {
        for divisor in [1, 2] {
            if number % divisor != 0 {
                continue 'numbers;
            }
        }
        even.push(number.to_string());
    }
    enter(locals).await?;
    Ok(even.join(" "))
}

#[with_locals(user = Account)]
async fn out_of_a_loop() -> Result<String, AppError> {
    for number in 1.. {
        let square = number * number;
        if square > 40 {
            enter(locals).await?;
            return Ok(format!("found {square}"));
        }
    }
    Err(AppError::Teapot)
}

#[with_locals(user = Account)]
async fn closure() -> Result<String, AppError> {
    let parity = |number: u32| {
        if number.is_multiple_of(2) {
            return "even";
        }
        "odd"
    };
    let (four, five) = (parity(4), parity(5));
    enter(locals).await?;
    Ok(format!("{four}, {five}"))
}

/// How the two handlers below end, when their block does what it should.
fn went_on(outcome: Result<i32, AppError>) -> &'static str {
    match outcome {
        Ok(_) => "the block succeeded",
        Err(_) => "the block failed, the handler went on",
    }
}

#[with_locals(user = Account)]
async fn async_block() -> Result<&'static str, AppError> {
    let outcome: Result<i32, AppError> = async {
        let Ok(number) = read_number("seven") else {
            return Err(AppError::Teapot);
        };
        Ok(number)
    }
    .await;
    enter(locals).await?;
    Ok(went_on(outcome))
}

#[with_locals(user = Account)]
async fn async_block_with_question_mark() -> Result<&'static str, AppError> {
    let outcome: Result<i32, AppError> = async {
        let number = read_number("seven")?;
        Ok(number + 1)
    }
    .await;
    enter(locals).await?;
    Ok(went_on(outcome))
}

#[with_locals(user = Account)]
async fn redirects() -> Result<Redirect, AppError> {
    enter(locals).await?;
    Ok(Redirect::to("/public"))
}
