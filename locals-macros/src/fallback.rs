//! Next to an error, the function as it was, so that one mistake gives one error.

use crate::{
    args::Args,
    binding::impl_keyword,
    handler::{Handler, Inputs},
};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Error, PatType};

/// The item untouched, under its error.
pub(crate) fn item(item: TokenStream, error: Option<Error>) -> TokenStream {
    let error = error.map(|error| error.to_compile_error());
    quote_spanned!(Span::mixed_site()=> #error #item)
}

// Input:
//     #[with_locals(eagre)]
//     fn rename(Form(form): Form<Rename>) -> Html<String> { BODY }
//
// Output:
//     async fn rename(Form(form): Form<Rename>) -> Html<String> {
//         ::core::compile_error! { ".." }
//         let locals: &::locals::Locals = ::locals::__private::binding();
//         BODY
//     }
//
// The errors stand inside, because an attribute on a method must not add anything beside it.
pub(crate) fn handler(args: &Args, handler: &Handler, error: &Error) -> TokenStream {
    let Inputs {
        receiver,
        binding,
        arguments,
    } = handler.inputs();
    let Handler {
        attrs,
        vis,
        sig,
        inner_attrs,
        body,
    } = handler;
    let (safety, fn_token, name, output) = (&sig.safety, &sig.fn_token, &sig.ident, &sig.output);
    let (generics, where_clause) = (&sig.generics, &sig.generics.where_clause);

    let asyncness =
        (!handler.is_of_async_trait()).then(|| quote_spanned!(Span::mixed_site()=> async));
    let errors = error.to_compile_error();
    let runtime = args.runtime();
    // `impl Trait` can be in the type of a parameter, and not in that of a variable.
    let opaque = binding.filter(|binding| impl_keyword(binding).is_some());
    // Not over a parameter of the same name: what the body does with that one is no mistake.
    let is_free = binding.is_some() || !handler.binds(&handler.binding_name(args));
    let bind = (is_free && opaque.is_none()).then(|| {
        handler
            .binding(args)
            .bind_to(&quote_spanned!(Span::mixed_site()=> #runtime::__private::binding()))
    });
    let receiver = receiver.map(|receiver| quote_spanned!(Span::mixed_site()=> #receiver,));
    let parameters = arguments.into_iter().chain(opaque);
    let parameters =
        parameters.map(|PatType { pat, ty, .. }| quote_spanned!(Span::mixed_site()=> #pat: #ty));

    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #vis #asyncness #safety #fn_token #name #generics (
            #receiver
            #(#parameters,)*
        ) #output #where_clause {
            #(#inner_attrs)*
            #errors
            #bind
            #[allow()]
            #body
        }
    }
}
