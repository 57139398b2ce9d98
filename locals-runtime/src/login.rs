//! The way to the login page and back: [`LoginRedirect`], [`local_path`].

use crate::request::RequestHead;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{borrow::Cow, sync::Arc};

/// How somebody without a session gets to sign in.
#[derive(Debug, Default)]
pub struct LoginRedirect {
    /// The page to come back to, if a browser asked for a page.
    pub(crate) next: Option<String>,
    /// The login page.
    pub(crate) login: Option<Cow<'static, str>>,
}

impl LoginRedirect {
    pub(crate) fn of(request: &impl RequestHead, login: Option<&Arc<str>>) -> Self {
        let next = request
            .is_navigation()
            .then(|| request.path_and_query().into_owned());
        Self {
            next,
            login: login.map(|path| path.to_string().into()),
        }
    }

    /// Where to go, unless there is nowhere to go to.
    pub(crate) fn location(&self) -> Option<String> {
        let (next, login) = (self.next.as_deref()?, self.login.as_deref()?);
        let path = |target| str::split(target, '?').next();
        if path(next) == path(login) {
            // The login page itself stands where a session is required: it would lead to itself.
            return None;
        }
        let Some(next) = local_path(next) else {
            return Some(login.to_owned());
        };
        let separator = if login.contains('?') { '&' } else { '?' };
        let next = utf8_percent_encode(next, QUERY_VALUE);
        Some(format!("{login}{separator}next={next}"))
    }
}

/// RFC 3986 §2.3: everything but the unreserved characters is encoded.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path of this site that came back from outside, such as the `next` of a login form.
///
/// `Some` only for a text that begins with a single `/` and cannot leave the site in any browser:
/// no `//host`, no backslash, no control character, at most 2048 bytes.
///
/// ```
/// use locals::local_path;
///
/// assert_eq!(local_path("/account?tab=2"), Some("/account?tab=2"));
/// assert_eq!(local_path("//evil.example"), None);
/// assert_eq!(local_path("/\\evil.example"), None);
/// assert_eq!(local_path("https://evil.example"), None);
/// ```
pub fn local_path(next: &str) -> Option<&str> {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= MAX_NEXT
        && !next.chars().any(|c| c == '\\' || c.is_control());
    local.then_some(next)
}

const MAX_NEXT: usize = 2048;

/// A path of this site as it stands in a `Location`, to which a query can be added.
pub(crate) fn is_login_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>^`{|}".contains(&byte);
    local_path(path).is_some() && path.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(next: &str, login: &'static str) -> Option<String> {
        let redirect = LoginRedirect {
            next: Some(next.into()),
            login: Some(login.into()),
        };
        redirect.location()
    }

    #[test]
    fn the_way_to_the_login_page_leads_back_and_nowhere_else() {
        let to = |path| location(path, "/login");
        assert_eq!(to("/a?b=c&d"), Some("/login?next=%2Fa%3Fb%3Dc%26d".into()));
        assert_eq!(to("//evil.example"), Some("/login".into()));
        assert_eq!(
            location("/a", "/login?lang=de"),
            Some("/login?lang=de&next=%2Fa".into())
        );
        assert_eq!(LoginRedirect::default().location(), None);
    }

    #[test]
    fn a_login_page_that_requires_a_session_does_not_lead_to_itself() {
        assert_eq!(location("/login?next=%2Fa", "/login"), None);
        assert_eq!(location("/login", "/login?lang=de"), None);
        assert_eq!(
            location("/login/a", "/login"),
            Some("/login?next=%2Flogin%2Fa".into())
        );
    }

    #[test]
    fn a_next_that_leaves_the_site_is_no_local_path() {
        for hostile in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\u{85}b",
            " /account",
            "https://evil.example/",
            "javascript:alert(1)",
        ] {
            assert_eq!(local_path(hostile), None, "{hostile:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(2048))), None);
        assert_eq!(local_path("/"), Some("/"));
        assert_eq!(local_path("/é?q=//x"), Some("/é?q=//x"));
    }
}
