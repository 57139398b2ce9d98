//! The parameters of a handler, as the tests tell them apart.

use super::tokens::{count, tokens};
use quote::quote;
use syn::{FnArg, ItemFn, PatType};

pub(super) fn typed_parameters(function: &ItemFn) -> impl Iterator<Item = &PatType> {
    function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(input),
        FnArg::Receiver(_) => None,
    })
}

pub(super) fn is_binding(parameter: &PatType) -> bool {
    let is_marker = |attr: &syn::Attribute| attr.path().is_ident("locals");
    parameter.attrs.iter().any(is_marker) || count(&tokens(&parameter.ty), quote!(Locals)) > 0
}
