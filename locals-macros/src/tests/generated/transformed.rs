//! Everything of a handler is where it belongs.

use super::{
    parameters::{is_binding, typed_parameters},
    tokens::{count, tokens},
};
use crate::pattern::{binds_all, plain_name};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::fmt;
use syn::{ItemFn, PatType, ReturnType, Type};

/// A handler before and after.
pub(super) struct Transformed<'a> {
    pub(super) input: &'a ItemFn,
    pub(super) output: &'a ItemFn,
    pub(super) context: fmt::Arguments<'a>,
}

impl Transformed<'_> {
    pub(super) fn check(&self, inner: &TokenStream, is_http: bool) {
        let context = self.context;
        let head = |function: &ItemFn| {
            let ItemFn { vis, sig, .. } = function;
            let (safety, name, receiver) = (&sig.safety, &sig.ident, sig.receiver());
            let (generics, bounds) = (&sig.generics, &sig.generics.where_clause);
            tokens(quote!(#vis #safety fn #name #generics (#receiver) #bounds))
        };
        assert_eq!(head(self.output), head(self.input), "{context}");
        let (before, after) = (&self.input.attrs, &self.output.attrs);
        let before = tokens(quote!(#(#before)* #inner));
        assert_eq!(tokens(quote!(#(#after)*)), before, "{context}");
        // `impl Trait` stands in signatures only.
        let inside = tokens(&self.output.block);
        assert_eq!(count(&inside, quote!(impl)), 0, "{context}");

        let arguments: Vec<_> = typed_parameters(self.input)
            .filter(|input| !is_binding(input))
            .collect();
        if is_http {
            self.check_http(&arguments);
        } else {
            self.check_framework(&arguments);
        }
    }

    fn check_framework(&self, arguments: &[&PatType]) {
        let context = self.context;
        let types = arguments.iter().map(|argument| &argument.ty);
        let mut request = quote!(WithLocals<(#(#types,)*));
        let binding = typed_parameters(self.input).find(|input| is_binding(input));
        if let Some(PatType { ty, .. }) = binding
            && let Type::Reference(reference) = &**ty
        {
            let locals = &reference.elem;
            request.extend(quote!(, #locals));
        }
        let parameters: Vec<_> = typed_parameters(self.output).collect();
        assert_eq!(parameters.len(), 1, "{context}");
        assert_eq!(count(&tokens(&parameters[0].ty), request), 1, "{context}");

        let inside = tokens(&self.output.block);
        let patterns = arguments.iter().enumerate().map(|(index, argument)| {
            let (lints, pattern) = (&argument.attrs, &argument.pat);
            if lints.is_empty() && binds_all(pattern) {
                return quote!(#pattern);
            }
            let kept = format_ident!("__kept_{index}");
            let rebind = quote!(#(#lints)* let #pattern = #kept;);
            assert_eq!(count(&inside, rebind), 1, "{context}");
            quote!(#kept)
        });
        let bind = quote!(let (#(#patterns,)*) =);
        let expected = usize::from(!arguments.is_empty());
        assert_eq!(count(&inside, bind), expected, "{context}");

        let declared = match &self.input.sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => {
                quote!(::core::convert::Infallible)
            }
            ReturnType::Type(_, ty) => quote!(#ty),
        };
        let flushed = tokens(quote!(Flushed<#declared>));
        let output = tokens(&self.output.sig.output);
        assert!(output.ends_with(&flushed), "{context}");
    }

    /// The signature stays, but for a binding, and for a request that is not plainly named.
    fn check_http(&self, arguments: &[&PatType]) {
        let context = self.context;
        let (before, after) = (&self.input.sig.output, &self.output.sig.output);
        assert_eq!(tokens(after), tokens(before), "{context}");

        let [PatType { attrs, pat, ty, .. }, rest @ ..] = arguments else {
            panic!("{context}");
        };
        let inside = tokens(&self.output.block);
        let request = match plain_name(pat) {
            Some(name) if !name.to_string().starts_with('_') => {
                assert_eq!(count(&inside, quote!(, &#name)), 1, "{context}");
                quote!(#(#attrs)* #pat: #ty)
            }
            _ => {
                let rebind = quote!(#(#attrs)* let #pat = __request;);
                assert_eq!(count(&inside, rebind), 1, "{context}");
                quote!(__request: #ty)
            }
        };
        let after: Vec<_> = typed_parameters(self.output).collect();
        let (after, before) = (quote!(#(#after,)*), quote!(#request, #(#rest,)*));
        assert_eq!(tokens(after), tokens(before), "{context}");
    }
}
