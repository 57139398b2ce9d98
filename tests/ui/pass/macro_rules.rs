//! Handlers that a `macro_rules!` emits, whole or in part.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{Router, extract::Path, http::StatusCode, response::IntoResponse, routing::get};
use locals::{Auth, Error, Locals, UserId, with_locals};

/// Everything is the macro's: name, body and the `locals` in it.
macro_rules! whole {
    () => {
        #[with_locals]
        async fn whole() -> Result<String, Error> {
            Ok(locals.get_session().await?.is_some().to_string())
        }
    };
}

/// Only the attribute is the macro's.
macro_rules! attribute {
    ($($item:item)*) => {
        $(
            #[with_locals]
            $item
        )*
    };
}

/// Name and body are the caller's.
macro_rules! body {
    ($name:ident $body:block) => {
        #[with_locals]
        async fn $name() -> Result<String, Error> $body
    };
}

/// The same, with the braces the macro's.
macro_rules! statements {
    ($name:ident: $($body:tt)*) => {
        #[with_locals]
        async fn $name() -> Result<String, Error> {
            $($body)*
        }
    };
}

/// Every fragment that a signature and the options can hold.
macro_rules! fragments {
    ($vis:vis $name:ident($pattern:pat, $argument:ty) -> $answer:ty, $user:ty, $body:block) => {
        #[with_locals(user = $user)]
        $vis async fn $name($pattern: $argument) -> $answer $body
    };
}

/// The name is the caller's and the body the macro's: the binding is declared, or named, in the macro.
macro_rules! named {
    ($declared:ident, $named:ident) => {
        #[with_locals]
        async fn $declared(locals: &Locals) -> Result<String, Error> {
            Ok(locals.get_session().await?.is_some().to_string())
        }

        #[with_locals(name = context)]
        async fn $named() -> Result<String, Error> {
            Ok(context.get_session().await?.is_some().to_string())
        }
    };
}

/// The binding's name is the caller's.
macro_rules! binding {
    ($name:ident, $binding:ident => $body:expr) => {
        #[with_locals(name = $binding)]
        async fn $name() -> Result<String, Error> {
            $body
        }
    };
}

/// A method, and an argument whose names are the macro's.
macro_rules! methods {
    ($($name:ident)*) => {
        $(
            #[with_locals]
            async fn $name(&self, locals: &Locals, Path(id): Path<u32>) -> String {
                locals.clear_session();
                (self.first + id).to_string()
            }
        )*
    };
}

whole!();

attribute! {
    async fn attribute_only(Path(id): Path<u32>) -> Result<String, Error> {
        let known = locals.get_session().await?.is_some();
        Ok(format!("{id} {known}"))
    }

    async fn attribute_only_again() {
        locals.clear_session();
    }
}

body!(body_only {
    let Some(session) = locals.get_session().await? else {
        return Ok("a stranger".to_owned());
    };
    Ok(session.user_id().to_string())
});

statements!(statements_only:
    let known = locals.get_session().await?.is_some();
    Ok(known.to_string())
);

fragments!(pub(crate) fragments(Path(id), Path<u32>) -> Result<impl IntoResponse, StatusCode>, UserId, {
    locals.clear_session();
    if id == 0 {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(id.to_string())
});

named!(declared_in_the_macro, named_in_the_macro);

binding!(named_by_the_caller, context => {
    Ok(context.get_session().await?.is_some().to_string())
});

#[derive(Clone)]
struct Shelf {
    first: u32,
}

impl Shelf {
    methods!(one other);
}

fn main() {
    let (shelf, same) = (Shelf { first: 1 }, Shelf { first: 1 });
    let _: Router<Auth> = Router::new()
        .route("/whole", get(whole))
        .route("/attribute/{id}", get(attribute_only))
        .route("/attribute", get(attribute_only_again))
        .route("/body", get(body_only))
        .route("/statements", get(statements_only))
        .route("/fragments/{id}", get(fragments))
        .route("/declared", get(declared_in_the_macro))
        .route("/named", get(named_in_the_macro))
        .route("/named-by-the-caller", get(named_by_the_caller))
        .route(
            "/one/{id}",
            get(move |request| async move { shelf.one(request).await }),
        )
        .route(
            "/other/{id}",
            get(move |request| async move { same.other(request).await }),
        );
}
