//! How the options are written, and what can be wrong with each.

use super::{
    Args, Kind, Valued,
    names::{listed, unknown_option},
};
use crate::diagnostics::Mistakes;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{
    Error, Ident, LitStr, Path, Result, Token, Type,
    ext::IdentExt,
    parse::{ParseStream, Parser, discouraged::Speculative},
    token,
};

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
            "http" => {
                no_value(&key, input)?;
                if self.http.is_some() {
                    return Err(twice(&key));
                }
                self.http = Some(key);
                Ok(())
            }
            "auth" => put(
                &mut self.auth,
                key,
                input,
                "an expression: `auth = state.auth`",
            ),
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
                let guard = guard(input)?;
                no_value(&key, input)?;
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
    // What is wrong is skipped from its beginning, so that nothing in its middle is taken for an option.
    let ahead = input.fork();
    let value = parse(&ahead).map_err(|_| error(span))?;
    input.advance_to(&ahead);
    Ok(value)
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
    if input.peek(Token![=]) || is_group(input) {
        let message = format!("`{key}` takes no value: write `{key}` alone");
        return Err(Error::new_spanned(key, message));
    }
    Ok(())
}

fn is_group(input: ParseStream) -> bool {
    input.peek(token::Paren) || input.peek(token::Bracket) || input.peek(token::Brace)
}

/// `(Admin)`
fn guard(input: ParseStream) -> Result<Option<Box<Type>>> {
    if !is_group(input) {
        return Ok(None);
    }
    let group: Group = input.parse()?;
    let expected = "`required` takes one guard: `required(Admin)`";
    if group.delimiter() != Delimiter::Parenthesis {
        return Err(Error::new(group.span(), expected));
    }
    if group.stream().is_empty() {
        let message = format!("{expected}, or stands alone: `required`");
        return Err(Error::new(group.span(), message));
    }
    let parser = |content: ParseStream| {
        let place = content.span();
        let guard = content.parse().map_err(|_| Error::new(place, expected))?;
        content.parse::<Option<Token![,]>>()?;
        Ok((guard, content.parse::<TokenStream>()?))
    };
    let (guard, rest) = parser.parse2(group.stream())?;
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
    let segments = path.segments.iter();
    let names: Vec<_> = segments.map(|segment| segment.ident.to_string()).collect();
    let is_rooted = names
        .first()
        .is_some_and(|first| first == "crate" || first == "$crate");
    if is_rooted || path.leading_colon.is_some() {
        return Ok(());
    }
    let named = names
        .iter()
        .map(String::as_str)
        .filter(|name| !matches!(*name, "self" | "super"));
    let named = named.collect::<Vec<_>>().join("::");
    let suggestion = match names.first().map(String::as_str) {
        Some("self" | "super") if named.is_empty() => {
            "`crate = crate::path::to::locals`".to_owned()
        }
        Some("self" | "super") => format!("`crate = crate::path::to::{named}`"),
        _ => format!("`crate = ::{named}` or `crate = crate::{named}`"),
    };
    let message =
        format!("`crate` takes a path that means the same everywhere: write {suggestion}");
    Err(Error::new_spanned(path, message))
}

fn end_of_option(input: ParseStream) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error("expected a comma between options"))
}

/// To the next comma that does not stand between angle brackets.
fn skip_option(input: ParseStream) -> Result<()> {
    let mut depth = 0_u32;
    while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
        if input.peek(Token![->]) || input.peek(Token![=>]) {
            input.parse::<TokenTree>()?;
        } else if input.peek(Token![<]) {
            depth = depth.saturating_add(1);
        } else if input.peek(Token![>]) {
            depth = depth.saturating_sub(1);
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
