//! The sites on actix-web 4.

#[path = "../handlers/mod.rs"]
mod handlers;

mod gates;

use std::{fmt, net::TcpListener, panic::AssertUnwindSafe, sync::Arc, thread};

use actix_web::{
    HttpResponse, HttpServer, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    error::ErrorInternalServerError,
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
    middleware::{self, Next},
    rt::System,
    web,
};
use futures_util::FutureExt;
use locals::Refused;
use tokio::sync::oneshot;

use super::{App, AppError, Running};

pub(crate) mod prelude {
    //! What the text of `handlers` is written for.

    use std::{
        convert::Infallible,
        future::{Ready, ready},
        sync::Arc,
    };

    use actix_web::{
        Error, FromRequest, HttpRequest,
        dev::Payload,
        http::{
            StatusCode,
            header::{HeaderName, HeaderValue, USER_AGENT},
        },
        web::{self, Bytes},
    };
    use futures_util::{TryFutureExt, future::LocalBoxFuture, stream};
    use serde::de::DeserializeOwned;

    use crate::rig::Stage;

    pub(crate) use actix_web::{
        HttpResponse as Response,
        http::Method,
        web::{Json, Query, Redirect},
    };

    pub(crate) type Routes = web::ServiceConfig;

    /// `web::Path` with a field that a pattern can name.
    pub(crate) struct Path<T>(pub(crate) T);

    impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
        type Error = Error;
        type Future = LocalBoxFuture<'static, Result<Self, Error>>;

        fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
            let path = web::Path::<T>::from_request(request, payload);
            Box::pin(path.map_ok(|path| Self(path.into_inner())))
        }
    }

    fn stage(request: &HttpRequest) -> Arc<Stage> {
        let stage = request.app_data::<Arc<Stage>>();
        Arc::clone(stage.expect("every site has one"))
    }

    /// What the handler shares with the test.
    pub(crate) struct Shared(pub(crate) Arc<Stage>);

    impl FromRequest for Shared {
        type Error = Infallible;
        type Future = Ready<Result<Self, Infallible>>;

        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            ready(Ok(Self(stage(request))))
        }
    }

    /// Extracts nothing, and counts.
    pub(crate) struct Counted;

    impl FromRequest for Counted {
        type Error = Infallible;
        type Future = Ready<Result<Self, Infallible>>;

        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            stage(request).extract();
            ready(Ok(Self))
        }
    }

    /// What the browser calls itself.
    pub(crate) struct UserAgent(pub(crate) Vec<u8>);

    impl FromRequest for UserAgent {
        type Error = Infallible;
        type Future = Ready<Result<Self, Infallible>>;

        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            let agent = request.headers().get(USER_AGENT);
            let agent = agent.map_or_else(Vec::new, |agent| agent.as_bytes().to_owned());
            ready(Ok(Self(agent)))
        }
    }

    pub(crate) fn response(
        status: u16,
        fields: &[(&str, &[u8])],
        body: impl Into<String>,
    ) -> Response {
        let status = StatusCode::from_u16(status).expect("a status");
        let mut response = Response::new(status)
            .set_body(body.into())
            .map_into_boxed_body();
        for (name, value) in fields {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            let value = HeaderValue::from_bytes(value).expect("a header's value");
            response.headers_mut().append(name, value);
        }
        response
    }

    /// Sends one piece after the other.
    pub(crate) fn in_pieces(pieces: [&'static str; 3]) -> Response {
        let pieces = pieces.map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece.as_bytes())));
        Response::Ok().streaming(stream::iter(pieces))
    }

    pub(crate) fn see_other(path: &'static str) -> Redirect {
        Redirect::to(path).see_other()
    }

    macro_rules! handlers {
        ($($handlers:tt)*) => { $($handlers)* };
    }
    pub(crate) use handlers;

    /// `get` takes HEAD too, which an application on actix-web says itself; `any` takes every method.
    macro_rules! routes {
        ($($path:literal => $($method:ident $handler:ident),+;)+) => {
            pub(super) fn routes(routes: &mut Routes) {
                $(
                    let resource = actix_web::web::resource($path);
                    $(let resource = routes!(@ $method resource $handler);)+
                    routes.service(resource);
                )+
            }
        };
        (@ get $resource:ident $handler:ident) => {
            $resource
                .route(actix_web::web::get().to($handler))
                .route(actix_web::web::head().to($handler))
        };
        (@ post $resource:ident $handler:ident) => {
            $resource.route(actix_web::web::post().to($handler))
        };
        (@ any $resource:ident $handler:ident) => {
            $resource.default_service(actix_web::web::to($handler))
        };
    }
    pub(crate) use routes;
}

