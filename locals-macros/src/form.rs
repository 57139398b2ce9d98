//! The two forms of a handler: what a web framework calls, and what is called with an
//! `http::Request`.

use crate::{
    args::{Args, Valued},
    expand::located,
    handler::{Handler, first_ident, is_locals_attribute, is_named},
    output::Output,
    pattern::{binds_all, plain_name},
};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Attribute, Expr, ExprReference, Ident, PatType, Token, spanned::Spanned};

/// What differs between the two.
pub(crate) struct Form {
    /// What stands between the parentheses, behind a receiver.
    pub(crate) parameters: TokenStream,
    /// `-> Response`
    pub(crate) output: TokenStream,
    /// `opened(__request)`
    pub(crate) opening: TokenStream,
    /// `let (State(db), Form(form)) =`
    pub(crate) bind: Option<TokenStream>,
    /// `let State(..) = __kept;`
    pub(crate) rebind: TokenStream,
    /// Where `flush` is.
    pub(crate) module: TokenStream,
}

impl Form {
    pub(crate) fn of(args: &Args, handler: &Handler, locals: &TokenStream) -> Self {
        match &args.auth {
            None => Self::framework(args, handler, locals),
            Some(auth) => Self::http(args, auth, handler, locals),
        }
    }

    // Input:
    //     async fn rename(State(db): State<Db>, _: Guard) -> Html<String>
    //
    // Output:
    //     async fn rename(__request: WithLocals<(State<Db>, Guard), Locals>) -> Flushed<Html<String>>
    //     let (State(db), __kept_1) = {
    //         .. opened(__request) ..
    //     }
    //     let _ = __kept_1;
    //
    // Input:
    //     async fn load(State(db): State<Db>, request: Request, next: Next) -> Response
    //     async fn load(db: Data<Db>, request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error>
    //
    // Output:
    //     async fn load(__request: WithLocals<(State<Db>, Request), Locals>, next: Next) -> Flushed<Response>
    //     async fn load(
    //         __request: actix::BeforeService<(Data<Db>,), Locals, SameOrigin>, request: ServiceRequest, next: Next<B>,
    //     ) -> Result<ServiceResponse<B>, Error>
    //
    // What a pattern does not bind lives until the end of the handler, as an argument of a plain
    // function does: so it gets a name first. So does an argument with lints of its own.
    fn framework(args: &Args, handler: &Handler, locals: &TokenStream) -> Self {
        let runtime = args.runtime();
        let redirect = redirect(args);
        let Middleware {
            extracted: arguments,
            passed,
            takes_service,
        } = Middleware::of(handler.inputs().arguments);
        let types = arguments.iter().map(|argument| &argument.ty);
        let any_origin = args
            .csrf
            .as_ref()
            .map(|csrf| quote_spanned!(located(csrf.key.span())=> , #runtime::AnyOrigin));
        let origin = origin(args, &runtime);
        let declared = Output::of(&handler.sig.output).declared;
        // Where the user's last token is: rustc takes an item that ends in generated tokens for a
        // macro's own, and says nothing of dead code in it.
        let end_of_type = quote_spanned!(handler.sig.paren_token.span.close()=> >);

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
        let bind = (!patterns.is_empty())
            .then(|| quote_spanned!(Span::mixed_site()=> let (#(#patterns,)*) =));
        // What is no extractor is reported at the parameters.
        let here = located(handler.sig.paren_token.span.join());
        let extractor = args.runtime_at(here);
        let module = if takes_service {
            quote_spanned!(Span::mixed_site()=> #runtime::__private::actix)
        } else {
            quote_spanned!(Span::mixed_site()=> #runtime::__private)
        };
        let opened = if takes_service {
            quote_spanned!(here=> #extractor::__private::actix::BeforeService<(#(#types,)*), #locals, #origin>)
        } else {
            quote_spanned!(here=> #extractor::WithLocals<(#(#types,)*), #locals #any_origin>)
        };
        let output = if takes_service {
            handler.sig.output.to_token_stream()
        } else {
            quote_spanned!(Span::mixed_site()=> -> #runtime::Flushed<#declared #end_of_type)
        };
        Self {
            parameters: quote_spanned!(here=> __request: #opened, #(#passed,)*),
            output,
            opening: quote_spanned!(Span::mixed_site()=> #module::opened(__request #redirect)),
            bind,
            rebind,
            module,
        }
    }

    // Input:
    //     async fn call(&self, Parts { uri, .. }: Request, id: u64) -> Response
    //
    // Output:
    //     async fn call(&self, __request: Request, id: u64) -> Response
    //     {
    //         .. match &self.auth {
    //             __auth => opened(http::open::<Locals, SameOrigin, _>(__auth, &__request).await),
    //         } ..
    //     }
    //     let Parts { uri, .. } = __request;
    //
    // A request that is nothing but a name keeps it, for the expression after `auth =` to use.
    fn http(args: &Args, auth: &Valued<Expr>, handler: &Handler, locals: &TokenStream) -> Self {
        let runtime = args.runtime();
        let origin = origin(args, &runtime);
        let arguments = handler.inputs().arguments;
        let mut parameters: Vec<_> = arguments.iter().map(ToTokens::to_token_stream).collect();
        let mut request = quote_spanned!(Span::mixed_site()=> __request);
        let mut rebind = TokenStream::new();
        if let (Some(argument), Some(parameter)) = (arguments.first(), parameters.first_mut()) {
            let PatType { pat, ty, .. } = argument;
            // One that says it is not used, `_request`, is not used by generated code either.
            let is_used = |name: &&Ident| {
                let text = name.to_string();
                !text.starts_with('_') || first_ident(auth.value.to_token_stream(), &text).is_some()
            };
            if let Some(name) = plain_name(pat).filter(is_used) {
                request = name.to_token_stream();
            } else {
                let lints = lints(argument);
                rebind = quote_spanned!(Span::mixed_site()=> #lints let #pat = #request;);
                *parameter = quote_spanned!(Span::mixed_site()=> #request: #ty);
            }
        }
        let redirect = redirect(args);
        let module = quote_spanned!(Span::mixed_site()=> #runtime::__private::http);
        // As an argument, an `if` or a `?` would have to give an `Auth`, and could not give a `&Auth`.
        let bound_auth = Ident::new("__auth", located(auth.value.span()));
        let auth = by_reference(&auth.value);
        Self {
            parameters: quote_spanned!(Span::mixed_site()=> #(#parameters,)*),
            output: handler.sig.output.to_token_stream(),
            opening: quote_spanned! {Span::mixed_site()=>
                match #auth {
                    #bound_auth => #module::opened(
                        #module::open::<#locals, #origin, _>(#bound_auth, &#request).await #redirect
                    ),
                }
            },
            bind: None,
            rebind,
            module,
        }
    }
}

/// The parameters of a handler, or of a function for a framework's `from_fn`.
struct Middleware<'a> {
    extracted: Vec<&'a PatType>,
    /// `next: Next`, and before it actix-web's `request: ServiceRequest`: they stay parameters.
    passed: Vec<&'a PatType>,
    takes_service: bool,
}

impl<'a> Middleware<'a> {
    fn of(mut extracted: Vec<&'a PatType>) -> Self {
        let ends_with = |arguments: &[&PatType], name| {
            arguments
                .last()
                .is_some_and(|argument| is_named(&argument.ty, name))
        };
        let mut passed = Vec::new();
        // An extractor that is called `Next` is taken apart; the framework's is a name.
        let is_name = extracted
            .last()
            .is_some_and(|argument| plain_name(&argument.pat).is_some());
        if is_name && ends_with(&extracted, "Next") {
            passed.extend(extracted.pop());
        }
        let takes_service = !passed.is_empty() && ends_with(&extracted, "ServiceRequest");
        if takes_service {
            passed.splice(..0, extracted.pop());
        }
        Self {
            extracted,
            passed,
            takes_service,
        }
    }
}

/// `::locals::SameOrigin`
fn origin(args: &Args, runtime: &TokenStream) -> TokenStream {
    match &args.csrf {
        None => quote_spanned!(Span::mixed_site()=> #runtime::SameOrigin),
        Some(csrf) => quote_spanned!(located(csrf.key.span())=> #runtime::AnyOrigin),
    }
}

/// `.redirect("/login")`
fn redirect(args: &Args) -> Option<TokenStream> {
    args.redirect.as_ref().map(|redirect| {
        let path = &redirect.value;
        quote_spanned!(located(redirect.key.span())=> .redirect(#path))
    })
}

/// `&self.auth`, with parentheses only where they are needed, from `self.auth` or `&self.auth`.
fn by_reference(auth: &Expr) -> Expr {
    if let Expr::Reference(_) = auth {
        return auth.clone();
    }
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](located(auth.span())),
        mutability: None,
        expr: Box::new(auth.clone()),
    })
}

/// What stands before a parameter, `#[allow(unused_variables)]` say, goes before its `let`.
pub(crate) fn lints(argument: &PatType) -> TokenStream {
    let attrs = argument.attrs.iter();
    attrs
        .filter(|attr| !is_locals_attribute(attr))
        .map(Attribute::to_token_stream)
        .collect()
}
