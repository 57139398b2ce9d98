//! Which parameters a web framework extracts, and which it passes on.

use crate::{pattern::plain_name, tokens::is_named};
use syn::PatType;

/// The parameters of a handler, or of a function for a framework's `from_fn`.
pub(super) struct Parameters<'a> {
    pub(super) extracted: Vec<&'a PatType>,
    /// `next: Next`, and before it actix-web's `request: ServiceRequest`: they stay parameters.
    pub(super) passed: Vec<&'a PatType>,
    pub(super) takes_service: bool,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(mut extracted: Vec<&'a PatType>) -> Self {
        let ends_with = |arguments: &[&PatType], name| {
            arguments
                .last()
                .is_some_and(|argument| is_named(&argument.ty, name))
        };
        let mut passed = Vec::new();
        // An extractor that is called `Next` is taken apart; the framework's is a name.
        let is_name = extracted
            .last()
            .is_some_and(|argument| plain_name(&argument.pat).is_some());
        if is_name && ends_with(&extracted, "Next") {
            passed.extend(extracted.pop());
        }
        let takes_service = !passed.is_empty() && ends_with(&extracted, "ServiceRequest");
        if takes_service {
            passed.splice(..0, extracted.pop());
        }
        Self {
            extracted,
            passed,
            takes_service,
        }
    }
}
