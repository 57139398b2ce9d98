//! The annotated function: its signature parsed, its body left as it was typed, and every reason
//! to reject it.

use crate::{
    args::{Args, Kind},
    diagnostics::Mistakes,
};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Error, FnArg, Ident, Pat, PatType, Result, Signature, Token, Type, TypeReference,
    Visibility,
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
                let message = "a handler has a body: annotate the function that implements it";
                return Err(Error::new_spanned(&sig.ident, message));
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

    /// The name of a generated binding.
    ///
    /// It resolves where the body says `locals` or, if it does not, where the handler's own name
    /// does: so the attribute also works when a `macro_rules!` emits it, the body, or both.
    pub(crate) fn binding_name(&self, args: &Args) -> Ident {
        let used = first_ident(self.body.to_token_stream(), "locals");
        args.binding(used.as_ref().unwrap_or(&self.sig.ident).span())
    }

    /// Whether a parameter binds this name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        let arguments = self.inputs().arguments;
        arguments
            .iter()
            .any(|argument| bound(&argument.pat, name).is_some())
    }

    /// Everything that is wrong with this handler under these options, as far as they could be read:
    /// where some could not, nothing is said to be missing.
    pub(crate) fn rejection(&self, args: &Args, all_read: bool) -> Option<Error> {
        let mut mistakes = Mistakes::default();
        let mut reject = |place: &dyn ToTokens, message: String| {
            mistakes.add(Error::new_spanned(place, message));
        };
        let name = &self.sig.ident;
        let Inputs {
            binding, arguments, ..
        } = self.inputs();

        let is_ours = |attr: &&Attribute| {
            let last = attr.path().segments.last();
            last.is_some_and(|last| last.ident == "with_locals")
        };
        if let Some(again) = self.attrs.iter().find(is_ours) {
            let message = "`#[with_locals]` is given twice: put all options into one";
            reject(again, message.to_owned());
        }
        if let Some(keyword) = &self.sig.constness {
            let message = format!("a handler cannot be `const`: write `async fn {name}`");
            reject(keyword, message);
        } else if self.sig.asyncness.is_none() {
            let message = format!("a handler is asynchronous: write `async fn {name}`");
            reject(&self.sig.fn_token, message);
        }
        if let Some(abi) = &self.sig.abi {
            let message = format!("a handler has no ABI: write `async fn {name}`");
            reject(abi, message);
        }
        if let Some(variadic) = &self.sig.variadic {
            let message = "a handler has no variable arguments: take an extractor for each";
            reject(&variadic.dots, message.to_owned());
        }

        if let Some(binding) = binding {
            if let Some((place, message)) = misdeclared(binding) {
                reject(place, message);
            }
            for (key, source) in [
                (args.user.as_ref().map(|user| &user.key), "user"),
                (args.kind.as_ref().map(Kind::key), "kind"),
                (args.name.as_ref().map(|name| &name.key), "name"),
            ] {
                if let Some(key) = key {
                    let message = format!(
                        "`{key}` beside a declared binding: its {source} comes from the parameter, \
                         so remove `{key}` here, or remove the parameter"
                    );
                    reject(key, message);
                }
            }
        } else {
            let binding = self.binding_name(args);
            for argument in &arguments {
                if let Some(taken) = bound(&argument.pat, &binding) {
                    let message = format!(
                        "the name `{binding}` is taken by the attribute: call this parameter \
                         otherwise, or the binding with `#[with_locals(name = ctx)]`"
                    );
                    reject(taken, message);
                }
            }
            if let Some(redirect) = &args.redirect
                && all_read
                && !matches!(args.kind, Some(Kind::Required(..)))
            {
                let message = "`redirect` is for handlers that need a session: \
                               write `required` beside it";
                reject(&redirect.key, message.to_owned());
            }
        }

        for argument in &arguments {
            if is_binding(argument) {
                let message = "a handler has one `Locals`: remove this parameter";
                reject(argument, message.to_owned());
            }
        }
        for argument in self.sig.inputs.iter() {
            for attr in attributes(argument) {
                if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                    let message = "a parameter of a handler cannot depend on `cfg`: \
                                   write the handler twice, each under its `#[cfg(..)]`";
                    reject(attr, message.to_owned());
                }
            }
        }
        mistakes.into_error()
    }
}

