//! Annotated functions for axum's `from_fn_with_state`, and gates around layers whose body is their own.

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::any,
};
use http_body_util::combinators::UnsyncBoxBody;
use locals::{CheckOrigin, RequireSession, Session, with_locals};
use tower::{Layer, ServiceExt, service_fn};

use crate::{
    framework::{App, Running, on_axum},
    rig::{ADA, Account, Admin, BOB, Site, on_every_store},
};

#[with_locals(user = Account, eager)]
async fn load(mut request: Request, next: Next) -> Response {
    if let Some(session) = locals.get_session() {
        request.extensions_mut().insert(session.clone());
    }
    next.run(request).await
}

#[with_locals(user = Account, required(Admin), redirect = "/login")]
async fn admins_only(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    app.stage.extract();
    assert!(headers.contains_key(header::COOKIE));
    next.run(request).await
}

/// What comes after the service has the last word.
#[with_locals(user = Account)]
async fn signs_bob_in(request: Request, next: Next) -> Result<Response, locals::Error> {
    let response = next.run(request).await;
    locals.sign_in(BOB).await?;
    Ok(response)
}

/// A body that cannot be read as text is rejected by this function's own extractor.
#[with_locals(user = Account, eager)]
async fn reads(body: String, next: Next) -> Response {
    next.run(Request::new(Body::from(body))).await
}

async fn whose(session: Option<Extension<Session>>) -> String {
    session.map_or("nobody".into(), |Extension(session)| {
        session.user_id().to_string()
    })
}

#[with_locals(user = Account)]
async fn signs_out() -> Result<&'static str, locals::Error> {
    locals.sign_out().await?;
    Ok("bye")
}

#[with_locals(user = Account)]
async fn forgets(Path(_): Path<String>) -> &'static str {
    locals.clear_session();
    "forgotten"
}

async fn serve(site: &Site) -> Running {
    let app = App {
        auth: site.auth.clone(),
        stage: site.stage.clone(),
    };
    let with = |function| Router::new().route("/whose", any(whose)).layer(function);
    let router = Router::new()
        .route("/whose", any(whose))
        .route("/signs-out", any(signs_out))
        .route("/forgets/{what}", any(forgets))
        .layer(from_fn_with_state(app.clone(), load))
        .nest("/admin", with(from_fn_with_state(app.clone(), admins_only)))
        .nest(
            "/after",
            Router::new()
                .route("/signs-out", any(signs_out))
                .layer(from_fn_with_state(app.clone(), signs_bob_in)),
        )
        .nest(
            "/reads",
            Router::new()
                .route("/whose", any(whose))
                .layer(from_fn_with_state(app.clone(), reads)),
        )
        .with_state(app);
    on_axum::serve(router).await
}

on_every_store! {
    on Axum;

    async fn an_annotated_from_fn_loads_for_what_is_behind_it(site: Site) {
        let running = serve(&site).await;
        assert_eq!(site.get("/whose").send_by(running.address).await.text(), "nobody");
        let token = site.log_in(ADA).await;
        let reply = site.get("/whose").session(&token).send_by(running.address).await;
        assert_eq!((reply.text(), reply.set_cookies().len()), ("1", 0));
        assert!(reply.header("vary").is_some_and(|vary| vary.contains("Cookie")));
    }

    async fn b_10_an_annotated_from_fn_flushes_its_renewal(site: Site) {
        let running = serve(&site).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
        let reply = site.get("/whose").session(&token).send_by(running.address).await;
        assert_eq!(reply.our_cookie().expect("renewed").token(), token);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }

    /// The renewal of the function is no answer to what the handler behind it did to the cookie.
    async fn b_03_the_renewal_of_a_from_fn_gives_way_to_the_handler(site: Site) {
        let running = serve(&site).await;
        for target in ["/signs-out", "/forgets/it"] {
            let token = site.log_in(ADA).await;
            site.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
            let reply = site.post(target).session(&token).send_by(running.address).await;
            assert_eq!(reply.set_cookies().len(), 1, "{target}");
            assert_eq!(reply.our_cookie().expect("a removal").value, "", "{target}");
        }
    }

    async fn b_03_what_a_from_fn_does_after_the_handler_is_the_last_word(site: Site) {
        let running = serve(&site).await;
        let token = site.log_in(ADA).await;
        let reply = site.post("/after/signs-out").session(&token).send_by(running.address).await;
        assert_eq!((reply.status, reply.set_cookies().len()), (200, 1));
        let bob = reply.our_cookie().expect("signed in").token();
        assert_eq!(site.get("/whoami").session(&bob).send().await.text(), "bob@example.com");
        assert_eq!(site.whoami(&token).await, 401);
    }

    async fn a_required_from_fn_refuses_before_anything_behind_it_runs(site: Site) {
        let running = serve(&site).await;
        let bob = site.log_in(BOB).await;
        let page = site.get("/admin/whose").header("accept", "text/html").send_by(running.address).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/login?next=%2Fadmin%2Fwhose")));
        assert_eq!(site.post("/admin/whose").send_by(running.address).await.status, 401);
        assert_eq!(site.get("/admin/whose").session(&bob).send_by(running.address).await.status, 403);
        let cross = site.post("/admin/whose").session(&bob).header("sec-fetch-site", "cross-site");
        assert_eq!(cross.send_by(running.address).await.status, 403);
        assert_eq!(site.stage.extracted(), 0);
        let ada = site.log_in(ADA).await;
        assert_eq!(site.get("/admin/whose").session(&ada).send_by(running.address).await.status, 200);
        assert_eq!(site.stage.extracted(), 1);
    }

    async fn b_10_a_rejected_extractor_of_a_from_fn_flushes(site: Site) {
        let running = serve(&site).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
        let reply = site.post("/reads/whose").session(&token).body("text/plain", b"\xff").send_by(running.address).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.our_cookie().expect("renewed").token(), token);
    }

    /// A body without a `Default`, as every `TraceLayer` makes one.
    async fn a_gate_stands_around_layers_whose_body_is_their_own(site: Site) {
        type Own = UnsyncBoxBody<axum::body::Bytes, axum::Error>;
        let own = service_fn(async |_: Request| {
            Ok::<_, std::convert::Infallible>(axum::http::Response::new(Own::new(Body::from("there"))))
        });
        let gated = RequireSession::new(site.auth.clone()).layer(own);
        let router: Router = Router::new().route_service("/", CheckOrigin::new(site.auth.clone()).layer(gated));
        let token = site.log_in(ADA).await;
        for (cookie, status, body) in [(None, StatusCode::UNAUTHORIZED, ""), (Some(token), StatusCode::OK, "there")] {
            let mut request = Request::new(Body::empty());
            if let Some(token) = cookie {
                let cookie = HeaderValue::try_from(format!("{}={}", site.cookie_name, token.0));
                request.headers_mut().insert(header::COOKIE, cookie.expect("a cookie"));
            }
            let response = router.clone().oneshot(request).await.expect("no error");
            assert_eq!(response.status(), status);
            let read = axum::body::to_bytes(response.into_body(), 64).await.expect("a body");
            assert_eq!(read, body);
        }
    }
}
