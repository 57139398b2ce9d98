//! Methods, with every receiver; axum takes them through a closure.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::{pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Auth, Error, with_locals};

#[derive(Clone)]
struct Pages {
    title: String,
    hits: u32,
}

struct Line<'a>(&'a str);

impl IntoResponse for Line<'_> {
    fn into_response(self) -> Response {
        self.0.to_owned().into_response()
    }
}

impl IntoResponse for Pages {
    fn into_response(self) -> Response {
        self.title.into_response()
    }
}

impl Pages {
    const GREETING: &'static str = "hello";

    #[with_locals]
    async fn by_reference(&self) -> Result<String, Error> {
        let known = locals.get_session().await?.is_some();
        Ok(format!("{} {known} {}", Self::GREETING, self.title))
    }

    #[with_locals]
    async fn by_mutable_reference(&mut self, Path(more): Path<u32>) -> String {
        locals.clear_session();
        self.hits += more;
        self.hits.to_string()
    }

    #[with_locals(eager)]
    async fn by_value(self) -> String {
        format!("{} {}", self.title, locals.get_session().is_some())
    }

    #[with_locals(required)]
    async fn by_mutable_value(mut self) -> Self {
        self.title = locals.get_session().user_id().to_string();
        self
    }

    #[with_locals]
    async fn by_arc(self: Arc<Self>, Path(id): Path<u32>) -> Result<String, Error> {
        let shared = Arc::clone(&self);
        let known = locals.get_session().await?.is_some();
        Ok(format!("{id} {known} {}", shared.title))
    }

    #[with_locals]
    async fn by_reference_to_an_arc(self: &Arc<Self>) -> String {
        locals.clear_session();
        self.title.clone()
    }

    #[with_locals]
    async fn by_box(self: Box<Self>) -> String {
        locals.clear_session();
        self.title
    }

    #[with_locals]
    async fn by_pin(self: Pin<&mut Self>) -> String {
        locals.clear_session();
        self.title.clone()
    }

    #[with_locals]
    async fn by_typed_self(self: &Self) -> String {
        locals.clear_session();
        self.title.clone()
    }

    #[with_locals]
    async fn by_a_named_lifetime<'a>(&'a self, Path(id): Path<u32>) -> Line<'a> {
        locals.clear_session();
        if id == 0 {
            return Line(Self::GREETING);
        }
        Line(&self.title)
    }

    #[with_locals]
    async fn by_an_elided_lifetime(&self) -> Line<'_> {
        locals.clear_session();
        Line(&self.title)
    }

    #[with_locals]
    async fn without_a_receiver(Path(title): Path<String>) -> Self {
        locals.clear_session();
        Self { title, hits: 0 }
    }
}

fn main() {
    let pages = Pages {
        title: "home".to_owned(),
        hits: 0,
    };
    let shared = Arc::new(pages.clone());

    let by_reference = {
        let pages = Arc::clone(&shared);
        move |request| async move { pages.by_reference(request).await }
    };
    let by_mutable_reference = {
        let mut pages = pages.clone();
        move |request| async move { pages.by_mutable_reference(request).await }
    };
    let by_value = {
        let pages = pages.clone();
        move |request| async move { pages.by_value(request).await }
    };
    let by_mutable_value = {
        let pages = pages.clone();
        move |request| async move { pages.by_mutable_value(request).await }
    };
    let by_arc = {
        let pages = Arc::clone(&shared);
        move |request| async move { pages.by_arc(request).await }
    };
    let by_reference_to_an_arc = {
        let pages = Arc::clone(&shared);
        move |request| async move { pages.by_reference_to_an_arc(request).await }
    };
    let by_box = {
        let pages = pages.clone();
        move |request| async move { Box::new(pages).by_box(request).await }
    };
    let by_pin = {
        let mut pages = pages.clone();
        move |request| async move { Pin::new(&mut pages).by_pin(request).await }
    };
    let by_typed_self = {
        let pages = Arc::clone(&shared);
        move |request| async move { pages.by_typed_self(request).await }
    };
    let by_a_named_lifetime = {
        let pages = Arc::clone(&shared);
        move |request| async move { pages.by_a_named_lifetime(request).await.into_response() }
    };
    let by_an_elided_lifetime = {
        let pages = Arc::clone(&shared);
        move |request| async move { pages.by_an_elided_lifetime(request).await.into_response() }
    };

    let _: Router<Auth> = Router::new()
        .route("/reference", get(by_reference))
        .route("/mutable-reference/{more}", get(by_mutable_reference))
        .route("/value", get(by_value))
        .route("/mutable-value", get(by_mutable_value))
        .route("/arc/{id}", get(by_arc))
        .route("/reference-to-an-arc", get(by_reference_to_an_arc))
        .route("/box", get(by_box))
        .route("/pin", get(by_pin))
        .route("/typed-self", get(by_typed_self))
        .route("/named-lifetime/{id}", get(by_a_named_lifetime))
        .route("/elided-lifetime", get(by_an_elided_lifetime))
        .route("/without/{title}", get(Pages::without_a_receiver));
}
