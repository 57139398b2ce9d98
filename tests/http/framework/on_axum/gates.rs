//! The suite's routes once more, behind layers.

use axum::{
    Extension, Router,
    extract::Request,
    http::{HeaderValue, Method, header::SET_COOKIE},
    middleware::{self, Next},
    response::Response,
    routing::any,
};
use locals::{CheckOrigin, CurrentUser, LoadSession, RequireSession, Session};

use crate::{
    framework::{App, ROGUE},
    rig::{Account, Admin},
};

pub(super) fn around(app: &App, suite: &Router<App>) -> Router<App> {
    let inside = suite
        .clone()
        .route("/report", any(report))
        .route("/greeting", any(greeting))
        .route("/mine", any(mine));
    let session = || RequireSession::new(app.auth.clone());
    let loads = || LoadSession::new(app.auth.clone());
    let nested = inside.clone().layer(loads()).layer(session());
    let meddled = inside.clone().layer(middleware::from_fn(meddle));
    let behind = meddled.clone().layer(session().redirect("/enter"));
    Router::new()
        .nest("/behind", behind)
        .nest("/loaded", inside.clone().layer(loads()))
        .nest("/nested", nested.layer(loads()))
        .nest("/bare", inside.clone())
        .nest("/admins", inside.clone().layer(session().guard::<Admin>()))
        .nest("/anyone", inside.layer(session().any_origin()))
        .nest(
            "/checked",
            meddled.layer(CheckOrigin::new(app.auth.clone())),
        )
}

/// A handler without the attribute.
async fn report(session: Option<Extension<Session>>) -> String {
    let user = session.map(|Extension(session)| session.user_id().to_string());
    user.unwrap_or_else(|| "nobody".to_owned())
}

async fn greeting(user: Option<CurrentUser<Account>>) -> String {
    user.map_or("hello, stranger".into(), |user| {
        format!("hello, {} of {}", user.email, user.session().user_id())
    })
}

async fn mine(user: CurrentUser<Account>) -> String {
    user.email.clone()
}

/// Between the layer and the handlers: changes the method, sets a cookie of our name.
async fn meddle(mut request: Request, next: Next) -> Response {
    if let Some(method) = request.headers().get("x-inner-method") {
        let method = Method::from_bytes(method.as_bytes());
        *request.method_mut() = method.expect("the test's own header");
    }
    let is_rogue = request.headers().contains_key("x-rogue");
    let mut response = next.run(request).await;
    if is_rogue {
        let cookie = HeaderValue::from_static(ROGUE);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
