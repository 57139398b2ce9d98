//! Handlers of plain `http` requests: every pattern of the request, every place of the `Auth`.

use super::drops::{Log, Note};
use axum::http::{Method, Request, Response, StatusCode, header};
use locals::{Auth, Eager, Error, Locals, MemoryStore, UserId, with_locals};
use std::{convert::Infallible, future::Future, sync::Arc};

type Answer = Result<Response<String>, Infallible>;

struct Pages {
    auth: Auth,
    title: String,
}

impl Pages {
    fn auth(&self) -> &Auth {
        &self.auth
    }

    fn try_auth(&self) -> Result<&Auth, StatusCode> {
        Ok(&self.auth)
    }
}

/// A trait whose signature is not for the attribute to change.
trait Service<B> {
    async fn call(&self, request: Request<B>, id: u64) -> Answer;

    fn send(&self, request: Request<B>) -> impl Future<Output = Answer> + Send;
}

impl Service<String> for Pages {
    #[with_locals(http, auth = self.auth, required, redirect = "/login")]
    async fn call(&self, request: Request<String>, id: u64) -> Answer {
        let user = locals.get_session().user_id();
        let text = format!("{} {id} {user} {}", self.title, request.into_body());
        locals.clear_session();
        Ok(Response::new(text))
    }

    fn send(&self, request: Request<String>) -> impl Future<Output = Answer> + Send {
        self.call(request, 7)
    }
}

#[with_locals(http, auth = pages.auth, csrf = off)]
async fn named(request: Request<String>, pages: &Pages) -> Response<String> {
    locals.clear_session();
    Response::new(format!("{} {}", pages.title, request.uri()))
}

#[with_locals(http, auth = &pages.auth)]
async fn mutable(mut request: Request<String>, pages: &Pages) -> Response<String> {
    locals.clear_session();
    request.body_mut().push('!');
    Response::new(request.into_body())
}

#[with_locals(http, auth = pages.auth())]
async fn ignored(_: Request<impl Send>, pages: Arc<Pages>) -> Response<String> {
    locals.clear_session();
    Response::new(pages.title.clone())
}

#[with_locals(http, auth = pages.try_auth()?, eager)]
async fn unused(_request: Request<()>, pages: &Pages) -> Result<Response<String>, StatusCode> {
    locals.clear_session();
    Ok(Response::new(locals.get_session().is_some().to_string()))
}

/// The body does not use the request, the options do.
#[with_locals(http, auth = *_request.extensions().get::<Box<Auth>>().ok_or("no sessions")?)]
async fn carried(_request: Request<()>) -> Result<Response<String>, &'static str> {
    locals.clear_session();
    Ok(Response::new(
        locals.auth().ping().await.is_ok().to_string(),
    ))
}

#[with_locals(http, auth = if *request.method() == Method::GET { &pages.auth } else { pages.auth() })]
async fn chosen(
    locals: &Locals<UserId, Eager>,
    request: &Request<()>,
    pages: &Pages,
) -> Result<Response<String>, Infallible> {
    locals.clear_session();
    let known = locals.get_session().is_some();
    Ok(Response::new(format!("{known} {}", request.method())))
}

#[with_locals(http, auth = pages.auth)]
async fn borrowed(
    ref request @ Request { .. }: Request<String>,
    #[expect(unused_variables)] id: u64,
    pages: &Pages,
) -> Response<Box<str>> {
    locals.clear_session();
    if request.body().is_empty() {
        return Response::default();
    }
    Response::new(request.body().as_str().into())
}

#[with_locals(http, auth = pages.auth, crate = ::locals)]
async fn opaque(request: Request<String>, pages: &Pages) -> Result<Response<impl Default>, Error> {
    locals.sign_out().await?;
    Ok(Response::new(request.into_body()))
}

/// Every fragment is the caller's.
macro_rules! emitted {
    ($name:ident, $request:ident, $pages:ident => $auth:expr, $body:block) => {
        #[with_locals(http, auth = $auth)]
        async fn $name($request: Request<String>, $pages: &Pages) -> Response<String> $body
    };
}

emitted!(emitted, request, pages => pages.auth, {
    locals.clear_session();
    Response::new(request.into_body())
});

/// Its error is no response: nothing is flushed into it.
#[with_locals(http, auth = pages.auth)]
async fn failing(request: Request<()>, pages: &Pages) -> Result<Response<String>, String> {
    locals.clear_session();
    Err(request.uri().to_string())
}

