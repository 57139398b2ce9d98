//! The new function: locals and arguments in, one exit through the flush.

use crate::{
    args::Args,
    handler::{Handler, Inputs, is_locals_attribute, reference},
    output::Output,
    pattern::binds_all,
};
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Attribute, Ident, PatType};

// Input:
//     #[with_locals(user = Account)]
//     async fn rename(State(db): State<Db>, Form(form): Form<Rename>) -> Result<Html<String>, AppError> { BODY }
//
// Output:
//     async fn rename(
//         __request: ::locals::WithLocals<(State<Db>, Form<Rename>), ::locals::Locals<Account>>,
//     ) -> ::locals::Flushed<Result<Html<String>, AppError>> {
//         let __locals;
//         let __outcome = '__handler: {
//             let (State(db), Form(form)) = {
//                 let (__opened, __arguments) = __request.open();
//                 __locals = __opened;
//                 match __arguments {
//                     Ok(__arguments) => __arguments,
//                     Err(__rejected) => break '__handler Err(__rejected),
//                 }
//             };
//             let locals: &::locals::Locals<Account> = &__locals;
//             Ok(async move {
//                 if false { return ::locals::__private::returns::<Result<Html<String>, AppError>>(); }
//                 BODY
//             }.await)
//         };
//         return ::locals::__private::flush::<Result<Html<String>, AppError>>(&__locals, __outcome);
//     }
//
// `return` and `?` stop at the inner block because the language scopes them there, also those that
// a macro in the body hides; whatever the body does, it leaves through the flush. What was opened
// lives in a block of its own, so that the future does not keep a second copy of the arguments.
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
    let locals = Binding::of(args, binding, handler.binding_name(args));
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
    let Arguments { bind, rebind } = Arguments::of(&arguments);
    let bind_locals = locals.bind();

    // The braces and the return type's last token are where the user's are: rustc takes an item that
    // ends in generated tokens for a macro's own, and says nothing of dead code in it.
    let end_of_type = quote_spanned!(sig.paren_token.span.close()=> >);
    let mut block = Group::new(
        Delimiter::Brace,
        quote_spanned! {Span::mixed_site()=>
            #(#inner_attrs)*
            #check_guard
            let __locals;
            let __outcome = '__handler: {
                #bind {
                    let (__opened, __arguments) = __request #redirect .open();
                    __locals = __opened;
                    match __arguments {
                        ::core::result::Result::Ok(__arguments) => __arguments,
                        // A `::` right behind the label would make syn 2 read `'__handler:`.
                        ::core::result::Result::Err(__rejected) => break '__handler {
                            ::core::result::Result::Err(__rejected)
                        },
                    }
                };
                #rebind
                #bind_locals
                ::core::result::Result::Ok(async move {
                    #hint
                    #[allow(unused_braces)]
                    #body
                }.await)
            };
            return #runtime::__private::flush::<#inferred>(&__locals, __outcome);
        },
    );
    block.set_span(body.span());

    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #vis #asyncness #safety #fn_token #name #generics (
            #receiver
            __request: #runtime::WithLocals<(#(#types,)*), #locals_type #any_origin>,
        ) -> #runtime::Flushed<#declared #end_of_type #where_clause #block
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
    pub(crate) fn of(args: &Args, declared: Option<&PatType>, generated_name: Ident) -> Self {
        let generated = || Self {
            pattern: generated_name.into_token_stream(),
            attrs: quote_spanned!(Span::mixed_site()=> #[allow(unused_variables)]),
            ty: args.locals_type(),
        };
        declared.map_or_else(generated, |binding| Self {
            pattern: binding.pat.to_token_stream(),
            attrs: lints(binding),
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
    /// `let (State(db), Form(form)) =`
    bind: Option<TokenStream>,
    /// `let State(..) = __kept;`
    rebind: TokenStream,
}

impl Arguments {
    // Input:  State(db): State<Db>, _: Guard
    // Output: let (State(db), __kept_1) = ..; let _ = __kept_1;
    //
    // What a pattern does not bind lives until the end of the handler, as an argument of a plain
    // function does: so it gets a name first. So does an argument with lints of its own.
    fn of(arguments: &[&PatType]) -> Self {
        if arguments.is_empty() {
            return Self {
                bind: None,
                rebind: TokenStream::new(),
            };
        }
        let mut patterns = Vec::new();
        let mut rebind = TokenStream::new();
        for (index, argument) in arguments.iter().enumerate() {
            let pattern = &argument.pat;
            let lints = lints(argument);
            if lints.is_empty() && binds_all(pattern) {
                patterns.push(pattern.to_token_stream());
            } else {
                let kept = format_ident!("__kept_{index}", span = Span::mixed_site());
                patterns.push(kept.to_token_stream());
                rebind.extend(quote_spanned!(Span::mixed_site()=> #lints let #pattern = #kept;));
            }
        }
        Self {
            bind: Some(quote_spanned!(Span::mixed_site()=> let (#(#patterns,)*) =)),
            rebind,
        }
    }
}

/// What stands before a parameter, `#[allow(unused_variables)]` say, goes before its `let`.
fn lints(argument: &PatType) -> TokenStream {
    let attrs = argument.attrs.iter();
    attrs
        .filter(|attr| !is_locals_attribute(attr))
        .map(Attribute::to_token_stream)
        .collect()
}

/// Where the user wrote something, resolved as generated code.
fn located(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
