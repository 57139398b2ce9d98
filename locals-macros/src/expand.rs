//! The new function: locals and arguments in, one exit through the flush.

use crate::{
    args::Args, convention::Convention, handler::Handler, return_type::Returned, span::generated_at,
};
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote_spanned;
use syn::{Ident, Token};

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
//                 let (__opened, __arguments) = ::locals::__private::opened(__request);
//                 __locals = __opened;
//                 match __arguments {
//                     Ok(__arguments) => __arguments,
//                     Err(__rejected) => break '__handler Err(__rejected),
//                 }
//             };
//             let locals: &::locals::Locals<Account> = &__locals;
//             let _ = locals;
//             Ok(async move {
//                 if false { return ::locals::__private::returns::<Result<Html<String>, AppError>>(); }
//                 BODY
//             }.await)
//         };
//         return ::locals::__private::flush::<Result<Html<String>, AppError>, _, _>(&__locals, __outcome);
//     }
//
// `return` and `?` stop at the inner block because the language scopes them there, also those that
// a macro in the body hides; whatever the body does, it leaves through the flush. What was opened
// lives in a block of its own, so that the future does not keep a second copy of the arguments.
//
// A handler of plain `http` requests differs in its signature, which stays as it is, and in where
// the `WithLocals` comes from: `convention` has both.
pub(crate) fn handler(args: &Args, handler: &Handler) -> TokenStream {
    Expansion::of(args, handler).function()
}

/// What the templates are filled with.
struct Expansion<'a> {
    handler: &'a Handler,
    convention: Convention,
    /// `check_guard::<Account, Admin>();`
    check_guard: Option<TokenStream>,
    /// `__locals`
    owner: Ident,
    /// `let locals: &::locals::Locals<Account> = &__locals;`
    bind_locals: TokenStream,
    /// `if false { return returns::<Html<String>>(); }`
    return_hint: Option<TokenStream>,
    /// `Html<String>`
    returned: TokenStream,
}

impl<'a> Expansion<'a> {
    fn of(args: &Args, handler: &'a Handler) -> Self {
        let runtime = args.runtime();
        let locals = handler.binding(args);
        let owner = owner(handler);
        let first_use = locals
            .name
            .as_ref()
            .and_then(|name| handler.first_use(name));
        let returned = Returned::of(&handler.sig.output);
        let inferred = returned.inferred;
        Self {
            handler,
            convention: Convention::of(args, handler, &locals.ty),
            check_guard: args.guard().map(|(user, guard)| {
                quote_spanned!(Span::mixed_site()=> #runtime::__private::check_guard::<#user, #guard>();)
            }),
            bind_locals: locals.bind_to(&loan(&owner, first_use)),
            owner,
            return_hint: returned.is_hint.then(|| {
                quote_spanned! {Span::mixed_site()=>
                    if false {
                        return #runtime::__private::returns::<#inferred>();
                    }
                }
            }),
            returned: inferred,
        }
    }

    fn function(&self) -> TokenStream {
        let Handler {
            attrs, vis, sig, ..
        } = self.handler;
        let (asyncness, safety, fn_token, name) =
            (&sig.asyncness, &sig.safety, &sig.fn_token, &sig.ident);
        let (generics, where_clause) = (&sig.generics, &sig.generics.where_clause);
        let receiver = self.handler.inputs().receiver;
        let receiver = receiver.map(|receiver| quote_spanned!(Span::mixed_site()=> #receiver,));
        let Convention {
            parameters,
            return_type,
            ..
        } = &self.convention;
        let block = self.block();

        quote_spanned! {Span::mixed_site()=>
            #(#attrs)*
            #vis #asyncness #safety #fn_token #name #generics (
                #receiver
                #parameters
            ) #return_type #where_clause #block
        }
    }

    fn block(&self) -> Group {
        let Self {
            handler,
            convention,
            check_guard,
            owner,
            returned,
            ..
        } = self;
        let inner_attrs = &handler.inner_attrs;
        let module = &convention.module;
        let outcome = self.outcome();
        let mut block = Group::new(
            Delimiter::Brace,
            quote_spanned! {Span::mixed_site()=>
                #(#inner_attrs)*
                #check_guard
                let #owner;
                let __outcome = #outcome;
                return #module::flush::<#returned, _, _>(&#owner, __outcome);
            },
        );
        // Where the user's are, as the last token of the return type is.
        block.set_span(handler.body.span());
        block
    }

    fn outcome(&self) -> TokenStream {
        let Self {
            handler: Handler { body, .. },
            convention,
            owner,
            bind_locals,
            return_hint,
            ..
        } = self;
        let Convention {
            opening,
            bind,
            rebind,
            ..
        } = convention;
        quote_spanned! {Span::mixed_site()=>
            '__handler: {
                #bind {
                    let (__opened, __arguments) = #opening;
                    #owner = __opened;
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
                    #return_hint
                    #[allow()] // rustc finds braces needless only where no attribute stands before them
                    #body
                }.await)
            }
        }
    }
}

/// `__locals`.
///
/// It resolves as the user's would, because rustc says of other variables only that "a temporary
/// value" does not live long enough.
fn owner(handler: &Handler) -> Ident {
    let site = handler.sig.ident.span();
    let mut owner = Ident::new("__locals", Span::call_site().resolved_at(site));
    if handler.binds(&owner) {
        owner.set_span(Span::mixed_site());
    }
    owner
}

/// `&__locals`, standing where the body uses the binding: there rustc reports locals that escape.
fn loan(owner: &Ident, first_use: Option<Span>) -> TokenStream {
    let span = first_use.unwrap_or_else(Span::call_site);
    let reference = Token![&](generated_at(span));
    let owner = Ident::new(&owner.to_string(), span.resolved_at(owner.span()));
    quote_spanned!(Span::mixed_site()=> #reference #owner)
}
