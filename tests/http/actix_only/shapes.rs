//! Return types, receivers and generics of actix-web's handlers (P-03).

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::StatusCode,
    web::{self, Html, Query, ServiceConfig},
};
use locals::{Locals, WithLocals, with_locals};

use crate::{
    exits::{carries_the_cookie, enter},
    framework::AppError,
    rig::{ADA, Account, LogFrom, Site, on_every_store},
};

pub(super) fn routes(routes: &mut ServiceConfig) {
    let shop = Arc::new(Shop { name: "Corner" });
    routes
        .route("/exit/impl-responder", web::get().to(impl_responder))
        .route("/exit/result-of-impl", web::get().to(result_of_impl))
        .route("/exit/result-of-unit", web::get().to(result_of_unit))
        .route("/exit/option", web::get().to(option))
        .route("/exit/with-a-status", web::get().to(with_a_status))
        .route("/exit/error", web::get().to(error_of_actix))
        .route(
            "/exit/of-an-arc",
            web::get().to(move |request| Arc::clone(&shop).of_an_arc(request)),
        )
        .route(
            "/exit/without-receiver",
            web::get().to(Shop::without_receiver),
        )
        .route("/exit/generic", web::get().to(generic::<Loud, 3>))
        .route("/exit/declared", web::get().to(declared))
        .route("/exit/by-hand", web::get().to(by_hand));
}

/// Whoever names the parameter by hand has forgotten the attribute.
async fn by_hand(_: WithLocals<(), Locals<Account>>) -> &'static str {
    "ran"
}

on_every_store! {
    on Actix;

    async fn b_10_a_parameter_that_nothing_opens_is_an_error_in_the_log(site: Site) {
        let log = LogFrom::now();
        let token = site.log_in(ADA).await;
        let reply = site.get("/exit/by-hand").session(&token).send().await;
        assert_eq!(reply.text(), "ran");
        let text = log.text();
        let line = text.lines().find(|line| line.contains("for a parameter that nothing opened"));
        let line = line.expect("a line in the log");
        assert!(line.contains("ERROR") && line.contains("`#[with_locals]`"), "{line}");
    }

    async fn p_03_impl_responder_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/impl-responder", 201).await;
        assert_eq!(reply.text(), "made");
        assert_eq!(reply.header("x-kind"), Some("opaque"));
    }

    async fn p_03_a_result_of_impl_responder_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/result-of-impl", 202).await;
        assert_eq!(reply.text(), "<p>accepted</p>");
    }

    /// `()` alone is no responder; in a `Result` it is 204.
    async fn p_03_a_result_of_unit_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/result-of-unit", 204).await;
        assert_eq!(reply.text(), "");
    }

    async fn p_03_an_option_flushes(site: Site) {
        carries_the_cookie(&site, "/exit/option", 404).await;
    }

    async fn p_03_a_responder_with_a_status_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/with-a-status", 418).await;
        assert_eq!(reply.text(), "a teapot");
    }

    /// `?` makes an `actix_web::Error` of anything that can be a response.
    async fn p_03_an_error_of_the_framework_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/error", 418).await;
        assert_eq!(reply.text(), "a teapot");
    }

    async fn p_03_a_method_of_an_arc_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/of-an-arc", 200).await;
        assert_eq!(reply.text(), "Corner at /exit/of-an-arc");
    }

    async fn p_03_a_function_of_an_impl_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/without-receiver", 200).await;
        assert_eq!(reply.text(), "any shop");
    }

    async fn p_03_a_generic_handler_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/generic", 200).await;
        assert_eq!(reply.text(), "HEY HEY HEY");
    }

    async fn p_03_a_declared_binding_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/declared", 200).await;
        assert_eq!(reply.text(), "0 parameters in the query");
    }
}

#[with_locals(user = Account)]
async fn impl_responder() -> impl Responder {
    if enter(locals).await.is_err() {
        return HttpResponse::InternalServerError().body("not made");
    }
    HttpResponse::Created()
        .insert_header(("x-kind", "opaque"))
        .body("made")
}

#[with_locals(user = Account)]
async fn result_of_impl() -> Result<impl Responder, AppError> {
    enter(locals).await?;
    let page = Html::new("<p>accepted</p>");
    Ok(page.customize().with_status(StatusCode::ACCEPTED))
}

#[with_locals(user = Account)]
async fn result_of_unit() -> Result<(), AppError> {
    enter(locals).await?;
    Ok(())
}

#[with_locals(user = Account)]
async fn option() -> Option<&'static str> {
    enter(locals).await.ok()?;
    None
}

#[with_locals(user = Account)]
async fn with_a_status() -> (&'static str, StatusCode) {
    if enter(locals).await.is_err() {
        return ("not made", StatusCode::INTERNAL_SERVER_ERROR);
    }
    ("a teapot", StatusCode::IM_A_TEAPOT)
}

#[with_locals(user = Account)]
async fn error_of_actix() -> actix_web::Result<&'static str> {
    enter(locals).await?;
    let number: Result<i32, _> = "seven".parse();
    number.map_err(AppError::from)?;
    Ok("unreached")
}

struct Shop {
    name: &'static str,
}

impl Shop {
    #[with_locals(user = Account)]
    async fn of_an_arc(self: Arc<Self>, request: HttpRequest) -> Result<String, AppError> {
        enter(locals).await?;
        Ok(format!("{} at {}", self.name, request.path()))
    }

    #[with_locals(user = Account)]
    async fn without_receiver() -> Result<&'static str, AppError> {
        enter(locals).await?;
        Ok("any shop")
    }
}

trait Voice {
    fn say(word: &str) -> String;
}

struct Loud;

impl Voice for Loud {
    fn say(word: &str) -> String {
        word.to_uppercase()
    }
}

#[with_locals(user = Account)]
async fn generic<V, const TIMES: usize>() -> Result<String, AppError>
where
    V: Voice + 'static,
{
    enter(locals).await?;
    Ok(vec![V::say("hey"); TIMES].join(" "))
}

#[with_locals]
async fn declared(
    locals: &Locals<Account>,
    Query(mut parameters): Query<Vec<(String, String)>>,
) -> Result<String, AppError> {
    enter(locals).await?;
    parameters.retain(|(name, _)| !name.is_empty());
    Ok(format!("{} parameters in the query", parameters.len()))
}
