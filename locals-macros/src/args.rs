//! The options of the attribute, and what they mean for the expansion.

mod grammar;
mod names;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Ident, LitStr, Path, Type};

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
    /// `http`
    pub(crate) http: Option<Ident>,
    /// `auth = self.auth`
    pub(crate) auth: Option<Valued<Expr>>,
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

impl Args {
    /// `::locals`, or where it is re-exported.
    pub(crate) fn runtime(&self) -> TokenStream {
        self.runtime_at(Span::mixed_site())
    }

    /// The same, where the compiler's words are to point at `span`.
    pub(crate) fn runtime_at(&self, span: Span) -> TokenStream {
        match &self.runtime {
            Some(path) => path.value.to_token_stream(),
            None => quote_spanned!(span=> ::locals),
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
}
