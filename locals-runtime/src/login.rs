//! The way to the login page and back: [`LoginOptions`], [`LoginRedirect`], [`local_path`].

use crate::error::BuildError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// Where the login page is, as the application says.
#[derive(Clone, Debug)]
pub(crate) struct LoginOptions {
    /// Without the mount.
    pub(crate) path: Option<Arc<str>>,
    /// The name of the field in its query that says where to come back to.
    pub(crate) next_field: Arc<str>,
    /// What browsers see before each path of the application; once it is checked, nothing or a path
    /// without a `/` at its end.
    pub(crate) mount: Arc<str>,
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            path: None,
            next_field: "next".into(),
            mount: "".into(),
        }
    }
}

impl LoginOptions {
    pub(crate) fn check(&mut self) -> Result<(), BuildError> {
        if let Some(path) = &self.path
            && !is_login_path(path)
        {
            return Err(BuildError::LoginPath(path.to_string()));
        }
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if self.next_field.is_empty() || !self.next_field.bytes().all(is_unreserved) {
            return Err(BuildError::NextField(self.next_field.to_string()));
        }
        let mount = self.mount.strip_suffix('/').unwrap_or(&self.mount);
        if !mount.is_empty() && !is_mount(mount) {
            return Err(BuildError::MountPath(self.mount.to_string()));
        }
        self.mount = mount.into();
        Ok(())
    }

    /// A path of the application as browsers see it.
    pub(crate) fn mounted(&self, path: &str) -> Option<String> {
        local_path(path).map(|path| format!("{}{path}", self.mount))
    }
}

fn is_mount(path: &str) -> bool {
    is_login_path(path) && !path.contains('?') && !path.ends_with('/')
}

/// How somebody without a session gets to sign in.
#[derive(Debug)]
pub(crate) struct LoginRedirect {
    options: LoginOptions,
    /// The login page of this handler or gate.
    pub(crate) own_page: Option<&'static str>,
    /// What was asked for.
    target: String,
    /// The page to come back to, as the browser knows it.
    next: Option<String>,
}

impl LoginRedirect {
    pub(crate) fn new(options: &LoginOptions, target: &str, next: Option<String>) -> Self {
        Self {
            options: options.clone(),
            own_page: None,
            target: format!("{}{target}", options.mount),
            next,
        }
    }

    /// Where to go, unless there is nowhere to go to.
    pub(crate) fn location(&self) -> Option<String> {
        let page = self.own_page.or(self.options.path.as_deref())?;
        let login = format!("{}{page}", self.options.mount);
        let is_login = |target: &str| target.split('?').next() == login.split('?').next();
        if is_login(&self.target) {
            // The login page itself stands where a session is required: it would lead to itself.
            return None;
        }
        let next = self.next.as_deref().and_then(local_path);
        let Some(next) = next.filter(|next| !is_login(next)) else {
            return Some(login);
        };
        let separator = if login.contains('?') { '&' } else { '?' };
        let field = &self.options.next_field;
        let next = utf8_percent_encode(next, QUERY_VALUE);
        Some(format!("{login}{separator}{field}={next}"))
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

    /// From a page to the login page and back.
    fn location(page: &str, login: &'static str) -> Option<String> {
        let options = LoginOptions {
            path: Some(login.into()),
            ..LoginOptions::default()
        };
        LoginRedirect::new(&options, page, options.mounted(page)).location()
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
        let nowhere = LoginRedirect::new(&LoginOptions::default(), "/a", Some("/a".into()));
        assert_eq!(nowhere.location(), None);
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
    fn a_handlers_own_page_goes_first_and_nobody_comes_back_to_a_login_page() {
        let options = LoginOptions {
            path: Some("/login".into()),
            ..LoginOptions::default()
        };
        let from = |target, next: &str| LoginRedirect::new(&options, target, Some(next.into()));
        let after_login_form = from("/a", "/login?next=%2Fb");
        assert_eq!(after_login_form.location().as_deref(), Some("/login"));
        let mut own = from("/login", "/b");
        own.own_page = Some("/enter");
        assert_eq!(own.location().as_deref(), Some("/enter?next=%2Fb"));
    }

    #[test]
    fn a_mount_stands_before_what_browsers_see() {
        for mount in ["/app", "/app/"] {
            let mut options = LoginOptions {
                path: Some("/login".into()),
                next_field: "return_to".into(),
                mount: mount.into(),
            };
            options.check().expect("a path and a name");
            let from = |page| LoginRedirect::new(&options, page, options.mounted(page)).location();
            assert_eq!(
                from("/a?b").as_deref(),
                Some("/app/login?return_to=%2Fapp%2Fa%3Fb")
            );
            assert_eq!(from("/login"), None);
            assert_eq!(
                from("/app/login").as_deref(),
                Some("/app/login?return_to=%2Fapp%2Fapp%2Flogin"),
                "another page below the mount"
            );
            assert_eq!(from("//evil.example").as_deref(), Some("/app/login"));
            assert_eq!(from("*").as_deref(), Some("/app/login"));
        }
    }

    #[test]
    fn what_is_no_mount_or_no_name_of_a_field_is_refused_at_start() {
        let with = |mount: &str, next_field: &str| LoginOptions {
            mount: mount.into(),
            next_field: next_field.into(),
            ..LoginOptions::default()
        };
        for mount in ["", "/", "/app", "/a/b/", "/caf%C3%A9"] {
            assert!(with(mount, "next").check().is_ok(), "{mount}");
        }
        for mount in [
            "app",
            "//",
            "//evil.example",
            "https://a.example",
            "/a?b",
            "/a#b",
            "/a b",
            "/a//",
        ] {
            let refused = with(mount, "next").check();
            assert!(matches!(refused, Err(BuildError::MountPath(_))), "{mount}");
        }
        for name in ["", "a b", "a=b", "a&b", "n\u{e4}chste", "a%20b"] {
            let refused = with("", name).check();
            assert!(matches!(refused, Err(BuildError::NextField(_))), "{name}");
        }
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