pub(super) async fn start(app: App) -> Running {
    serve(1, site(app)).await
}

/// The routes of every site.
pub(crate) fn site(app: App) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    move |routes| {
        routes
            .app_data(app.auth.clone())
            .app_data(Arc::clone(&app.stage));
        gates::around(&app, routes, handlers::routes);
        handlers::routes(routes);
        crate::actix_only::routes(routes);
        routes.service(
            web::resource("/{path:.*}")
                .route(web::get().to(handlers::account))
                .route(web::head().to(handlers::account))
                .default_service(web::to(handlers::guarded)),
        );
    }
}

/// Starts a server with these routes on threads of its own, HTTP/1 and HTTP/2 on one port.
pub(crate) async fn serve(
    workers: usize,
    routes: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (started, handle) = oneshot::channel();
    let app = move || {
        actix_web::App::new()
            .configure(&routes)
            .wrap(middleware::from_fn(around))
    };
    thread::spawn(move || {
        System::new().block_on(async move {
            let server = HttpServer::new(app)
                .workers(workers)
                .disable_signals()
                .shutdown_timeout(0)
                // As the other servers do: the handler of a client that is gone is dropped.
                .h1_allow_half_closed(false)
                .listen_auto_h2c(listener)
                .expect("a bound listener")
                .run();
            // The test may be over already.
            let _ = started.send(server.handle());
            server.await.expect("serving");
        });
    });
    let handle = handle.await.expect("the server has started");
    Running {
        address,
        _guard: Box::new(StopOnDrop(handle)),
    }
}

struct StopOnDrop(ServerHandle);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        // The command is sent here; nobody waits until it is obeyed.
        drop(self.0.stop(false));
    }
}

/// What is outside of all gates knows a refusal, and says so.
fn named<B>(mut response: ServiceResponse<B>) -> ServiceResponse<B> {
    let refused = response.response().extensions().get::<Refused>().copied();
    if let Some(refused) = refused {
        let reason = HeaderValue::try_from(refused.reason().to_string());
        let headers = response.headers_mut();
        headers.insert(
            HeaderName::from_static("x-refused"),
            reason.expect("a word"),
        );
    }
    response
}

/// The application's own middleware: a header changes the method, and a panic at `/panic` is 500.
async fn around<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if let Some(method) = request.headers().get("x-http-method-override") {
        let method = Method::from_bytes(method.as_bytes());
        request.head_mut().method = method.expect("the test's own header");
    }
    if request.path() != "/panic" {
        return next.call(request).await.map(named);
    }
    let answer = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| Err(ErrorInternalServerError("a panic")))
}

#[cfg(feature = "sqlite")]
#[allow(dead_code, reason = "the first framework is asked")]
pub(super) fn status_of(error: locals::Error) -> u16 {
    error.status_code().as_u16()
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locals(error) => error.fmt(f),
            Self::Teapot => f.write_str("a teapot"),
            Self::Other(error) => error.fmt(f),
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Locals(error) => error.status_code(),
            Self::Teapot => StatusCode::IM_A_TEAPOT,
            Self::Other(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        match self {
            Self::Locals(error) => error.error_response(),
            other => {
                HttpResponse::new(other.status_code()).set_body(BoxBody::new(other.to_string()))
            }
        }
    }
}
