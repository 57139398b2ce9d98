//! When things are dropped: what the editions disagree about, and the order that functions have.
//!
//! Each body stands in a function and in a handler, both of this edition, and does the same in both.

use super::asking::ask;
use axum::{Extension, Router, extract::FromRequestParts, http::request::Parts, routing::get};
use locals::with_locals;
use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

/// What was dropped, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<&'static str>>>);

/// Writes its name into the log when it is dropped.
pub(crate) struct Note(Log, &'static str);

impl Log {
    pub(crate) fn note(&self, name: &'static str) -> Note {
        Note(self.clone(), name)
    }

    pub(crate) fn write(&self, name: &'static str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.push(name);
    }

    pub(crate) fn read(&self) -> String {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.join(", ")
    }
}

impl Note {
    pub(crate) fn text(&self) -> String {
        self.1.to_owned()
    }

    fn some(&self) -> Option<&'static str> {
        (self.1 != "absent").then_some(self.1)
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.0.write(self.1);
    }
}

/// Extractors that leave a note, as a transaction or a lock would.
macro_rules! extracted {
    ($($name:ident $note:literal)*) => {$(
        struct $name(#[allow(dead_code, reason = "it is there to be dropped")] Note);

        impl<S: Sync> FromRequestParts<S> for $name {
            type Rejection = Infallible;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
                let log: Option<&Log> = parts.extensions.get();
                Ok(Self(log.cloned().unwrap_or_default().note($note)))
            }
        }
    )*};
}

extracted!(First "first" Second "second");

/// The same function twice: as it is, and as a handler.
macro_rules! twice {
    ($($name:ident($($pattern:pat, $ty:ty);*) { $($body:tt)* })*) => {$(
        mod $name {
            use super::*;

            pub(super) async fn function($($pattern: $ty),*) -> String {
                $($body)*
            }

            #[with_locals]
            pub(super) async fn handler($($pattern: $ty),*) -> String {
                $($body)*
            }
        }
    )*};
}

twice! {
    tail(Extension(log), Extension<Log>) {
        let _variable = log.note("variable");
        log.note("temporary").text()
    }

    tail_under_an_inner_attribute(Extension(log), Extension<Log>) {
        #![allow(unused_variables)]
        let variable = log.note("variable");
        log.note("temporary").text()
    }

    tail_of_a_match(Extension(log), Extension<Log>) {
        let _variable = log.note("variable");
        match log.note("temporary").some() {
            Some(text) => text.to_owned(),
            None => String::new(),
        }
    }

    tail_of_an_inner_block(Extension(log), Extension<Log>) {
        let text = {
            let _variable = log.note("variable");
            log.note("temporary").text()
        };
        log.write("after");
        text
    }

    scrutinee(Extension(log), Extension<Log>) {
        let text = if let Some(text) = log.note("absent").some() {
            text
        } else {
            log.write("else");
            "else"
        };
        text.to_owned()
    }

    statement(Extension(log), Extension<Log>) {
        let _variable = log.note("variable");
        return log.note("temporary").text();
    }

    arguments_ignored(_, First; _, Second) {
        String::new()
    }

    arguments_unused(_first, First; _second, Second) {
        String::new()
    }

    argument_unused_before_a_used(_first, First; second, Second) {
        second.0.text()
    }
}

/// What is dropped, and in which order, by a router with this one route.
pub(crate) async fn dropped(route: axum::routing::MethodRouter<locals::Auth>) -> String {
    let log = Log::default();
    let routes = Router::new()
        .route("/", route)
        .layer(Extension(log.clone()));
    let answer = ask(routes, "/").await;
    assert_eq!(answer.status, 200);
    log.read()
}

macro_rules! same_in_both {
    ($($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            let function = super::dropped(get(super::$name::function)).await;
            let handler = super::dropped(get(super::$name::handler)).await;
            assert_eq!(function, handler);
        }
    )*};
}

mod a_handler_drops_as_a_function_does {
    use super::get;

    same_in_both! {
        tail
        tail_under_an_inner_attribute
        tail_of_a_match
        tail_of_an_inner_block
        scrutinee
        statement
        arguments_ignored
        arguments_unused
        argument_unused_before_a_used
    }
}

#[tokio::test]
async fn the_temporaries_of_a_tail_are_those_of_the_edition() {
    let expected = if crate::IS_2024 {
        "temporary, variable"
    } else {
        "variable, temporary"
    };
    assert_eq!(dropped(get(tail::handler)).await, expected);
    assert_eq!(dropped(get(tail_of_a_match::handler)).await, expected);
    let inner = tail_under_an_inner_attribute::handler;
    assert_eq!(dropped(get(inner)).await, expected);
}

#[tokio::test]
async fn the_temporaries_of_a_condition_are_those_of_the_edition() {
    let expected = if crate::IS_2024 {
        "absent, else"
    } else {
        "else, absent"
    };
    assert_eq!(dropped(get(scrutinee::handler)).await, expected);
}
