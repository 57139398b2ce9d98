//! How the options are written.

use super::{
    Args, Kind, Valued,
    names::{listed, unknown_option},
    values::{check_csrf, check_redirect, check_runtime},
};
use crate::diagnostics::{Mistakes, err};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::{
    Error, Ident, Path, Result, Token, Type,
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
            return Err(err!(input.span(), "expected an option: {}", listed()));
        };
        match key.to_string().as_str() {
            "user" => put(&mut self.user, key, input, "a type: `user = Account`"),
            "name" => put(&mut self.name, key, input, "an identifier: `name = ctx`"),
            "auth" => put(&mut self.auth, key, input, EXPECTED_AUTH),
            "redirect" => {
                put(&mut self.redirect, key, input, EXPECTED_REDIRECT)?;
                check_value(&self.redirect, check_redirect)
            }
            "csrf" => {
                put(&mut self.csrf, key, input, "`off`: `csrf = off`")?;
                check_value(&self.csrf, check_csrf)
            }
            "crate" => {
                let value = value_of(&key, input, EXPECTED_RUNTIME, Path::parse_mod_style)?;
                check_runtime(&value)?;
                once(&mut self.runtime, Valued { key, value })
            }
            "http" => {
                no_value(&key, input)?;
                self.set_http(key)
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
            unknown => Err(err!(&key, "{}", unknown_option(unknown))),
        }
    }

    fn set_http(&mut self, key: Ident) -> Result<()> {
        if self.http.is_some() {
            return Err(twice(&key));
        }
        self.http = Some(key);
        Ok(())
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
            err!(
                key,
                "a handler has one kind of locals: `{earlier}` or `{key}`, not both; \
                 `required` validates before the handler runs, as `eager` does"
            )
        })
    }
}

const EXPECTED_AUTH: &str = "an expression: `auth = state.auth`";
const EXPECTED_REDIRECT: &str = "a path: `redirect = \"/login\"`";
const EXPECTED_RUNTIME: &str = "a path: `crate = ::locals` or `crate = crate::reexports::locals`";

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
    let error = |span: Span| err!(span, "`{key}` takes {expected}");
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

fn check_value<T>(option: &Option<Valued<T>>, check: fn(&T) -> Result<()>) -> Result<()> {
    option
        .as_ref()
        .map_or(Ok(()), |option| check(&option.value))
}

fn twice(key: &Ident) -> Error {
    err!(key, "`{key}` is given twice: remove one")
}

fn no_value(key: &Ident, input: ParseStream) -> Result<()> {
    if key == "required" && input.peek(Token![=]) && input.peek2(Ident) {
        return Err(err!(
            key,
            "a guard stands in parentheses: `required(Admin)`"
        ));
    }
    if input.peek(Token![=]) || is_group(input) {
        return Err(err!(key, "`{key}` takes no value: write `{key}` alone"));
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
        return Err(err!(&group, "{expected}"));
    }
    if group.stream().is_empty() {
        return Err(err!(&group, "{expected}, or stands alone: `required`"));
    }
    let parser = |content: ParseStream| {
        let place = content.span();
        let guard = content.parse().map_err(|_| err!(place, "{expected}"))?;
        content.parse::<Option<Token![,]>>()?;
        Ok((guard, content.parse::<TokenStream>()?))
    };
    let (guard, rest) = parser.parse2(group.stream())?;
    if rest.is_empty() {
        return Ok(Some(guard));
    }
    Err(err!(
        &rest,
        "{expected}; to ask for two things, write one guard that asks for both"
    ))
}

fn end_of_option(input: ParseStream) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(err!(input.span(), "expected a comma between options"))
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
