//! The sites on axum 0.8.

#[path = "../handlers/mod.rs"]
mod handlers;

mod gates;

use std::panic::AssertUnwindSafe;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::FutureExt;
use locals::Refused;
use tokio::net::TcpListener;

use super::{AbortOnDrop, App, AppError, Running};

pub(crate) mod prelude {
    //! What the text of `handlers` is written for.

    use std::{convert::Infallible, sync::Arc};

    use axum::{
        Router,
        body::Body,
        extract::{FromRef, FromRequestParts},
        http::{HeaderName, HeaderValue, StatusCode, header::USER_AGENT, request::Parts},
    };
    use futures_util::stream;
    use locals::Auth;

    use crate::{
        framework::App,
        rig::{Account, Stage},
    };

    pub(crate) use axum::{
        Json,
        extract::{Path, Query},
        http::Method,
        response::{Redirect, Response},
    };

    pub(crate) type Routes = Router<App>;

    impl FromRef<App> for Auth<Account> {
        fn from_ref(app: &App) -> Self {
            app.auth.clone()
        }
    }

    /// What the handler shares with the test.
    pub(crate) struct Shared(pub(crate) Arc<Stage>);

    impl FromRequestParts<App> for Shared {
        type Rejection = Infallible;

        async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
            Ok(Self(Arc::clone(&app.stage)))
        }
    }

    /// Extracts nothing, and counts.
    pub(crate) struct Counted;

    impl FromRequestParts<App> for Counted {
        type Rejection = Infallible;

        async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Infallible> {
            app.stage.extract();
            Ok(Self)
        }
    }

    /// What the browser calls itself.
    pub(crate) struct UserAgent(pub(crate) Vec<u8>);

    impl FromRequestParts<App> for UserAgent {
        type Rejection = Infallible;

        async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
            let agent = parts.headers.get(USER_AGENT);
            Ok(Self(agent.map_or_else(Vec::new, |agent| {
                agent.as_bytes().to_owned()
            })))
        }
    }

    pub(crate) fn response(
        status: u16,
        fields: &[(&str, &[u8])],
        body: impl Into<String>,
    ) -> Response {
        let mut response = Response::new(Body::from(body.into()));
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        for (name, value) in fields {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            let value = HeaderValue::from_bytes(value).expect("a header's value");
            response.headers_mut().append(name, value);
        }
        response
    }

    /// Sends one piece after the other.
    pub(crate) fn in_pieces(pieces: [&'static str; 3]) -> Response {
        let pieces = pieces.map(Ok::<_, Infallible>);
        Response::new(Body::from_stream(stream::iter(pieces)))
    }

    pub(crate) fn see_other(path: &str) -> Redirect {
        Redirect::to(path)
    }

    macro_rules! handlers {
        ($($handlers:tt)*) => { $($handlers)* };
    }
    pub(crate) use handlers;

    /// `get` takes HEAD too, `any` every method.
    macro_rules! routes {
        ($($path:literal => $($method:ident $handler:ident),+;)+) => {
            pub(super) fn routes(routes: &mut Routes) {
                *routes = std::mem::take(routes)
                    $(.route(
                        $path,
                        axum::routing::MethodRouter::new()
                            $(.merge(axum::routing::$method($handler)))+,
                    ))+;
            }
        };
    }
    pub(crate) use routes;
}

pub(super) async fn start(app: App) -> Running {
    let mut routes = Router::new();
    handlers::routes(&mut routes);
    let site = gates::around(&app, &routes)
        .merge(routes)
        .merge(crate::axum_only::routes())
        .fallback(get(handlers::account).fallback(handlers::guarded))
        .layer(middleware::from_fn(around))
        .with_state(app);
    serve(site).await
}

/// Any router, on a port of its own.
pub(crate) async fn serve(router: Router) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let serving =
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
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
async fn around(mut request: Request, next: Next) -> Response {
    if let Some(method) = request.headers().get("x-http-method-override") {
        let method = Method::from_bytes(method.as_bytes());
        *request.method_mut() = method.expect("the test's own header");
    }
    if request.uri().path() != "/panic" {
        return named(next.run(request).await);
    }
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

#[cfg(feature = "sqlite")]
pub(super) fn status_of(error: locals::Error) -> u16 {
    error.into_response().status().as_u16()
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Locals(error) => error.into_response(),
            Self::Teapot => (StatusCode::IM_A_TEAPOT, "a teapot").into_response(),
            Self::Other(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
            }
        }
    }
}
