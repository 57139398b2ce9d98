//! Where generated tokens stand.

use proc_macro2::Span;

/// Where the user wrote something, resolved as generated code.
pub(crate) fn generated_at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}
