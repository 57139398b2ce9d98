//! What the pattern of a parameter binds.

use syn::{Ident, Pat, ext::IdentExt};

/// Where a pattern binds this name.
pub(crate) fn bound<'a>(pat: &'a Pat, name: &Ident) -> Option<&'a Ident> {
    let any = |pats: Vec<&'a Pat>| pats.into_iter().find_map(|pat| bound(pat, name));
    match pat {
        Pat::Ident(ident) if ident.ident.unraw() == name.unraw() => Some(&ident.ident),
        Pat::Ident(ident) => ident.subpat.as_ref().and_then(|(_, pat)| bound(pat, name)),
        Pat::Or(cases) => any(cases.cases.iter().collect()),
        Pat::Paren(inner) => bound(&inner.pat, name),
        Pat::Reference(inner) => bound(&inner.pat, name),
        Pat::Slice(slice) => any(slice.elems.iter().collect()),
        Pat::Struct(fields) => any(fields.fields.iter().map(|field| &*field.pat).collect()),
        Pat::Tuple(tuple) => any(tuple.elems.iter().collect()),
        Pat::TupleStruct(tuple) => any(tuple.elems.iter().collect()),
        Pat::Type(typed) => bound(&typed.pat, name),
        _ => None,
    }
}

/// Whether a pattern moves everything into its names; in doubt, no.
pub(crate) fn binds_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Ident(ident) => ident.by_ref.is_none() && ident.subpat.is_none(),
        Pat::Paren(inner) => binds_all(&inner.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(binds_all),
        Pat::TupleStruct(tuple) => tuple.elems.iter().all(binds_all),
        _ => false,
    }
}

/// The name that a pattern is, if it is nothing else.
pub(crate) fn plain_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            Some(&pattern.ident)
        }
        _ => None,
    }
}