/// A parameter whose type is (a reference to) something named `Locals`, or that carries `#[locals]`.
fn is_binding(input: &PatType) -> bool {
    let ty = match ungrouped(&input.ty) {
        Type::Reference(reference) => &reference.elem,
        _ => &input.ty,
    };
    names_locals(ty) || input.attrs.iter().any(is_locals_attribute)
}

pub(crate) fn is_locals_attribute(attr: &Attribute) -> bool {
    attr.path().is_ident("locals")
}

fn names_locals(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Locals")
        }
        _ => false,
    }
}

/// The reference of a declared binding, whether or not a `macro_rules!` grouped it.
pub(crate) fn reference(binding: &PatType) -> Option<&TypeReference> {
    match ungrouped(&binding.ty) {
        Type::Reference(reference) => Some(reference),
        _ => None,
    }
}

fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

fn misdeclared(binding: &PatType) -> Option<(&dyn ToTokens, String)> {
    let with_options = binding
        .attrs
        .iter()
        .find(|attr| is_locals_attribute(attr) && !matches!(attr.meta, syn::Meta::Path(_)));
    if let Some(attr) = with_options {
        let message = "`#[locals]` takes no options: they come from the parameter's type";
        return Some((attr, message.to_owned()));
    }
    let Some(reference) = reference(binding) else {
        return Some((&binding.ty, by_reference(&binding.ty)));
    };
    if let Some(mutability) = &reference.mutability {
        let message = "take the locals by shared reference: `&Locals<..>`; \
                       `set_session` and the others need no `mut`";
        return Some((mutability, message.to_owned()));
    }
    match &*binding.pat {
        Pat::Ident(_) | Pat::Wild(_) => None,
        other => Some((
            other,
            "give the locals a plain name: `locals: &Locals<..>`".to_owned(),
        )),
    }
}

fn by_reference(ty: &Type) -> String {
    let ty = ty.to_token_stream().to_string().replace(' ', "");
    format!("take the locals by reference: `&{ty}`")
}

/// The first identifier of this name, in whatever brackets.
fn first_ident(tokens: TokenStream, name: &str) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == name => Some(ident),
        TokenTree::Group(group) => first_ident(group.stream(), name),
        _ => None,
    })
}

/// Where a pattern binds this name.
fn bound<'a>(pat: &'a Pat, name: &Ident) -> Option<&'a Ident> {
    let any = |pats: Vec<&'a Pat>| pats.into_iter().find_map(|pat| bound(pat, name));
    match pat {
        Pat::Ident(ident) if ident.ident.unraw() == name.unraw() => Some(&ident.ident),
        Pat::Ident(ident) => ident.subpat.as_ref().and_then(|(_, pat)| bound(pat, name)),
        Pat::Or(cases) => any(cases.cases.iter().collect()),
        Pat::Paren(inner) => bound(&inner.pat, name),
        Pat::Reference(inner) => bound(&inner.pat, name),
        Pat::Slice(slice) => any(slice.elems.iter().collect()),
        Pat::Struct(fields) => any(fields.fields.iter().map(|field| &*field.pat).collect()),
        Pat::Tuple(tuple) => any(tuple.elems.iter().collect()),
        Pat::TupleStruct(tuple) => any(tuple.elems.iter().collect()),
        Pat::Type(typed) => bound(&typed.pat, name),
        _ => None,
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

fn attributes(input: &FnArg) -> &[Attribute] {
    match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}

fn expect_function(input: ParseStream) -> Result<()> {
    let is_qualifier = input.peek(Token![const])
        || input.peek(Token![async])
        || input.peek(Token![unsafe])
        || input.peek(Token![extern])
        || input.peek(Token![fn]);
    let is_other_item = input.peek2(Token![impl])
        || input.peek2(Token![trait])
        || input.peek2(Token![mod])
        || (input.peek(Token![const]) && input.peek3(Token![:]));
    if is_qualifier && !is_other_item {
        return Ok(());
    }
    let what = input.fork().call(Ident::parse_any);
    let what = what.map_or_else(|_| "this".to_owned(), |word| format!("`{word}`"));
    Err(input.error(format!(
        "`#[with_locals]` annotates one handler, an `async fn`, not {what}: put it on each handler"
    )))
}
