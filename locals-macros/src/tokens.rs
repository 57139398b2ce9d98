//! What is looked for in tokens and types, in whatever brackets.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Ident, Type};

/// The first identifier of this name.
pub(crate) fn first_ident(tokens: TokenStream, name: &str) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == name => Some(ident),
        TokenTree::Group(group) => first_ident(group.stream(), name),
        _ => None,
    })
}

/// Whether this is the last word of a type's path.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    match ungrouped(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == name)
        }
        _ => false,
    }
}

/// The type without the group that a `macro_rules!` puts around it.
pub(crate) fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}
