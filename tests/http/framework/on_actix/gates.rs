//! The suite's routes once more, behind middleware.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderValue, SET_COOKIE},
    },
    middleware::{Next, from_fn},
    web::{self, ReqData, ServiceConfig},
};
use locals::{CheckOrigin, CurrentUser, LoadSession, RequireSession, Session};

use crate::{
    framework::{App, ROGUE},
    rig::{Account, Admin},
};

pub(super) fn around(app: &App, routes: &mut ServiceConfig, suite: fn(&mut ServiceConfig)) {
    let inside = |prefix| {
        web::scope(prefix)
            .configure(suite)
            .route("/report", web::to(report))
            .route("/greeting", web::to(greeting))
            .route("/mine", web::to(mine))
    };
    let session = || RequireSession::new(app.auth.clone());
    let loads = || LoadSession::new(app.auth.clone());
    routes
        .service(
            inside("/behind")
                .wrap(from_fn(meddle))
                .wrap(session().redirect("/enter")),
        )
        .service(inside("/loaded").wrap(loads()))
        .service(
            inside("/nested")
                .wrap(loads())
                .wrap(session())
                .wrap(loads()),
        )
        .service(inside("/bare"))
        .service(inside("/admins").wrap(session().guard::<Admin>()))
        .service(inside("/anyone").wrap(session().any_origin()))
        .service(
            inside("/checked")
                .wrap(from_fn(meddle))
                .wrap(CheckOrigin::new(app.auth.clone())),
        );
}

/// A handler without the attribute.
async fn report(session: Option<ReqData<Session>>) -> String {
    let user = session.map(|session| session.user_id().to_string());
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

/// Between the middleware and the handlers: changes the method, sets a cookie of our name.
async fn meddle<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if let Some(method) = request.headers().get("x-inner-method") {
        let method = Method::from_bytes(method.as_bytes());
        request.head_mut().method = method.expect("the test's own header");
    }
    let is_rogue = request.headers().contains_key("x-rogue");
    let mut response = next.call(request).await?;
    if is_rogue {
        let cookie = HeaderValue::from_static(ROGUE);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
