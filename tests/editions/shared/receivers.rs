//! Every receiver, each with another return type, other parameters and another way out.

use super::{
    asking::expect,
    coerced::{Page, Rendered, shout},
    returns::Failure,
};
use axum::{
    Router,
    extract::{Path, Query, Request},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Eager, Error, Locals, Required, UserId, with_locals};
use std::{collections::BTreeMap, pin::Pin, sync::Arc};

#[derive(Clone)]
struct Pages {
    title: String,
    hits: u32,
}

pub(crate) struct Line<'a>(pub(crate) &'a str);

impl IntoResponse for Line<'_> {
    fn into_response(self) -> Response {
        self.0.to_owned().into_response()
    }
}

impl IntoResponse for Pages {
    fn into_response(self) -> Response {
        format!("{} {}", self.title, self.hits).into_response()
    }
}

impl Page for Pages {
    fn render(&self) -> String {
        format!("{} {}", self.title, self.hits)
    }
}

impl Pages {
    const GREETING: &'static str = "hello";

    #[with_locals]
    async fn by_reference(&self, Path(id): Path<u32>) -> Result<impl IntoResponse, Failure> {
        locals.clear_session();
        if id == 0 {
            return Err(Failure::Missing);
        }
        let known = locals.get_session().await?.is_some();
        Ok(format!("{} {id} {known} {}", Self::GREETING, self.title))
    }

    #[with_locals(eager)]
    async fn by_mutable_reference(
        &mut self,
        headers: HeaderMap,
        mut body: String,
    ) -> Box<dyn Page + Send> {
        locals.clear_session();
        for _ in &headers {
            self.hits += 1;
            if locals.get_session().is_none() {
                return Box::new(self.clone());
            }
        }
        body.push('!');
        Box::new(body)
    }

    #[with_locals]
    async fn by_value(self) -> Self {
        locals.clear_session();
        self
    }

    #[with_locals(required)]
    async fn by_mutable_value(
        mut self,
        Query(query): Query<BTreeMap<String, String>>,
    ) -> (StatusCode, impl IntoResponse) {
        locals.clear_session();
        let Some(title) = query.get("title") else {
            return (StatusCode::BAD_REQUEST, self);
        };
        self.title = format!("{title} of {}", locals.get_session().user_id());
        (StatusCode::CREATED, self)
    }

    #[with_locals]
    async fn by_arc(
        self: Arc<Self>,
        Path((id, ref part)): Path<(u32, String)>,
        locals: &Locals<UserId, Eager>,
    ) -> Result<String, (StatusCode, String)> {
        locals.clear_session();
        match (id, locals.get_session()) {
            (0, _) => return Err((StatusCode::GONE, part.clone())),
            (_, None) => Err((StatusCode::UNAUTHORIZED, String::new())),
            (id, Some(session)) => Ok(format!("{id} {part} {} {}", session.user_id(), self.title)),
        }
    }

    #[with_locals]
    async fn by_reference_to_an_arc(self: &Arc<Self>) -> Rendered<fn(&str) -> String> {
        locals.clear_session();
        if self.hits > 0 {
            return Rendered(shout);
        }
        Rendered(|text| text.to_owned())
    }

    #[with_locals(name = session)]
    async fn by_box(self: Box<Self>, request: Request) -> Response {
        session.clear_session();
        let known = session.get_session().await.is_ok();
        (StatusCode::ACCEPTED, format!("{known} {}", request.uri())).into_response()
    }

    #[with_locals]
    async fn by_pin(
        mut self: Pin<&mut Self>,
        Path(text): Path<String>,
    ) -> Result<Box<dyn Page + Send>, Failure> {
        locals.clear_session();
        self.hits = text.parse()?;
        if self.hits == 0 {
            return Ok(Box::new(String::from("none")));
        }
        Ok(Box::new(self.clone()))
    }

    #[with_locals]
    #[allow(clippy::needless_arbitrary_self_type)]
    async fn by_typed_self(self: &Self, locals: &Locals<UserId, Required>) {
        locals.clear_session();
        let _: (&str, &UserId) = (&self.title, locals.get_session().user_id());
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
    async fn by_an_elided_lifetime(&self) -> Result<Line<'_>, Error> {
        locals.sign_out().await?;
        Ok(Line(&self.title))
    }

    #[with_locals]
    async fn without_a_receiver<const HITS: u32>(Path(title): Path<String>) -> Self {
        locals.clear_session();
        Self { title, hits: HITS }
    }
}

#[tokio::test]
async fn every_receiver_answers() {
    let pages = Pages {
        title: "home".to_owned(),
        hits: 1,
    };
    let shared = Arc::new(pages.clone());
    // axum takes a method through a closure.
    macro_rules! method {
        ($value:ident, $($call:tt)*) => {{
            let $value = $value.clone();
            get(move |request| async move { $($call)*(request).await.into_response() })
        }};
    }
    let routes = Router::new()
        .route("/reference/{id}", method!(shared, shared.by_reference))
        .route("/mutable", {
            let mut pages = pages.clone();
            get(move |request| async move { pages.by_mutable_reference(request).await })
        })
        .route("/value", method!(pages, pages.by_value))
        .route("/mutable-value", method!(pages, pages.by_mutable_value))
        .route("/arc/{id}/{part}", method!(shared, shared.by_arc))
        .route(
            "/reference-to-an-arc",
            method!(shared, shared.by_reference_to_an_arc),
        )
        .route("/box", method!(pages, Box::new(pages).by_box))
        .route("/pin/{text}", {
            let mut pages = pages.clone();
            get(move |request| async move { Pin::new(&mut pages).by_pin(request).await })
        })
        .route("/typed", method!(shared, shared.by_typed_self))
        .route("/named/{id}", method!(shared, shared.by_a_named_lifetime))
        .route("/elided", method!(shared, shared.by_an_elided_lifetime))
        .route("/without/{title}", get(Pages::without_a_receiver::<7>));
    expect(
        routes,
        &[
            ("/reference/0", 404, "no such page"),
            ("/reference/3", 200, "hello 3 true home"),
            ("/mutable", 200, "!"),
            ("/value", 200, "home 1"),
            ("/mutable-value", 400, "home 1"),
            ("/mutable-value?title=queen", 201, "queen of ada 1"),
            ("/arc/0/last", 410, "last"),
            ("/arc/5/last", 200, "5 last ada home"),
            ("/reference-to-an-arc", 200, "HELLO"),
            ("/box", 202, "true /box"),
            ("/pin/zero", 400, "invalid digit found in string"),
            ("/pin/0", 200, "none"),
            ("/pin/9", 200, "home 9"),
            ("/typed", 200, ""),
            ("/named/0", 200, "hello"),
            ("/named/1", 200, "home"),
            ("/elided", 200, "home"),
            ("/without/new", 200, "new 7"),
        ],
    )
    .await;
}
