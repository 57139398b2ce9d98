//! actix-web's route attributes above and below, its extractors, responders and errors.

use actix_web::{
    App, Either, HttpRequest, HttpResponse, Responder, ResponseError, delete, get,
    http::StatusCode, post, put, route, test, web,
};
use locals::{Auth, Eager, Locals, MemoryStore, with_locals};
use std::fmt;

#[derive(Debug)]
struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("missing")
    }
}

impl ResponseError for Missing {
    fn status_code(&self) -> StatusCode {
        StatusCode::NOT_FOUND
    }
}

impl From<locals::Error> for Missing {
    fn from(_: locals::Error) -> Self {
        Self
    }
}

#[get("/above/{id}")]
#[with_locals]
async fn above(id: web::Path<u32>) -> Result<String, Missing> {
    locals.clear_session();
    let session = locals.get_session().await?.ok_or(Missing)?;
    Ok(format!("{id} {}", session.user_id()))
}

#[with_locals(required)]
#[post("/below")]
async fn below(request: HttpRequest, web::Json(sum): web::Json<u8>) -> impl Responder {
    locals.clear_session();
    format!(
        "{sum} {} {}",
        request.path(),
        locals.get_session().user_id()
    )
}

/// Its documentation stays on what the route attribute makes of it.
#[with_locals]
#[put("/declared")]
pub(crate) async fn declared(locals: &Locals<locals::UserId, Eager>) -> HttpResponse {
    locals.clear_session();
    HttpResponse::Accepted().body(locals.get_session().is_some().to_string())
}

#[tracing::instrument(skip_all)]
#[with_locals(eager)]
#[delete("/traced")]
async fn traced() -> Result<(), Missing> {
    locals.clear_session();
    locals.get_session().map(drop).ok_or(Missing)
}

#[route("/several", method = "GET", method = "HEAD")]
#[with_locals(name = ctx)]
async fn several() -> Either<&'static str, (String, StatusCode)> {
    ctx.clear_session();
    match ctx.get_session().await {
        Ok(Some(session)) => Either::Right((session.user_id().to_string(), StatusCode::CREATED)),
        Ok(None) => Either::Left("nobody"),
        Err(error) => Either::Right((error.to_string(), StatusCode::SERVICE_UNAVAILABLE)),
    }
}

#[with_locals]
async fn generic<T: fmt::Display + Default>() -> String {
    locals.clear_session();
    T::default().to_string()
}

#[actix_web::test]
async fn every_route_answers_and_is_flushed() {
    let auth: Auth = Auth::builder(MemoryStore::new())
        .build()
        .expect("safe defaults");
    let cookie = locals::testing::cookie_for(&auth, "ada")
        .await
        .expect("a session");
    let routes = App::new()
        .app_data(auth)
        .service((above, below, declared, traced, several))
        .route("/generic", web::get().to(generic::<u64>));
    let app = test::init_service(routes).await;
    for (request, status, body) in [
        (test::TestRequest::get().uri("/above/7"), 200, "7 ada"),
        (
            test::TestRequest::post().uri("/below").set_json(3),
            200,
            "3 /below ada",
        ),
        (test::TestRequest::put().uri("/declared"), 202, "true"),
        (test::TestRequest::delete().uri("/traced"), 204, ""),
        (test::TestRequest::get().uri("/several"), 201, "ada"),
        (test::TestRequest::get().uri("/generic"), 200, "0"),
    ] {
        let request = request
            .insert_header(("cookie", cookie.as_str()))
            .insert_header(("sec-fetch-site", "same-origin"));
        let response = test::call_service(&app, request.to_request()).await;
        assert_eq!(response.status().as_u16(), status, "{body}");
        assert!(response.headers().contains_key("set-cookie"), "{body}");
        assert_eq!(test::read_body(response).await, body);
    }
}
