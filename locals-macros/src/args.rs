//! The options of the attribute.

use crate::diagnostics::Mistakes;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{
    Error, Ident, LitStr, Path, Result, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    token,
};

/// `#[with_locals(user = Account, required(Admin), redirect = "/login")]`
#[derive(Default)]
pub(crate) struct Args {
    /// `user = Account`
    pub(crate) user: Option<Valued<Type>>,
    /// `eager`, `required`, `required(Admin)`
    pub(crate) kind: Option<Kind>,
    /// `name = ctx`
    pub(crate) name: Option<Valued<Ident>>,
    /// `redirect = "/login"`
    pub(crate) redirect: Option<Valued<LitStr>>,
    /// `csrf = off`
    pub(crate) csrf: Option<Valued<Ident>>,
    /// `crate = ::path`
    pub(crate) runtime: Option<Valued<Path>>,
}

/// An option `key = value`.
pub(crate) struct Valued<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

pub(crate) enum Kind {
    Eager(Ident),
    Required(Ident, Option<Box<Type>>),
}

impl Kind {
    pub(crate) fn key(&self) -> &Ident {
        match self {
            Self::Eager(key) | Self::Required(key, _) => key,
        }
    }
}

const OPTIONS: [&str; 7] = [
    "user", "eager", "required", "name", "redirect", "csrf", "crate",
];

