//! Handlers that a `macro_rules!` emits: whole, or around a body of the caller's; of this crate, and
//! of the crate of the other edition, whose tokens keep theirs.

use super::{
    asking::expect,
    drops::{Log, dropped},
    returns::Failure,
};
use axum::{Router, extract::Path, http::StatusCode, response::IntoResponse, routing::get};
use locals::{Eager, Error, Locals, UserId, with_locals};

/// Attribute, name, body and the `locals` in it are the macro's.
macro_rules! whole {
    () => {
        #[with_locals]
        async fn whole() -> Result<String, Error> {
            locals.clear_session();
            Ok(locals.get_session().await?.is_some().to_string())
        }
    };
}

/// The body is the caller's, braces and all.
macro_rules! body {
    ($(#[$attribute:meta])* $name:ident $body:block) => {
        $(#[$attribute])*
        #[with_locals]
        async fn $name() -> Result<String, Failure> $body
    };
}

/// What stands between the braces is the caller's.
macro_rules! statements {
    ($name:ident: $($body:tt)*) => {
        #[with_locals]
        async fn $name() -> Result<String, Failure> {
            $($body)*
        }
    };
}

/// The function is the caller's, the attribute the macro's.
macro_rules! attribute {
    ($($item:item)*) => {
        $(
            #[with_locals]
            $item
        )*
    };
}

/// The attribute is the caller's, the function the macro's.
macro_rules! function {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        async fn $name(context: &Locals, Path(id): Path<u32>) -> String {
            context.clear_session();
            id.to_string()
        }
    };
}

/// Every fragment that a signature and the options can hold.
macro_rules! fragments {
    ($vis:vis $name:ident($pattern:pat, $argument:ty) -> $answer:ty, $user:ty, $kind:ident($guard:ty), $login:literal, $runtime:path, $body:block) => {
        #[with_locals(user = $user, $kind($guard), redirect = $login, crate = $runtime)]
        $vis async fn $name($pattern: $argument) -> $answer $body
    };
}

/// The caller names the binding.
macro_rules! binding {
    ($name:ident, $binding:ident => $body:expr) => {
        #[with_locals(name = $binding)]
        async fn $name() -> String {
            $body
        }
    };
}

/// The macro names the binding.
macro_rules! named {
    ($name:ident) => {
        #[with_locals(name = context)]
        async fn $name() -> Result<String, Error> {
            context.clear_session();
            Ok(context.get_session().await?.is_some().to_string())
        }
    };
}

/// The type is the caller's alone.
macro_rules! typed {
    ($name:ident -> $answer:ty) => {
        #[with_locals]
        async fn $name() -> $answer {
            loop {
                tokio::task::yield_now().await;
            }
        }
    };
}

/// Methods in a row, whose parameters are the macro's.
macro_rules! methods {
    ($($name:ident)*) => {
        $(
            #[with_locals]
            async fn $name(&self, locals: &Locals<UserId, Eager>, Path(id): Path<u32>) -> String {
                locals.clear_session();
                (self.first + id).to_string()
            }
        )*
    };
}

/// A macro's call that another macro emits.
macro_rules! body_of_a_body {
    ($name:ident, $locals:ident => $text:expr) => {
        body!($name {
            $locals.clear_session();
            if $locals.get_session().await?.is_none() {
                return Err(Failure::Missing);
            }
            Ok($text.to_owned())
        });
    };
}

whole!();

body!(body {
    locals.clear_session();
    let Some(session) = locals.get_session().await? else {
        return Err(Failure::Missing);
    };
    Ok(session.user_id().to_string())
});

body!(
    #[tracing::instrument(skip_all, err(Debug))]
    traced_body {
        locals.clear_session();
        Ok(locals.get_session().await?.is_some().to_string())
    }
);

statements!(statements:
    locals.clear_session();
    let number: i64 = "12".parse()?;
    Ok(number.to_string())
);

attribute! {
    async fn attribute(Path(id): Path<u32>) -> Result<String, Error> {
        locals.clear_session();
        let known = locals.get_session().await?.is_some();
        Ok(format!("{id} {known}"))
    }

    #[axum::debug_handler(state = locals::Auth)]
    async fn attribute_again() {
        locals.clear_session();
    }
}

function! {
    #[with_locals]
    function
}

fragments!(pub(crate) fragments(Path(id), Path<u32>) -> Result<impl IntoResponse, StatusCode>, UserId, required(locals::SignedIn), "/login", ::locals, {
    locals.clear_session();
    if id == 0 {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(locals.get_session_user().1.to_string())
});

binding!(binding, context => {
    context.clear_session();
    String::from("bound")
});

named!(named);

typed!(never -> !);

body_of_a_body!(body_of_a_body, locals => "nested");

#[derive(Clone)]
struct Shelf {
    first: u32,
}

impl Shelf {
    methods!(one other);
}

#[tokio::test]
async fn every_emitted_handler_answers() {
    let (shelf, same) = (Shelf { first: 1 }, Shelf { first: 2 });
    let routes = Router::new()
        .route("/whole", get(whole))
        .route("/body", get(body))
        .route("/traced", get(traced_body))
        .route("/statements", get(statements))
        .route("/attribute/{id}", get(attribute))
        .route("/attribute", get(attribute_again))
        .route("/function/{id}", get(function))
        .route("/fragments/{id}", get(fragments))
        .route("/binding", get(binding))
        .route("/named", get(named))
        .route("/never", get(never))
        .route("/nested", get(body_of_a_body))
        .route(
            "/one/{id}",
            get(move |request| async move { shelf.one(request).await }),
        )
        .route(
            "/other/{id}",
            get(move |request| async move { same.other(request).await }),
        );
    expect(
        routes,
        &[
            ("/whole", 200, "true"),
            ("/body", 200, "ada"),
            ("/traced", 200, "true"),
            ("/statements", 200, "12"),
            ("/attribute/1", 200, "1 true"),
            ("/attribute", 200, ""),
            ("/function/1", 200, "1"),
            ("/fragments/0", 404, ""),
            ("/fragments/1", 200, "ada"),
            ("/binding", 200, "bound"),
            ("/named", 200, "true"),
            ("/nested", 200, "nested"),
            ("/one/1", 200, "2"),
            ("/other/1", 200, "3"),
        ],
    )
    .await;
}

mod of_the_other_edition {
    use super::Log;

    crate::other::whole!(Log);
}

crate::other::around!(of_this_edition(log: Log) {
    locals.clear_session();
    let _variable = log.note("variable");
    log.note("temporary").text()
});

#[tokio::test]
async fn a_body_keeps_the_edition_it_was_written_in() {
    let (of_2021, of_2024) = ("variable, temporary", "temporary, variable");
    let (here, there) = if crate::IS_2024 {
        (of_2024, of_2021)
    } else {
        (of_2021, of_2024)
    };
    assert_eq!(dropped(get(of_this_edition)).await, here);
    assert_eq!(dropped(get(of_the_other_edition::whole)).await, there);
}
