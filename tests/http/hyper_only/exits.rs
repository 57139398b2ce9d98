//! Every way out of a handler of plain `http` (B-10, P-03), but for an `Err`.

use std::convert::Infallible;

use http::StatusCode;
use http_body_util::BodyExt;
use locals::{Auth, with_locals};

use super::{Failed, Request, Response, enter, ok};
use crate::{
    exits::carries_the_cookie_from,
    framework::{Running, on_hyper::serve},
    rig::{ADA, Account, BOB, Site, on_every_store},
};

/// One server, one handler for each path.
async fn server(site: &Site) -> Running {
    let auth = site.auth.clone();
    serve(move |request| {
        let auth = auth.clone();
        async move {
            match request.uri().path() {
                "/tail" => Ok(tail(request, &auth).await),
                "/return" => Ok(returns(request, &auth).await),
                "/question-mark" => question_mark(request, &auth).await,
                "/err" => err(request, auth).await,
                "/infallible" => Ok(infallible(request, auth).await.unwrap_or_default()),
                "/labelled-break" => labelled_break(request, &auth).await,
                "/closure" => closure(request, &auth).await,
                "/async-block" => async_block(request, &auth).await,
                "/pattern" => Ok(pattern(request, (&auth, [3, 4])).await),
                "/reads-the-body" => reads_the_body(request, &auth).await,
                "/required" => Ok(required(request, &auth).await),
                _ => Ok(Response::default()),
            }
        }
    })
    .await
}

on_every_store! {
    on Hyper;

    async fn b_10_the_tail_of_a_plain_handler_flushes(site: Site) {
        let server = server(&site).await;
        let reply = carries_the_cookie_from(&site, server.address, "/tail", 200).await;
        assert_eq!(reply.text(), "tail");
    }

    async fn b_10_a_return_of_a_plain_handler_flushes(site: Site) {
        let server = server(&site).await;
        let reply = carries_the_cookie_from(&site, server.address, "/return", 418).await;
        assert_eq!(reply.text(), "returned");
    }

    async fn b_10_an_ok_of_a_plain_handler_flushes(site: Site) {
        let server = server(&site).await;
        for (target, text) in [
            ("/question-mark?7", "7"),
            ("/infallible", "returned"),
            ("/labelled-break", "broke at 3"),
            ("/pattern", "3 and 4"),
        ] {
            let reply = carries_the_cookie_from(&site, server.address, target, 200).await;
            assert_eq!(reply.text(), text, "{target}");
        }
    }

    async fn p_03_a_return_in_a_closure_does_not_leave_a_plain_handler(site: Site) {
        let server = server(&site).await;
        let reply = carries_the_cookie_from(&site, server.address, "/closure", 200).await;
        assert_eq!(reply.text(), "even, odd");
    }

    async fn p_03_a_return_in_an_async_block_does_not_leave_a_plain_handler(site: Site) {
        let server = server(&site).await;
        let reply = carries_the_cookie_from(&site, server.address, "/async-block", 200).await;
        assert_eq!(reply.text(), "the block failed, the handler went on");
    }

    /// There is no response to write into: hyper closes the connection, and the cookie is not sent.
    async fn an_err_of_a_plain_handler_passes_through(site: Site) {
        let server = server(&site).await;
        for target in ["/err", "/question-mark?seven"] {
            let rows = site.rows().await;
            let answer = site.get(target).try_send_by(server.address).await;
            assert!(answer.is_err(), "{target}: {answer:?}");
            assert_eq!(site.rows().await, rows + 1, "{target}: its handler ran");
        }
        let reply = site.get("/tail").send_by(server.address).await;
        assert_eq!(reply.status, 200, "the server goes on");
    }

    async fn a_plain_handler_reads_its_own_body(site: Site) {
        let server = server(&site).await;
        let request = site.post("/reads-the-body").body("text/plain", "12345");
        let reply = request.send_by(server.address).await;
        assert_eq!(reply.text(), "5 bytes");
        assert!(reply.our_cookie().is_some());
    }

    /// Its body is that of the handler's response type by default: empty.
    async fn a_plain_required_handler_is_refused_with_an_empty_body(site: Site) {
        let server = server(&site).await;
        let refused = site.get("/required").send_by(server.address).await;
        assert_eq!((refused.status, refused.text()), (401, ""));
        assert_eq!(refused.header("vary"), Some("Accept, Sec-Fetch-Mode, HX-Request, Cookie"));
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for (token, text) in [(ada, "ada@example.com"), (bob, "bob@example.com")] {
            let reply = site.get("/required").session(&token).send_by(server.address).await;
            assert_eq!((reply.status, reply.text()), (200, text));
        }
    }
}

