//! The new function: locals and arguments in, one exit through the flush.

use crate::{
    args::Args,
    handler::{Handler, Inputs, is_locals_attribute, reference},
    output::Output,
};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, PatType};

// Input:
//     #[with_locals(user = Account)]
//     async fn rename(State(db): State<Db>, Form(form): Form<Rename>) -> Result<Html<String>, AppError> { BODY }
//
// Output:
//     async fn rename(
//         __request: ::locals::WithLocals<(State<Db>, Form<Rename>), ::locals::Locals<Account>>,
//     ) -> ::locals::Flushed<Result<Html<String>, AppError>> {
//         let (__locals, __arguments) = __request.open();
//         let __outcome = match __arguments {
//             Ok(__arguments) => {
//                 let (State(db), Form(form)) = __arguments;
//                 let locals: &::locals::Locals<Account> = &__locals;
//                 Ok(async move {
//                     if false { return ::locals::__private::returns::<Result<Html<String>, AppError>>(); }
//                     BODY
//                 }.await)
//             }
//             Err(__rejected) => Err(__rejected),
//         };
//         return ::locals::__private::flush::<Result<Html<String>, AppError>>(&__locals, __outcome);
//     }
//
// `return` and `?` stop at the inner block because the language scopes them there, also those that
// a macro in the body hides; whatever the body does, it leaves through the flush.
pub(crate) fn handler(args: &Args, handler: Handler) -> TokenStream {
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
    } = &handler;
    let (asyncness, safety, fn_token, name) =
        (&sig.asyncness, &sig.safety, &sig.fn_token, &sig.ident);
    let (generics, where_clause) = (&sig.generics, &sig.generics.where_clause);

    let runtime = args.runtime();
    let locals = Binding::of(args, binding, name);
    let locals_type = &locals.ty;
    let types = arguments.iter().map(|argument| &argument.ty);
    let any_origin = args
        .csrf
        .as_ref()
        .map(|csrf| quote_spanned!(located(csrf.key.span())=> , #runtime::AnyOrigin));
    let check_guard = args.guard().map(|(user, guard)| {
        quote_spanned!(Span::mixed_site()=> #runtime::__private::check_guard::<#user, #guard>();)
    });
    let redirect = args.redirect.as_ref().map(|redirect| {
        let path = &redirect.value;
        quote_spanned!(located(redirect.key.span())=> .redirect(#path))
    });
    let receiver = receiver.map(|receiver| quote_spanned!(Span::mixed_site()=> #receiver,));
    let Output {
        declared,
        inferred,
        is_hint,
    } = Output::of(&sig.output);
    let hint = is_hint.then(|| {
        quote_spanned! {Span::mixed_site()=>
            if false {
                return #runtime::__private::returns::<#inferred>();
            }
        }
    });
    let arguments = Arguments::of(&arguments);
    let (pattern, bind_arguments) = (&arguments.pattern, &arguments.bind);
    let bind_locals = locals.bind();

    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #vis #asyncness #safety #fn_token #name #generics (
            #receiver
            __request: #runtime::WithLocals<(#(#types,)*), #locals_type #any_origin>,
        ) -> #runtime::Flushed<#declared> #where_clause {
            #(#inner_attrs)*
            #check_guard
            let (__locals, __arguments) = __request #redirect .open();
            let __outcome = match __arguments {
                ::core::result::Result::Ok(#pattern) => {
                    #bind_arguments
                    #bind_locals
                    ::core::result::Result::Ok(async move {
                        #hint
                        #[allow(unused_braces)]
                        #body
                    }.await)
                }
                ::core::result::Result::Err(__rejected) => ::core::result::Result::Err(__rejected),
            };
            return #runtime::__private::flush::<#inferred>(&__locals, __outcome);
        }
    }
}

/// The binding that the body sees.
pub(crate) struct Binding {
    pattern: TokenStream,
    attrs: TokenStream,
    pub(crate) ty: TokenStream,
}

impl Binding {
    /// Declared by a parameter, or generated from the options.
    pub(crate) fn of(args: &Args, declared: Option<&PatType>, handler: &syn::Ident) -> Self {
        let generated = || Self {
            pattern: args.binding(handler).into_token_stream(),
            attrs: quote_spanned!(Span::mixed_site()=> #[allow(unused_variables)]),
            ty: args.locals_type(),
        };
        declared.map_or_else(generated, |binding| Self {
            pattern: binding.pat.to_token_stream(),
            attrs: lints(&[binding]),
            ty: match reference(binding) {
                Some(reference) => reference.elem.to_token_stream(),
                None => binding.ty.to_token_stream(),
            },
        })
    }

    /// `let locals: &::locals::Locals = &__locals;`
    fn bind(&self) -> TokenStream {
        self.bind_to(&quote_spanned!(Span::mixed_site()=> &__locals))
    }

    /// `let locals: &::locals::Locals = VALUE;`
    pub(crate) fn bind_to(&self, value: &TokenStream) -> TokenStream {
        let Self { pattern, attrs, ty } = self;
        quote_spanned!(Span::mixed_site()=> #attrs let #pattern: &#ty = #value;)
    }
}

struct Arguments {
    pattern: TokenStream,
    bind: Option<TokenStream>,
}

impl Arguments {
    // Input:  State(db): State<Db>, Form(form): Form<Rename>
    // Output: Ok(__arguments) => { let (State(db), Form(form),) = __arguments; .. }
    fn of(arguments: &[&PatType]) -> Self {
        if arguments.is_empty() {
            return Self {
                pattern: quote_spanned!(Span::mixed_site()=> ()),
                bind: None,
            };
        }
        let patterns = arguments.iter().map(|argument| &argument.pat);
        let lints = lints(arguments);
        Self {
            pattern: quote_spanned!(Span::mixed_site()=> __arguments),
            bind: Some(quote_spanned! {Span::mixed_site()=>
                #lints
                let (#(#patterns,)*) = __arguments;
            }),
        }
    }
}

/// What stands before parameters, `#[allow(unused_variables)]` say, goes before the `let`.
fn lints(arguments: &[&PatType]) -> TokenStream {
    arguments
        .iter()
        .flat_map(|argument| &argument.attrs)
        .filter(|attr| !is_locals_attribute(attr))
        .map(Attribute::to_token_stream)
        .collect()
}

/// Where the user wrote something, resolved as generated code.
fn located(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