/// What a request says for Ada, and the number of its cookies.
async fn pages() -> (Pages, impl Fn(&str) -> Request<String>) {
    let auth: Auth = Auth::builder(MemoryStore::new())
        .build()
        .expect("nothing is set");
    let session = auth.create_session("ada").await.expect("memory");
    let cookie = format!("__Host-session={}", session.token().expose());
    let request = move |body: &str| {
        Request::get("/page")
            .header(header::COOKIE, &cookie)
            .body(body.to_owned())
            .expect("a request")
    };
    let title = String::from("home");
    (Pages { auth, title }, request)
}

fn read<B: AsRef<str>>(response: &Response<B>) -> (u16, &str, usize) {
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    (
        response.status().as_u16(),
        response.body().as_ref(),
        cookies.count(),
    )
}

#[tokio::test]
async fn every_request_is_answered() {
    let (pages, request) = pages().await;
    let empty = || request("").map(drop);
    let Ok(called) = pages.call(request("hello"), 3).await;
    assert_eq!(read(&called), (200, "home 3 ada hello", 1));
    let Ok(sent) = pages.send(request("hello")).await;
    assert_eq!(read(&sent), (200, "home 7 ada hello", 1));
    let named = named(request(""), &pages).await;
    assert_eq!(read(&named), (200, "home /page", 1));
    let mutable = mutable(request("hello"), &pages).await;
    assert_eq!(read(&mutable), (200, "hello!", 1));
    let emitted = emitted(request("hello"), &pages).await;
    assert_eq!(read(&emitted), (200, "hello", 1));
    let unused = unused(empty(), &pages).await;
    assert_eq!(unused.as_ref().map(read), Ok((200, "true", 1)));
    let mut carrying = empty();
    assert_eq!(carried(empty()).await.err(), Some("no sessions"));
    carrying
        .extensions_mut()
        .insert(Box::new(pages.auth.clone()));
    let carried = carried(carrying).await;
    assert_eq!(carried.as_ref().map(read), Ok((200, "true", 1)));
    let Ok(chosen) = chosen(&empty(), &pages).await;
    assert_eq!(read(&chosen), (200, "true GET", 1));
    let borrowed = borrowed(request("hello"), 3, &pages).await;
    assert_eq!(read(&borrowed), (200, "hello", 1));
    let opaque = opaque(request("hello"), &pages).await;
    assert!(opaque.is_ok_and(|opaque| opaque.headers().contains_key(header::SET_COOKIE)));
    let failing = failing(empty(), &pages).await;
    assert_eq!(failing.err().as_deref(), Some("/page"));
    let ignored = ignored(request(""), Arc::new(pages)).await;
    assert_eq!(read(&ignored), (200, "home", 1));
}

#[tokio::test]
async fn a_refused_request_reaches_no_body() {
    let (pages, _) = pages().await;
    let stranger = Request::get("/page")
        .header(header::ACCEPT, "text/html")
        .body(String::new())
        .expect("a request");
    let Ok(refused) = pages.call(stranger, 3).await;
    assert_eq!(read(&refused), (303, "", 0));
}

mod drops {
    use super::*;

    /// The same function twice: as it is, and as a handler.
    macro_rules! twice {
        ($name:ident($($parameters:tt)*) $body:block) => {
            mod $name {
                use super::*;

                #[allow(unused_variables, reason = "it is there to be dropped")]
                pub(super) async fn function($($parameters)*, _: &Pages) -> Response<String> $body

                #[with_locals(http, auth = pages.auth)]
                pub(super) async fn handler($($parameters)*, pages: &Pages) -> Response<String> $body
            }
        };
    }

    twice! { unused(request: Request<Note>, _first: Note, _second: Note) {
        Response::default()
    }}

    twice! { ignored(_: Request<Note>, _: Note, _: Note) {
        Response::default()
    }}

    twice! { used(request: Request<Note>, _first: Note, second: Note) {
        Response::new(second.text())
    }}

    macro_rules! same_in_both {
        ($($name:ident)*) => {$(
            #[tokio::test]
            async fn $name() {
                let (pages, _) = pages().await;
                let (function, handler) = (Log::default(), Log::default());
                for (log, is_handler) in [(&function, false), (&handler, true)] {
                    let request = Request::new(log.note("request"));
                    let (first, second) = (log.note("first"), log.note("second"));
                    if is_handler {
                        super::$name::handler(request, first, second, &pages).await;
                    } else {
                        super::$name::function(request, first, second, &pages).await;
                    }
                }
                assert_eq!(handler.read(), function.read());
            }
        )*};
    }

    mod a_handler_drops_as_a_function_does {
        use super::*;

        same_in_both!(unused ignored used);
    }
}
