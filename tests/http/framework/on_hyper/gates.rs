//! The suite's routes once more, behind layers of tower.

use std::{convert::Infallible, sync::Arc};

use http::{HeaderValue, Method, Uri, header::SET_COOKIE};
use http_body_util::BodyExt;
use locals::{CheckOrigin, CurrentUser, LoadSession, RequireSession, Session};
use tower::{Layer, ServiceExt, service_fn};

use super::{Request, Response, Routes, auth_of, prelude::response};
use crate::{
    framework::ROGUE,
    rig::{Account, Admin},
};

/// `/behind/x` is `/x` behind a layer, and so on.
pub(super) async fn around(routes: Arc<Routes>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let (prefix, _) = path[1..].split_once('/').unwrap_or_default();
    let auth = auth_of(&request).clone();
    let session = || RequireSession::new(auth.clone());
    let loads = || LoadSession::new(auth.clone());
    let inside = service_fn(move |request| {
        let routes = Arc::clone(&routes);
        async move { Ok::<_, Infallible>(inside(&routes, request).await) }
    });
    let Ok(gated) = match prefix {
        "behind" => {
            let meddled = service_fn(move |request| meddle(inside.clone(), request));
            session()
                .redirect("/enter")
                .layer(meddled)
                .oneshot(request)
                .await
        }
        "loaded" => loads().layer(inside).oneshot(request).await,
        "nested" => {
            // One body for one layer after another.
            let loaded = service_fn(move |request| {
                let gated = loads().layer(inside.clone()).oneshot(request);
                async { Ok::<_, Infallible>(gated.await?.map(BodyExt::boxed)) }
            });
            let required = session().layer(loaded);
            LoadSession::new(auth.clone())
                .layer(service_fn(move |request| {
                    let gated = required.clone().oneshot(request);
                    async { Ok::<_, Infallible>(gated.await?.map(BodyExt::boxed)) }
                }))
                .oneshot(request)
                .await
        }
        "admins" => {
            session()
                .guard::<Admin>()
                .layer(inside)
                .oneshot(request)
                .await
        }
        "anyone" => session().any_origin().layer(inside).oneshot(request).await,
        "checked" => {
            let meddled = service_fn(move |request| meddle(inside.clone(), request));
            CheckOrigin::new(auth).layer(meddled).oneshot(request).await
        }
        _ => {
            let Ok(response) = inside.oneshot(request).await;
            return response;
        }
    };
    gated.map(BodyExt::boxed)
}

/// The routes without the prefix.
async fn inside(routes: &Routes, mut request: Request) -> Response {
    let target = request.uri().to_string();
    for prefix in [
        "/behind", "/loaded", "/nested", "/bare", "/admins", "/anyone", "/checked",
    ] {
        if let Some(rest) = target.strip_prefix(prefix) {
            *request.uri_mut() = rest.parse::<Uri>().expect("a part of a target is one");
        }
    }
    let user = request.extensions().get::<CurrentUser<Account>>();
    let answer = match request.uri().path() {
        "/report" => {
            let session = request.extensions().get::<Session>();
            session.map_or("nobody".to_owned(), |session| session.user_id().to_string())
        }
        "/greeting" => user.map_or("hello, stranger".into(), |user| {
            format!("hello, {} of {}", user.email, user.session().user_id())
        }),
        _ => return routes.answer(request).await,
    };
    response(200, &[], answer)
}

/// Between the layer and the handlers: changes the method, sets a cookie of our name.
async fn meddle<S>(inside: S, mut request: Request) -> Result<Response, Infallible>
where
    S: tower::Service<Request, Response = Response, Error = Infallible>,
{
    if let Some(method) = request.headers().get("x-inner-method") {
        let method = Method::from_bytes(method.as_bytes());
        *request.method_mut() = method.expect("the test's own header");
    }
    let is_rogue = request.headers().contains_key("x-rogue");
    let mut response = inside.oneshot(request).await?;
    if is_rogue {
        let cookie = HeaderValue::from_static(ROGUE);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