#[with_locals(http, auth = auth, user = Account)]
async fn tail(_: Request, auth: &Auth<Account>) -> Response {
    enter(locals).await.expect("a healthy store");
    ok("tail")
}

#[with_locals(http, auth = auth, user = Account)]
async fn returns(request: Request, auth: &Auth<Account>) -> Response {
    enter(locals).await.expect("a healthy store");
    if request.uri().path() == "/return" {
        let mut response = ok("returned");
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        return response;
    }
    ok("unreached")
}

#[with_locals(http, auth = auth, user = Account)]
async fn question_mark(request: Request, auth: &Auth<Account>) -> Result<Response, Failed> {
    enter(locals).await?;
    let query = request.uri().query().unwrap_or_default();
    let number: i32 = query.parse().map_err(|_| Failed("no number"))?;
    Ok(ok(number.to_string()))
}

#[with_locals(http, auth = auth, user = Account)]
async fn err(_request: Request, auth: Auth<Account>) -> Result<Response, Failed> {
    enter(locals).await?;
    Err(Failed("on purpose"))
}

#[with_locals(http, auth = &auth, user = Account)]
async fn infallible(_request: Request, auth: Auth<Account>) -> Result<Response, Infallible> {
    if enter(locals).await.is_ok() {
        return Ok(ok("returned"));
    }
    Ok(ok("unreached"))
}

#[with_locals(http, auth = auth, user = Account)]
async fn labelled_break(_request: Request, auth: &Auth<Account>) -> Result<Response, Failed> {
    let found = 'rows: loop {
        for number in 0.. {
            if number == 3 {
                enter(locals).await?;
                break 'rows number;
            }
        }
    };
    Ok(ok(format!("broke at {found}")))
}

#[with_locals(http, auth = auth, user = Account)]
async fn closure(_request: Request, auth: &Auth<Account>) -> Result<Response, Failed> {
    let parity = |number: u32| {
        if number.is_multiple_of(2) {
            return "even";
        }
        "odd"
    };
    let (four, five) = (parity(4), parity(5));
    enter(locals).await?;
    Ok(ok(format!("{four}, {five}")))
}

#[with_locals(http, auth = auth, user = Account)]
async fn async_block(_request: Request, auth: &Auth<Account>) -> Result<Response, Failed> {
    let outcome: Result<i32, Failed> = async {
        let Ok(number) = "seven".parse() else {
            return Err(Failed("no number"));
        };
        Ok(number)
    }
    .await;
    enter(locals).await?;
    Ok(ok(match outcome {
        Ok(_) => "the block succeeded",
        Err(_) => "the block failed, the handler went on",
    }))
}

#[with_locals(http, auth = auth, user = Account)]
async fn pattern(
    mut request: Request,
    (auth, [first, second]): (&Auth<Account>, [u32; 2]),
) -> Response {
    request.headers_mut().clear();
    enter(locals).await.expect("a healthy store");
    ok(format!("{first} and {second}"))
}

#[with_locals(http, auth = auth, user = Account)]
async fn reads_the_body(request: Request, auth: &Auth<Account>) -> Result<Response, Failed> {
    let body = request.into_body().collect().await;
    let length = body.map_err(|_| Failed("cut off"))?.to_bytes().len();
    enter(locals).await?;
    Ok(ok(format!("{length} bytes")))
}

#[with_locals(http, auth = auth, user = Account, required)]
async fn required(_request: Request, auth: &Auth<Account>) -> Response {
    let (_, account) = locals.get_session_user();
    ok(account.email.clone())
}
