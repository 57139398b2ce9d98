//! The binding through which the body sees the locals: declared by a parameter, or generated from
//! the options.

use crate::{
    args::{Args, Kind},
    span::generated_at,
    tokens::{first_ident, is_named, ungrouped},
};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, Ident, Pat, PatType, Type, TypeReference};

/// A parameter whose type is a reference to something named `Locals`, or that carries `#[locals]`; also
/// one by value, which is a mistake, unless it has to be an extractor that happens to be called so.
pub(crate) fn is_binding(parameter: &PatType) -> bool {
    let is_locals = match ungrouped(&parameter.ty) {
        Type::Reference(reference) => is_named(&reference.elem, "Locals"),
        ty => is_named(ty, "Locals") && !is_extractor(&parameter.pat, ty),
    };
    is_locals || parameter.attrs.iter().any(is_locals_attribute)
}

/// Whether something named `Locals` is taken apart, `Locals(language)`, or comes from elsewhere,
/// `i18n::Locals`: an alias of ours has arguments, `web::Locals<Required>`.
fn is_extractor(pattern: &Pat, ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let mut segments = path.path.segments.iter().rev();
    let is_plain = segments
        .next()
        .is_some_and(|last| last.arguments.is_empty());
    let module = segments.next().map(|module| module.ident.to_string());
    let is_from_elsewhere =
        module.is_some_and(|module| !["locals", "crate", "self", "super"].contains(&&*module));
    !matches!(pattern, Pat::Ident(_) | Pat::Wild(_)) || (is_plain && is_from_elsewhere)
}

pub(crate) fn is_locals_attribute(attr: &Attribute) -> bool {
    attr.path().is_ident("locals")
}

/// The type of a declared binding, if that is a reference.
pub(crate) fn declared_reference(declared: &PatType) -> Option<&TypeReference> {
    match ungrouped(&declared.ty) {
        Type::Reference(reference) => Some(reference),
        _ => None,
    }
}

/// The `impl` in the type of a declared binding.
pub(crate) fn impl_keyword(declared: &PatType) -> Option<Ident> {
    first_ident(declared.ty.to_token_stream(), "impl")
}

/// What stands before a parameter, `#[allow(unused_variables)]` say, goes before its `let`.
pub(crate) fn lints(parameter: &PatType) -> TokenStream {
    let attrs = parameter.attrs.iter();
    attrs
        .filter(|attr| !is_locals_attribute(attr))
        .map(Attribute::to_token_stream)
        .collect()
}

/// The name of a generated binding, resolved at the place where the handler uses it.
pub(crate) fn generated_name(args: &Args, site: Span) -> Ident {
    match &args.name {
        Some(name) => name.value.clone(),
        None => Ident::new("locals", Span::call_site().resolved_at(site)),
    }
}

/// The type of a generated binding, behind its reference.
fn generated_type(args: &Args) -> TokenStream {
    let runtime = args.runtime();
    let user = args.user.as_ref().map(|user| &user.value);
    let kind = args.kind.as_ref().map(|kind| {
        let here = generated_at(kind.key().span());
        match kind {
            Kind::Eager(_) => quote_spanned!(here=> #runtime::Eager),
            Kind::Required(_, None) => quote_spanned!(here=> #runtime::Required),
            Kind::Required(_, Some(guard)) => quote_spanned!(here=> #runtime::Required<#guard>),
        }
    });
    match (user, kind) {
        (None, None) => quote_spanned!(Span::mixed_site()=> #runtime::Locals),
        (Some(user), None) => quote_spanned!(Span::mixed_site()=> #runtime::Locals<#user>),
        (None, Some(kind)) => {
            quote_spanned!(Span::mixed_site()=> #runtime::Locals<#runtime::UserId, #kind>)
        }
        (Some(user), Some(kind)) => {
            quote_spanned!(Span::mixed_site()=> #runtime::Locals<#user, #kind>)
        }
    }
}

pub(crate) struct Binding {
    pattern: TokenStream,
    /// What the pattern binds, unless it is `_`.
    pub(crate) name: Option<Ident>,
    lints: TokenStream,
    /// Behind its reference.
    pub(crate) ty: TokenStream,
    is_generated: bool,
}

impl Binding {
    pub(crate) fn declared(parameter: &PatType) -> Self {
        Self {
            pattern: parameter.pat.to_token_stream(),
            name: match &*parameter.pat {
                Pat::Ident(pattern) => Some(pattern.ident.clone()),
                _ => None,
            },
            lints: lints(parameter),
            ty: match declared_reference(parameter) {
                Some(reference) => reference.elem.to_token_stream(),
                None => parameter.ty.to_token_stream(),
            },
            is_generated: false,
        }
    }

    pub(crate) fn generated(args: &Args, name: Ident) -> Self {
        Self {
            pattern: name.to_token_stream(),
            name: Some(name),
            lints: TokenStream::new(),
            ty: generated_type(args),
            is_generated: true,
        }
    }

    /// `let locals: &::locals::Locals = VALUE;`
    pub(crate) fn bind_to(&self, value: &TokenStream) -> TokenStream {
        let Self {
            pattern, lints, ty, ..
        } = self;
        let name = self.name.as_ref().filter(|name| self.may_go_unused(name));
        let usage = name.map(|name| quote_spanned!(Span::mixed_site()=> let _ = #name;));
        quote_spanned!(Span::mixed_site()=> #lints let #pattern: &#ty = #value; #usage)
    }

    /// What a parameter declares is linted as ever; so is nothing that is called `_ctx`.
    fn may_go_unused(&self, name: &Ident) -> bool {
        self.is_generated && !name.to_string().starts_with('_')
    }
}
