//! The shapes a handler may have (P-03): return types, receivers, generics, made by a macro.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, Query},
    http::StatusCode,
    response::{Html, IntoResponse},
    routing::get,
};
use locals::{Locals, with_locals};

use super::{enter, flushes_once};
use crate::{
    app::AppError,
    rig::{ADA, Account, Backend, on_both_stores},
};

on_both_stores! {
    async fn p_03_impl_into_response_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(impl_into_response), 201).await;
        assert_eq!(reply.text(), "made");
        assert_eq!(reply.header("x-kind"), Some("opaque"));
    }

    async fn p_03_a_result_of_impl_into_response_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(result_of_impl), 202).await;
        assert_eq!(reply.text(), "<p>accepted</p>");
    }

    async fn p_03_unit_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(unit), 200).await;
        assert_eq!(reply.text(), "");
    }

    async fn p_03_a_method_by_reference_flushes(backend: Backend) {
        let shop = Arc::new(Shop { name: "Corner" });
        let handler = get(move |request| {
            let shop = Arc::clone(&shop);
            async move { shop.by_reference(request).await }
        });
        let reply = flushes_once(backend, handler, 200).await;
        assert_eq!(reply.text(), "Corner at /exit");
    }

    async fn p_03_a_method_of_an_arc_flushes(backend: Backend) {
        let shop = Arc::new(Shop { name: "Corner" });
        let handler = get(move |request| Arc::clone(&shop).of_an_arc(request));
        let reply = flushes_once(backend, handler, 200).await;
        assert_eq!(reply.text(), "Corner");
    }

    async fn p_03_a_function_of_an_impl_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(Shop::without_receiver), 200).await;
        assert_eq!(reply.text(), "any shop");
    }

    async fn p_03_a_generic_handler_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(generic::<Loud, 3>), 200).await;
        assert_eq!(reply.text(), "HEY HEY HEY");
    }

    async fn p_03_a_handler_made_by_a_macro_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(all_from_the_macro), 200).await;
        assert_eq!(reply.text(), "all from the macro");
    }

    async fn p_03_a_handler_with_a_body_given_to_a_macro_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(body_from_outside), 418).await;
        assert_eq!(reply.text(), "a teapot");
    }

    async fn p_03_a_declared_binding_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(declared), 200).await;
        assert_eq!(reply.text(), "0 parameters in the query");
    }

    async fn p_03_a_renamed_binding_flushes(backend: Backend) {
        let reply = flushes_once(backend, get(renamed), 200).await;
        assert_eq!(reply.text(), "ctx");
    }

    async fn p_03_names_of_the_expansion_are_free_for_the_handler(backend: Backend) {
        let reply = flushes_once(backend, get(same_names), 200).await;
        assert_eq!(reply.text(), "1 2 3 4");
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

macro_rules! whole_handler {
    () => {
        #[with_locals(user = Account)]
        async fn all_from_the_macro() -> Result<&'static str, AppError> {
            enter(locals).await?;
            Ok("all from the macro")
        }
    };
}

whole_handler!();

macro_rules! handler {
    ($name:ident, $body:block) => {
        #[with_locals(user = Account)]
        async fn $name() -> Result<&'static str, AppError> $body
    };
}

handler!(body_from_outside, {
    enter(locals).await?;
    let Ok(_) = "seven".parse::<u8>() else {
        return Err(AppError::Teapot);
    };
    Ok("unreached")
});

#[with_locals]
async fn declared(
    locals: &Locals<Account>,
    Query(mut parameters): Query<Vec<(String, String)>>,
) -> Result<String, AppError> {
    enter(locals).await?;
    parameters.retain(|(name, _)| !name.is_empty());
    Ok(format!("{} parameters in the query", parameters.len()))
}

#[with_locals(user = Account, name = ctx)]
async fn renamed() -> Result<&'static str, AppError> {
    let locals = "ctx";
    ctx.set_session(&ctx.auth().create_session(ADA).await?);
    Ok(locals)
}

#[with_locals(user = Account)]
async fn same_names() -> Result<String, AppError> {
    enter(locals).await?;
    let (__locals, __args, __request, __outcome) = (1, 2, 3, 4);
    Ok(format!("{__locals} {__args} {__request} {__outcome}"))
}
