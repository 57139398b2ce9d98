//! Collecting several mistakes, so that they are reported together.

use quote::ToTokens;
use std::fmt::Display;
use syn::Error;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// This is wrong, and this is what to write.
    pub(crate) fn reject(&mut self, place: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(place, message));
    }

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
