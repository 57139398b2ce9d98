//! The two conventions by which a handler is called: by a web framework, and with an
//! `http::Request`.

mod parameters;

use crate::{
    args::{Args, Valued},
    binding::lints,
    handler::Handler,
    pattern::{binds_all, plain_name},
    return_type::Returned,
    span::generated_at,
    tokens::first_ident,
};
use parameters::Parameters;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Expr, ExprReference, Ident, PatType, Token, spanned::Spanned};

/// What differs between the two.
pub(crate) struct Convention {
    /// What stands between the parentheses, behind a receiver.
    pub(crate) parameters: TokenStream,
    /// `-> Response`
    pub(crate) return_type: TokenStream,
    /// `opened(__request)`
    pub(crate) opening: TokenStream,
    /// `let (State(db), Form(form)) =`
    pub(crate) bind: Option<TokenStream>,
    /// `let State(..) = __kept;`
    pub(crate) rebind: TokenStream,
    /// Where `flush` is.
    pub(crate) module: TokenStream,
}

impl Convention {
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
    //     async fn load(
    //         __request: WithLocals<(State<Db>, Request), Locals, BeforeNext<SameOrigin>>, next: Next,
    //     ) -> Flushed<Response>
    //     async fn load(
    //         __request: actix::BeforeService<(Data<Db>,), Locals, SameOrigin>, request: ServiceRequest, next: Next<B>,
    //     ) -> Result<ServiceResponse<B>, Error>
    fn framework(args: &Args, handler: &Handler, locals: &TokenStream) -> Self {
        let runtime = args.runtime();
        let Parameters {
            extracted,
            passed,
            takes_service,
        } = Parameters::of(handler.inputs().arguments);
        let types = extracted.iter().map(|argument| &argument.ty);
        // What is no extractor is reported at the parameters.
        let here = generated_at(handler.sig.paren_token.span.join());
        let runtime_here = args.runtime_at(here);
        let (module, request, return_type) = if takes_service {
            let origin = origin(args);
            (
                quote_spanned!(Span::mixed_site()=> #runtime::__private::actix),
                quote_spanned!(here=> #runtime_here::__private::actix::BeforeService<(#(#types,)*), #locals, #origin>),
                handler.sig.output.to_token_stream(),
            )
        } else {
            let policy = policy(args, here, !passed.is_empty());
            (
                quote_spanned!(Span::mixed_site()=> #runtime::__private),
                quote_spanned!(here=> #runtime_here::WithLocals<(#(#types,)*), #locals #policy>),
                flushed(args, handler),
            )
        };
        let redirect = redirect(args);
        let (bind, rebind) = bind_extracted(&extracted);
        Self {
            parameters: quote_spanned!(here=> __request: #request, #(#passed,)*),
            return_type,
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
        let origin = origin(args);
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
        let bound_auth = Ident::new("__auth", generated_at(auth.value.span()));
        let auth = by_reference(&auth.value);
        Self {
            parameters: quote_spanned!(Span::mixed_site()=> #(#parameters,)*),
            return_type: handler.sig.output.to_token_stream(),
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

// Input:  State(db): State<Db>, _: Guard
// Output: let (State(db), __kept_1) = and let _ = __kept_1;
//
// What a pattern does not bind lives until the end of the handler, as an argument of a plain
// function does: so it gets a name first. So does an argument with lints of its own.
fn bind_extracted(extracted: &[&PatType]) -> (Option<TokenStream>, TokenStream) {
    let mut patterns = Vec::new();
    let mut rebind = TokenStream::new();
    for (index, argument) in extracted.iter().enumerate() {
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
    let bind =
        (!patterns.is_empty()).then(|| quote_spanned!(Span::mixed_site()=> let (#(#patterns,)*) =));
    (bind, rebind)
}

/// `-> ::locals::Flushed<Html<String>>`
fn flushed(args: &Args, handler: &Handler) -> TokenStream {
    let runtime = args.runtime();
    let declared = Returned::of(&handler.sig.output).declared;
    // Where the user's last token is: rustc takes an item that ends in generated tokens for a
    // macro's own, and says nothing of dead code in it.
    let end_of_type = quote_spanned!(handler.sig.paren_token.span.close()=> >);
    quote_spanned!(Span::mixed_site()=> -> #runtime::Flushed<#declared #end_of_type)
}

/// `::locals::SameOrigin`
fn origin(args: &Args) -> TokenStream {
    let runtime = args.runtime();
    match &args.csrf {
        None => quote_spanned!(Span::mixed_site()=> #runtime::SameOrigin),
        Some(csrf) => quote_spanned!(generated_at(csrf.key.span())=> #runtime::AnyOrigin),
    }
}

/// `, ::locals::AnyOrigin` or `, ::locals::__private::BeforeNext<::locals::SameOrigin>`, where that is not
/// the default.
fn policy(args: &Args, here: Span, is_before_next: bool) -> Option<TokenStream> {
    let origin = origin(args);
    if is_before_next {
        let runtime = args.runtime_at(here);
        return Some(quote_spanned!(here=> , #runtime::__private::BeforeNext<#origin>));
    }
    args.csrf
        .as_ref()
        .map(|csrf| quote_spanned!(generated_at(csrf.key.span())=> , #origin))
}

/// `.redirect("/login")`
fn redirect(args: &Args) -> Option<TokenStream> {
    args.redirect.as_ref().map(|redirect| {
        let path = &redirect.value;
        quote_spanned!(generated_at(redirect.key.span())=> .redirect(#path))
    })
}

/// `&self.auth`, with parentheses only where they are needed, from `self.auth` or `&self.auth`.
fn by_reference(auth: &Expr) -> Expr {
    if let Expr::Reference(_) = auth {
        return auth.clone();
    }
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](generated_at(auth.span())),
        mutability: None,
        expr: Box::new(auth.clone()),
    })
}
