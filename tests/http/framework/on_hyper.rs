//! The sites on plain `http` 1, served by hyper: a framework of as much as the handlers need.

#[path = "../handlers/mod.rs"]
mod handlers;

mod extract;
mod gates;
mod respond;

use std::{convert::Infallible, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use futures_util::FutureExt;
use http::{HeaderValue, Method};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use locals::Refused;
use tokio::{net::TcpListener, task::JoinSet};

use super::{AbortOnDrop, App, Running};

pub(crate) use extract::{FromRequest, auth_of};
pub(crate) use respond::{Body, answer};

use extract::Captured;

pub(crate) type Request = http::Request<Incoming>;
pub(crate) type Response = http::Response<Body>;

pub(crate) mod prelude {
    //! What the text of `handlers` is written for.

    pub(crate) use super::{
        Request, Response, Routes,
        extract::{Counted, Path, Query, Shared, UserAgent},
        respond::{Json, Redirect, in_pieces, response, see_other},
    };
    pub(crate) use http::Method;

    /// Makes a handler of extractors a function of a request: it extracts its arguments inside of
    /// the annotated body, and converts what it returns.
    ///
    /// ```ignore
    /// #[with_locals(user = Account)]
    /// async fn login(Query(Who { u }): Query<Who>) -> Result<&'static str, Error> { BODY }
    /// // becomes
    /// #[with_locals(http, auth = auth_of(&request), user = Account)]
    /// async fn login(request: Request) -> Response {
    ///     let Query(Who { u }) = /* extracted, or its rejection returned */;
    ///     answer::<Result<&'static str, Error>>(async move { BODY }).await
    /// }
    /// ```
    macro_rules! handlers {
        ($(
            $(#[doc = $doc:literal])*
            #[with_locals($($option:tt)*)]
            $visibility:vis async fn $name:ident($($parameters:tt)*) -> $output:ty $body:block
        )+) => {$(
            $(#[doc = $doc])*
            #[with_locals(http, auth = $crate::framework::on_hyper::auth_of(&request), $($option)*)]
            $visibility async fn $name(request: Request) -> Response {
                arguments!(request $($parameters)*);
                $crate::framework::on_hyper::answer::<$output>(async move $body).await
            }
        )+};
    }
    pub(crate) use handlers;

    /// Binds each of a handler's parameters, or returns the rejection of the first that cannot be.
    macro_rules! arguments {
        ($request:ident) => {
            drop($request);
        };
        ($request:ident $($parameters:tt)+) => {
            let mut request = $request;
            arguments!(@ request $($parameters)+);
        };
        (@ $request:ident) => {};
        (@ $request:ident $name:ident $fields:tt : $kind:ty $(, $($rest:tt)*)?) => {
            let $name $fields = match $crate::framework::on_hyper::extract::<$kind>(&mut $request).await {
                Ok(argument) => argument,
                Err(rejection) => return rejection,
            };
            $(arguments!(@ $request $($rest)*);)?
        };
        (@ $request:ident $name:tt : $kind:ty $(, $($rest:tt)*)?) => {
            let $name = match $crate::framework::on_hyper::extract::<$kind>(&mut $request).await {
                Ok(argument) => argument,
                Err(rejection) => return rejection,
            };
            $(arguments!(@ $request $($rest)*);)?
        };
    }
    pub(crate) use arguments;

    /// `get` takes HEAD too, `any` every method.
    macro_rules! routes {
        ($($path:literal => $($method:ident $handler:ident),+;)+) => {
            pub(super) fn routes(routes: &mut Routes) {
                $(routes.add(
                    $path,
                    vec![$((stringify!($method), |request| Box::pin($handler(request)))),+],
                );)+
            }
        };
    }
    pub(crate) use routes;
}

/// For the expansion of `arguments!`.
pub(crate) async fn extract<T: FromRequest>(request: &mut Request) -> Result<T, Response> {
    T::from_request(request).await
}

type Handler = fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// The handlers of each path, with their methods.
#[derive(Default)]
pub(crate) struct Routes(matchit::Router<Vec<(&'static str, Handler)>>);

impl Routes {
    pub(crate) fn add(&mut self, path: &str, handlers: Vec<(&'static str, Handler)>) {
        self.0.insert(path, handlers).expect("a path of its own");
    }

    async fn answer(&self, mut request: Request) -> Response {
        let path = request.uri().path().to_owned();
        let handler = match self.0.at(&path) {
            Ok(found) => {
                let captured = found
                    .params
                    .iter()
                    .next()
                    .map(|(_, value)| value.to_owned());
                request.extensions_mut().insert(Captured(captured));
                let takes = |method: &str| match method {
                    "get" => [Method::GET, Method::HEAD].contains(request.method()),
                    "post" => request.method() == Method::POST,
                    _ => true,
                };
                let mut handlers = found.value.iter();
                match handlers.find(|(method, _)| takes(method)) {
                    Some((_, handler)) => *handler,
                    None => return prelude::response(405, &[], ""),
                }
            }
            Err(_) if [Method::GET, Method::HEAD].contains(request.method()) => {
                |request: Request| Box::pin(handlers::account(request)) as _
            }
            Err(_) => |request: Request| Box::pin(handlers::guarded(request)) as _,
        };
        handler(request).await
    }
}

pub(super) async fn start(app: App) -> Running {
    let mut routes = Routes::default();
    handlers::routes(&mut routes);
    let routes = Arc::new(routes);
    serve(move |mut request: Request| {
        request.extensions_mut().insert(app.clone());
        let routes = Arc::clone(&routes);
        async move { Ok::<_, Infallible>(around(routes, request).await) }
    })
    .await
}

/// Starts a server of one function, HTTP/1 and HTTP/2 on one port.
pub(crate) async fn serve<F, E>(
    service: impl Fn(Request) -> F + Clone + Send + Sync + 'static,
) -> Running
where
    F: Future<Output = Result<Response, E>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let serving = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let service = service_fn(service.clone());
            connections.spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                // A connection may break, and an error of the service breaks it.
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            });
            while connections.try_join_next().is_some() {}
        }
    });
    Running {
        address,
        _guard: Box::new(AbortOnDrop(serving)),
    }
}

/// What is outside of all gates knows a refusal, and says so.
fn named(mut response: Response) -> Response {
    if let Some(refused) = response.extensions().get::<Refused>().copied() {
        let reason = HeaderValue::try_from(refused.reason().to_string());
        let headers = response.headers_mut();
        headers.insert("x-refused", reason.expect("a word"));
    }
    response
}

/// The application's own middleware: a header changes the method, and a panic at `/panic` is 500.
async fn around(routes: Arc<Routes>, mut request: Request) -> Response {
    if let Some(method) = request.headers().get("x-http-method-override") {
        let method = Method::from_bytes(method.as_bytes());
        *request.method_mut() = method.expect("the test's own header");
    }
    if request.uri().path() != "/panic" {
        return named(gates::around(routes, request).await);
    }
    let answer = AssertUnwindSafe(routes.answer(request))
        .catch_unwind()
        .await;
    answer.unwrap_or_else(|_| prelude::response(500, &[], ""))
}

#[cfg(feature = "sqlite")]
#[allow(dead_code, reason = "the first framework is asked")]
pub(super) fn status_of(error: locals::Error) -> u16 {
    Response::from(error).status().as_u16()
}
