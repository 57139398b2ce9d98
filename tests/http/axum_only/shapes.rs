//! Return types, receivers and generics of axum's handlers (P-03).

use std::sync::Arc;

use axum::{
    Router,
    extract::{OriginalUri, Query},
    http::StatusCode,
    response::{Html, IntoResponse},
    routing::get,
};
use locals::{Locals, WithLocals, with_locals};

use crate::{
    exits::{carries_the_cookie, enter},
    framework::{App, AppError},
    rig::{ADA, Account, LogFrom, Site, on_every_store},
};

pub(super) fn routes() -> Router<App> {
    let shop = Arc::new(Shop { name: "Corner" });
    let of_an_arc = Arc::clone(&shop);
    let by_reference = move |request| {
        let shop = Arc::clone(&shop);
        async move { shop.by_reference(request).await }
    };
    Router::new()
        .route("/exit/impl-into-response", get(impl_into_response))
        .route("/exit/result-of-impl", get(result_of_impl))
        .route("/exit/unit", get(unit))
        .route("/exit/by-reference", get(by_reference))
        .route(
            "/exit/of-an-arc",
            get(move |request| Arc::clone(&of_an_arc).of_an_arc(request)),
        )
        .route("/exit/without-receiver", get(Shop::without_receiver))
        .route("/exit/generic", get(generic::<Loud, 3>))
        .route("/exit/declared", get(declared))
        .route("/exit/by-hand", get(by_hand))
}

/// Whoever names the parameter by hand has forgotten the attribute.
async fn by_hand(_: WithLocals<(), Locals<Account>>) -> &'static str {
    "ran"
}

on_every_store! {
    on Axum;

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

    async fn p_03_impl_into_response_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/impl-into-response", 201).await;
        assert_eq!(reply.text(), "made");
        assert_eq!(reply.header("x-kind"), Some("opaque"));
    }

    async fn p_03_a_result_of_impl_into_response_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/result-of-impl", 202).await;
        assert_eq!(reply.text(), "<p>accepted</p>");
    }

    async fn p_03_unit_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/unit", 200).await;
        assert_eq!(reply.text(), "");
    }

    async fn p_03_a_method_by_reference_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/by-reference", 200).await;
        assert_eq!(reply.text(), "Corner at /exit/by-reference");
    }

    async fn p_03_a_method_of_an_arc_flushes(site: Site) {
        let reply = carries_the_cookie(&site, "/exit/of-an-arc", 200).await;
        assert_eq!(reply.text(), "Corner");
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
async fn impl_into_response() -> impl IntoResponse {
    let entered = enter(locals).await;
    if entered.is_err() {
        return (
            StatusCode::INTERNAL_SERVER_ERROR,
            [("x-kind", "none")],
            "not made",
        );
    }
    (StatusCode::CREATED, [("x-kind", "opaque")], "made")
}

#[with_locals(user = Account)]
async fn result_of_impl() -> Result<impl IntoResponse, AppError> {
    enter(locals).await?;
    Ok((StatusCode::ACCEPTED, Html("<p>accepted</p>")))
}

#[with_locals(user = Account)]
async fn unit() {
    enter(locals).await.expect("a healthy store");
}

struct Shop {
    name: &'static str,
}

impl Shop {
    #[with_locals(user = Account)]
    async fn by_reference(&self, OriginalUri(uri): OriginalUri) -> Result<String, AppError> {
        enter(locals).await?;
        Ok(format!("{} at {}", self.name, uri.path()))
    }

    #[with_locals(user = Account)]
    async fn of_an_arc(self: Arc<Self>) -> Result<&'static str, AppError> {
        enter(locals).await?;
        Ok(self.name)
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
    V: Voice + Send + 'static,
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