impl Args {
    /// The options that can be read, and what is wrong with the others.
    pub(crate) fn parse(tokens: TokenStream) -> (Self, Option<Error>) {
        let mut args = Self::default();
        let mut mistakes = Mistakes::default();
        let parser = |input: ParseStream| {
            while !input.is_empty() {
                if let Err(mistake) = args.option(input).and_then(|()| end_of_option(input)) {
                    mistakes.add(mistake);
                    skip_option(input)?;
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(mistake) = parser.parse2(tokens) {
            mistakes.add(mistake);
        }
        (args, mistakes.into_error())
    }

    fn option(&mut self, input: ParseStream) -> Result<()> {
        let Ok(key) = input.call(Ident::parse_any) else {
            return Err(input.error(format!("expected an option: {}", listed())));
        };
        match key.to_string().as_str() {
            "user" => put(&mut self.user, key, input, "a type: `user = Account`"),
            "name" => put(&mut self.name, key, input, "an identifier: `name = ctx`"),
            "redirect" => {
                put(
                    &mut self.redirect,
                    key,
                    input,
                    "a path: `redirect = \"/login\"`",
                )?;
                self.redirect.as_ref().map_or(Ok(()), check_redirect)
            }
            "csrf" => {
                put(&mut self.csrf, key, input, "`off`: `csrf = off`")?;
                self.csrf.as_ref().map_or(Ok(()), check_csrf)
            }
            "crate" => {
                let value = value_of(&key, input, RUNTIME, Path::parse_mod_style)?;
                check_runtime(&value)?;
                once(&mut self.runtime, Valued { key, value })
            }
            "eager" => {
                no_value(&key, input)?;
                self.set_kind(Kind::Eager(key))
            }
            "required" => {
                no_value(&key, input)?;
                let guard = guard(input)?;
                self.set_kind(Kind::Required(key, guard))
            }
            unknown => Err(Error::new(key.span(), unknown_option(unknown))),
        }
    }

    fn set_kind(&mut self, kind: Kind) -> Result<()> {
        let Some(earlier) = &self.kind else {
            self.kind = Some(kind);
            return Ok(());
        };
        let (earlier, key) = (earlier.key(), kind.key());
        Err(if earlier == key {
            twice(key)
        } else {
            Error::new(
                key.span(),
                format!(
                    "a handler has one kind of locals: `{earlier}` or `{key}`, not both; \
                     `required` validates before the handler runs, as `eager` does"
                ),
            )
        })
    }

    /// The name of a generated binding, resolved at the place where the handler uses it.
    pub(crate) fn binding(&self, site: Span) -> Ident {
        match &self.name {
            Some(name) => name.value.clone(),
            None => Ident::new("locals", Span::call_site().resolved_at(site)),
        }
    }

    /// `::locals`, or where it is re-exported.
    pub(crate) fn runtime(&self) -> TokenStream {
        match &self.runtime {
            Some(path) => path.value.to_token_stream(),
            None => quote_spanned!(Span::mixed_site()=> ::locals),
        }
    }

    /// The type of the users and the guard that has to be for them, if one is named.
    pub(crate) fn guard(&self) -> Option<(TokenStream, &Type)> {
        let Some(Kind::Required(_, Some(guard))) = &self.kind else {
            return None;
        };
        let runtime = self.runtime();
        let user = match &self.user {
            Some(user) => user.value.to_token_stream(),
            None => quote_spanned!(Span::mixed_site()=> #runtime::UserId),
        };
        Some((user, guard))
    }

    /// The type of a generated binding, behind its reference.
    pub(crate) fn locals_type(&self) -> TokenStream {
        let runtime = self.runtime();
        let user = self.user.as_ref().map(|user| &user.value);
        let kind = self.kind.as_ref().map(|kind| match kind {
            Kind::Eager(key) => quote_spanned!(at(key)=> #runtime::Eager),
            Kind::Required(key, None) => quote_spanned!(at(key)=> #runtime::Required),
            Kind::Required(key, Some(guard)) => {
                quote_spanned!(at(key)=> #runtime::Required<#guard>)
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
}

/// Where the user wrote the option, resolved as generated code.
fn at(key: &Ident) -> Span {
    Span::mixed_site().located_at(key.span())
}

const RUNTIME: &str = "a path: `crate = ::locals` or `crate = crate::reexports::locals`";

fn put<T: syn::parse::Parse>(
    place: &mut Option<Valued<T>>,
    key: Ident,
    input: ParseStream,
    expected: &str,
) -> Result<()> {
    let value = value_of(&key, input, expected, T::parse)?;
    once(place, Valued { key, value })
}

fn value_of<T>(
    key: &Ident,
    input: ParseStream,
    expected: &str,
    parse: impl FnOnce(ParseStream) -> Result<T>,
) -> Result<T> {
    let error = |span| Error::new(span, format!("`{key}` takes {expected}"));
    if !input.peek(Token![=]) {
        return Err(error(key.span()));
    }
    input.parse::<Token![=]>()?;
    let span = if input.is_empty() {
        key.span()
    } else {
        input.span()
    };
    parse(input).map_err(|_| error(span))
}

fn once<T>(place: &mut Option<Valued<T>>, option: Valued<T>) -> Result<()> {
    if place.is_some() {
        return Err(twice(&option.key));
    }
    *place = Some(option);
    Ok(())
}

fn twice(key: &Ident) -> Error {
    Error::new(key.span(), format!("`{key}` is given twice: remove one"))
}

fn no_value(key: &Ident, input: ParseStream) -> Result<()> {
    if input.peek(Token![=]) {
        let message = format!("`{key}` takes no value: write `{key}` alone");
        return Err(Error::new_spanned(key, message));
    }
    Ok(())
}

fn guard(input: ParseStream) -> Result<Option<Box<Type>>> {
    if !input.peek(token::Paren) {
        return Ok(None);
    }
    let content;
    let parens = parenthesized!(content in input);
    let expected = "`required` takes one guard: `required(Admin)`";
    if content.is_empty() {
        return Err(Error::new(
            parens.span.join(),
            format!("{expected}, or stands alone: `required`"),
        ));
    }
    let guard = content.parse()?;
    if content.is_empty() {
        return Ok(Some(guard));
    }
    content.parse::<Option<Token![,]>>()?;
    let rest: TokenStream = content.parse()?;
    if rest.is_empty() {
        return Ok(Some(guard));
    }
    let message = format!("{expected}; to ask for two things, write one guard that asks for both");
    Err(Error::new_spanned(rest, message))
}

fn check_redirect(redirect: &Valued<LitStr>) -> Result<()> {
    let path = redirect.value.value();
    let local = path.starts_with('/') && !path.starts_with("//");
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    if local && path.bytes().all(plain) {
        return Ok(());
    }
    Err(Error::new(
        redirect.value.span(),
        "`redirect` takes a path of this site, beginning with a single `/`: `redirect = \"/login\"`",
    ))
}

fn check_csrf(csrf: &Valued<Ident>) -> Result<()> {
    if csrf.value == "off" {
        return Ok(());
    }
    Err(Error::new(
        csrf.value.span(),
        "the only value is `off`: `csrf = off`; without it cross-site requests are refused",
    ))
}

fn check_runtime(path: &Path) -> Result<()> {
    let rooted = path.leading_colon.is_some()
        || path
            .segments
            .first()
            .is_some_and(|first| first.ident == "crate" || first.ident == "$crate");
    if rooted {
        return Ok(());
    }
    let path_text = path.to_token_stream().to_string().replace(' ', "");
    Err(Error::new_spanned(
        path,
        format!(
            "`crate` takes a path that means the same everywhere: \
             write `crate = ::{path_text}` or `crate = crate::{path_text}`"
        ),
    ))
}

fn end_of_option(input: ParseStream) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error("expected a comma between options"))
}

fn skip_option(input: ParseStream) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn listed() -> String {
    let quoted: Vec<_> = OPTIONS.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn unknown_option(unknown: &str) -> String {
    let nearest = OPTIONS
        .iter()
        .map(|option| (distance(unknown, option), *option))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    match nearest {
        Some((_, nearest)) => format!("unknown option `{unknown}`: did you mean `{nearest}`?"),
        None => format!("unknown option `{unknown}`: the options are {}", listed()),
    }
}

/// Levenshtein's: how many letters to insert, delete or replace.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (deleted, a) in from.chars().enumerate() {
        let mut diagonal = deleted;
        let mut left = deleted + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.chars()) {
            let above = *cell;
            left = (diagonal + usize::from(a != b))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = deleted + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
