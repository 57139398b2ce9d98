//! The annotated function: its signature parsed, its body left as it was typed.

use crate::{
    args::Args,
    binding::{Binding, generated_name, is_binding},
    diagnostics::err,
    pattern::bound,
    tokens::first_ident,
};
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Abi, Attribute, FnArg, Ident, PatType, Result, Signature, Token, Visibility,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

pub(crate) struct Handler {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// `#![..]` and `//!` at the beginning of the body.
    pub(crate) inner_attrs: Vec<Attribute>,
    /// The braces and what is in them, which need not be valid Rust while somebody is typing.
    pub(crate) body: TokenTree,
}

/// The parameters of a handler, each in its part.
pub(crate) struct Inputs<'a> {
    /// `&self`
    pub(crate) receiver: Option<&'a FnArg>,
    /// `locals: &Locals<Required>`
    pub(crate) binding: Option<&'a PatType>,
    /// What the framework extracts.
    pub(crate) arguments: Vec<&'a PatType>,
}

impl Handler {
    pub(crate) fn parse(item: TokenStream) -> Result<Self> {
        let parser = |input: ParseStream| {
            let attrs = input.call(Attribute::parse_outer)?;
            let vis = input.parse()?;
            expect_function(input)?;
            let sig: Signature = input.parse()?;
            if !input.peek(token::Brace) {
                return Err(err!(
                    &sig.ident,
                    "a handler has a body: annotate the function that implements it"
                ));
            }
            let (inner_attrs, body) = split_inner_attributes(input.parse()?);
            Ok(Self {
                attrs,
                vis,
                sig,
                inner_attrs,
                body,
            })
        };
        parser.parse2(item)
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        let mut inputs = Inputs {
            receiver: None,
            binding: None,
            arguments: Vec::new(),
        };
        for input in &self.sig.inputs {
            match input {
                FnArg::Receiver(_) => inputs.receiver = Some(input),
                FnArg::Typed(input) if is_binding(input) && inputs.binding.is_none() => {
                    inputs.binding = Some(input);
                }
                FnArg::Typed(input) => inputs.arguments.push(input),
            }
        }
        inputs
    }

    /// The binding that the body sees.
    pub(crate) fn binding(&self, args: &Args) -> Binding {
        match self.inputs().binding {
            Some(declared) => Binding::declared(declared),
            None => Binding::generated(args, self.binding_name(args)),
        }
    }

    /// The name of a generated binding.
    ///
    /// It resolves where the body says `locals` or, if it does not, where the handler's own name
    /// does: so the attribute also works when a `macro_rules!` emits it, the body, or both.
    pub(crate) fn binding_name(&self, args: &Args) -> Ident {
        let used = first_ident(self.body.to_token_stream(), "locals");
        generated_name(args, used.as_ref().unwrap_or(&self.sig.ident).span())
    }

    /// Where the body first says this name.
    pub(crate) fn first_use(&self, name: &Ident) -> Option<Span> {
        let used = first_ident(self.body.to_token_stream(), &name.to_string());
        used.map(|used| used.span())
    }

    /// Whether `#[async_trait]`, which runs first, has made it return a boxed future.
    pub(crate) fn is_of_async_trait(&self) -> bool {
        let mut lifetimes = self.sig.generics.lifetimes();
        lifetimes.any(|parameter| parameter.lifetime.ident == "async_trait")
    }

    /// Whether a parameter binds this name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        let arguments = self.inputs().arguments;
        arguments
            .iter()
            .any(|argument| bound(&argument.pat, name).is_some())
    }
}

// Input:  { #![allow(unused_variables)] BODY }
// Output: #![allow(unused_variables)] and { BODY }
//
// The braces are replaced only where there are such attributes: new braces have the span of the old
// ones, but the body they hold is no longer the very group that was typed.
fn split_inner_attributes(body: TokenTree) -> (Vec<Attribute>, TokenTree) {
    let parser = |input: ParseStream| {
        let attrs = input.call(Attribute::parse_inner)?;
        Ok((attrs, input.parse::<TokenStream>()?))
    };
    let TokenTree::Group(braces) = &body else {
        return (Vec::new(), body);
    };
    match parser.parse2(braces.stream()) {
        Ok((attrs, rest)) if !attrs.is_empty() => {
            let mut rest = Group::new(braces.delimiter(), rest);
            rest.set_span(braces.span());
            (attrs, rest.into())
        }
        _ => (Vec::new(), body),
    }
}

fn expect_function(input: ParseStream) -> Result<()> {
    let ahead = input.fork();
    let mut word = ahead.fork().call(Ident::parse_any).ok();
    loop {
        if ahead.peek(Token![fn]) {
            return Ok(());
        } else if ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
        {
            ahead.parse::<TokenTree>()?;
        } else if ahead.peek(Token![extern]) {
            word = ahead.fork().call(Ident::parse_any).ok();
            ahead.parse::<Abi>()?;
        } else {
            break;
        }
    }
    let here = ahead.fork().call(Ident::parse_any).ok();
    if let Some(generator) = here.as_ref().filter(|here| *here == "gen") {
        return Err(err!(
            generator,
            "a handler returns once, so it is no generator: write `async fn`"
        ));
    }
    let is_item = |here: &Ident| ["impl", "trait", "mod"].iter().any(|item| here == item);
    let word = here.filter(is_item).or(word);
    let what = word.map_or_else(|| "this".to_owned(), |word| format!("`{word}`"));
    Err(err!(
        input.span(),
        "`#[with_locals]` annotates one handler, an `async fn`, not {what}: put it on each handler"
    ))
}
