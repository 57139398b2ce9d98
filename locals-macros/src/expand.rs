//! The new function: locals and arguments in, one exit through the flush.

use crate::{
    args::Args,
    form::{Form, lints},
    handler::{Handler, Inputs, reference},
    output::Output,
};
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Ident, Pat, PatType, Token};

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
// the `WithLocals` comes from: `form` has both.
pub(crate) fn handler(args: &Args, handler: &Handler) -> TokenStream {
    let Handler {
        attrs,
        vis,
        sig,
        inner_attrs,
        body,
    } = handler;
    let (asyncness, safety, fn_token, name) =
        (&sig.asyncness, &sig.safety, &sig.fn_token, &sig.ident);
    let (generics, where_clause) = (&sig.generics, &sig.generics.where_clause);
    let Inputs {
        receiver, binding, ..
    } = handler.inputs();
    let receiver = receiver.map(|receiver| quote_spanned!(Span::mixed_site()=> #receiver,));

    let runtime = args.runtime();
    let locals = Binding::of(args, binding, handler.binding_name(args));
    let Form {
        parameters,
        output,
        opening,
        bind,
        rebind,
        module,
    } = Form::of(args, handler, &locals.ty);
    let check_guard = args.guard().map(|(user, guard)| {
        quote_spanned!(Span::mixed_site()=> #runtime::__private::check_guard::<#user, #guard>();)
    });
    let Output {
        inferred, is_hint, ..
    } = Output::of(&sig.output);
    let hint = is_hint.then(|| {
        quote_spanned! {Span::mixed_site()=>
            if false {
                return #runtime::__private::returns::<#inferred>();
            }
        }
    });
    let owner = owner(handler);
    let first_use = locals
        .name
        .as_ref()
        .and_then(|name| handler.first_use(name));
    let bind_locals = locals.bind_to(&loan(&owner, first_use));

    let mut block = Group::new(
        Delimiter::Brace,
        quote_spanned! {Span::mixed_site()=>
            #(#inner_attrs)*
            #check_guard
            let #owner;
            let __outcome = '__handler: {
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
                    #hint
                    #[allow()] // rustc finds braces needless only where no attribute stands before them
                    #body
                }.await)
            };
            return #module::flush::<#inferred, _, _>(&#owner, __outcome);
        },
    );
    // Where the user's are, as the last token of the return type is.
    block.set_span(body.span());

    quote_spanned! {Span::mixed_site()=>
        #(#attrs)*
        #vis #asyncness #safety #fn_token #name #generics (
            #receiver
            #parameters
        ) #output #where_clause #block
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
    let reference = Token![&](located(span));
    let owner = Ident::new(&owner.to_string(), span.resolved_at(owner.span()));
    quote_spanned!(Span::mixed_site()=> #reference #owner)
}

/// The binding that the body sees.
pub(crate) struct Binding {
    pattern: TokenStream,
    /// What the pattern binds, unless it is `_`.
    name: Option<Ident>,
    attrs: TokenStream,
    pub(crate) ty: TokenStream,
    is_generated: bool,
}

impl Binding {
    /// Declared by a parameter, or generated from the options.
    pub(crate) fn of(args: &Args, declared: Option<&PatType>, generated_name: Ident) -> Self {
        let Some(declared) = declared else {
            return Self {
                pattern: generated_name.to_token_stream(),
                name: Some(generated_name),
                attrs: TokenStream::new(),
                ty: args.locals_type(),
                is_generated: true,
            };
        };
        Self {
            pattern: declared.pat.to_token_stream(),
            name: match &*declared.pat {
                Pat::Ident(pattern) => Some(pattern.ident.clone()),
                _ => None,
            },
            attrs: lints(declared),
            ty: match reference(declared) {
                Some(reference) => reference.elem.to_token_stream(),
                None => declared.ty.to_token_stream(),
            },
            is_generated: false,
        }
    }

    /// `let locals: &::locals::Locals = VALUE;`
    pub(crate) fn bind_to(&self, value: &TokenStream) -> TokenStream {
        let Self {
            pattern, attrs, ty, ..
        } = self;
        let name = self.name.as_ref().filter(|name| self.may_go_unused(name));
        let usage = name.map(|name| quote_spanned!(Span::mixed_site()=> let _ = #name;));
        quote_spanned!(Span::mixed_site()=> #attrs let #pattern: &#ty = #value; #usage)
    }

    /// What a parameter declares is linted as ever; so is nothing that is called `_ctx`.
    fn may_go_unused(&self, name: &Ident) -> bool {
        self.is_generated && !name.to_string().starts_with('_')
    }
}

/// Where the user wrote something, resolved as generated code.
pub(crate) fn located(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}
