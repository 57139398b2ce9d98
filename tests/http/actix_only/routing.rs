//! How a handler is registered: by an attribute, in scopes, under middleware.

use std::time::Duration;

use actix_web::{
    dev::ServiceResponse,
    get,
    http::header::{HeaderName, HeaderValue},
    middleware::{ErrorHandlerResponse, ErrorHandlers, Logger},
    web::{self, Json, Path, ServiceConfig},
};
use locals::with_locals;

use crate::{
    exits::{carries_the_cookie, enter},
    framework::AppError,
    rig::{ADA, Account, Admin, BOB, Server, Settings, Site, on_every_store},
};

pub(super) fn routes(routes: &mut ServiceConfig) {
    let inner = web::scope("/inner").route("/{number}", web::get().to(scoped));
    let watched = ErrorHandlers::new()
        .default_handler_client(seen)
        .default_handler_server(seen);
    routes
        .service(above)
        .service(below)
        .service(web::scope("/outer").service(inner))
        .service(
            web::scope("/watched")
                .wrap(watched)
                .wrap(Logger::default())
                .route("/required", web::get().to(required))
                .route("/admin", web::get().to(admin))
                .route("/rejects", web::post().to(rejects))
                .route("/fails", web::get().to(fails)),
        );
}

/// An application's own page for errors: it marks what it has seen.
fn seen<B>(mut response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
    let status = response.status().as_u16();
    let headers = response.response_mut().headers_mut();
    headers.insert(HeaderName::from_static("x-seen"), HeaderValue::from(status));
    Ok(ErrorHandlerResponse::Response(
        response.map_into_left_body(),
    ))
}

on_every_store! {
    on Actix;

    async fn p_03_a_route_attribute_above_the_handler_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/attribute/above", 200).await;
        assert_eq!(reply.text(), "above");
    }

    async fn p_03_a_route_attribute_below_the_handler_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/attribute/below/7", 200).await;
        assert_eq!(reply.text(), "below 7");
    }

    /// The way back from the login page has the whole path in it.
    async fn a_handler_in_nested_scopes_knows_its_path(server: Server) {
        let settings = Settings { login_path: Some("/login"), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let reply = site.get("/outer/inner/7?a=b").header("Accept", "text/html").send().await;
        assert_eq!(reply.header("location"), Some("/login?next=%2Fouter%2Finner%2F7%3Fa%3Db"));
        let token = site.log_in(ADA).await;
        let reply = site.get("/outer/inner/7").session(&token).send().await;
        assert_eq!((reply.status, reply.text()), (200, "7"));
    }

    /// The middleware sees the status of a refusal, and what it adds stands beside ours.
    async fn an_error_handler_sees_the_refusals(site: Site) {
        let bob = site.log_in(BOB).await;
        let nobody = site.get("/watched/required").send().await;
        let refused = site.get("/watched/admin").session(&bob).send().await;
        site.store.fail();
        let failed = site.get("/watched/required").session(&bob).send().await;
        site.store.heal();
        for (reply, status) in [(nobody, 401), (refused, 403), (failed, 503)] {
            assert_eq!(reply.status, status);
            assert_eq!(reply.header("x-seen"), Some(status.to_string().as_str()));
            let vary = "Accept, Sec-Fetch-Mode, HX-Request, Cookie";
            assert_eq!(reply.header("vary"), Some(vary), "{status}");
            assert_eq!(reply.set_cookies().len(), 0, "{status}");
        }
    }

    async fn b_10_an_error_handler_keeps_the_cookie(site: Site) {
        let reply = carries_the_cookie(&site, "/watched/fails", 418).await;
        assert_eq!((reply.header("x-seen"), reply.text()), (Some("418"), "a teapot"));

        let token = site.log_in(ADA).await;
        site.clock.advance(Duration::from_secs(24 * 60 * 60));
        let request = site.post("/watched/rejects").session(&token);
        let reply = request.body("application/json", "[1").send().await;
        assert_eq!((reply.status, reply.header("x-seen")), (400, Some("400")));
        assert_eq!(reply.our_cookie().expect("a renewed session's cookie").token(), token);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
}

#[get("/attribute/above")]
#[with_locals(user = Account)]
async fn above() -> Result<&'static str, AppError> {
    enter(locals).await?;
    Ok("above")
}

#[with_locals(user = Account)]
#[get("/attribute/below/{number}")]
async fn below(number: Path<u32>) -> Result<String, AppError> {
    enter(locals).await?;
    Ok(format!("below {number}"))
}

#[with_locals(user = Account, required)]
async fn scoped(number: Path<u32>) -> String {
    number.to_string()
}

#[with_locals(user = Account, required)]
async fn required() -> &'static str {
    "in"
}

#[with_locals(user = Account, required(Admin))]
async fn admin() -> &'static str {
    "in"
}

#[with_locals(user = Account, eager)]
async fn rejects(_: Json<Vec<u8>>) -> &'static str {
    "unreached"
}

#[with_locals(user = Account)]
async fn fails() -> Result<&'static str, AppError> {
    enter(locals).await?;
    Err(AppError::Teapot)
}
