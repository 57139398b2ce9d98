//! Errors that point at what was written, several of them reported together.

use proc_macro2::Span;
use quote::ToTokens;
use std::fmt;
use syn::Error;

/// `err!(place, "message")`: this is wrong, and this is what to write.
macro_rules! err {
    ($place:expr, $($message:tt)+) => {
        $crate::diagnostics::Place::error($place, ::core::format_args!($($message)+))
    };
}
pub(crate) use err;

/// What an error can point at.
pub(crate) trait Place {
    fn error(self, message: fmt::Arguments<'_>) -> Error;
}

impl Place for Span {
    fn error(self, message: fmt::Arguments<'_>) -> Error {
        Error::new(self, message)
    }
}

/// From the first token to the last.
impl<T: ToTokens + ?Sized> Place for &T {
    fn error(self, message: fmt::Arguments<'_>) -> Error {
        Error::new_spanned(self, message)
    }
}

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    pub(crate) fn add(&mut self, mistake: Error) {
        self.0 = all(self.0.take(), Some(mistake));
    }

    pub(crate) fn into_error(self) -> Option<Error> {
        self.0
    }
}

/// Both, as one error.
pub(crate) fn all(first: Option<Error>, second: Option<Error>) -> Option<Error> {
    match (first, second) {
        (Some(mut first), Some(second)) => {
            first.combine(second);
            Some(first)
        }
        (first, second) => first.or(second),
    }
}
