//! The session cookie: its attributes, how it is read ([`read`]) and how it is written ([`write`]); and the
//! cookies beside it, whose names go on where its own ends.

pub(crate) mod read;
pub(crate) mod write;

use crate::error::BuildError;
use std::borrow::Cow;

/// When a browser sends the cookie along with requests from other sites (RFC 6265bis §5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SameSite {
    /// Never.
    Strict,
    /// Only when a link leads to this site.
    #[default]
    Lax,
    /// Always; for a site embedded in others. Needs `Secure`.
    None,
}

/// Name and attributes of the session cookie.
///
/// The default is what RFC 6265bis and ASVS 3.3 recommend: `__Host-session`, `Path=/`, `Secure`,
/// `HttpOnly`, `SameSite=Lax`, no `Domain`. `HttpOnly` cannot be switched off. What a browser would
/// refuse is an error of [`AuthBuilder::build`](crate::AuthBuilder::build).
///
/// ```
/// use locals::{CookieOptions, SameSite};
///
/// let for_subdomains = CookieOptions::default()
///     .name("__Secure-shop")
///     .domain("shop.example")
///     .same_site(SameSite::Strict);
/// ```
#[derive(Clone, Debug)]
pub struct CookieOptions {
    pub(crate) name: Cow<'static, str>,
    pub(crate) domain: Option<String>,
    pub(crate) path: Cow<'static, str>,
    pub(crate) secure: bool,
    pub(crate) same_site: SameSite,
    pub(crate) partitioned: bool,
}

impl Default for CookieOptions {
    fn default() -> Self {
        Self {
            name: Cow::Borrowed("__Host-session"),
            domain: None,
            path: Cow::Borrowed("/"),
            secure: true,
            same_site: SameSite::Lax,
            partitioned: false,
        }
    }
}

impl CookieOptions {
    /// The name: up to 256 characters of an RFC 9110 token.
    #[must_use]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Sends the cookie to this host's subdomains too; not with a `__Host-` name.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Sends the cookie below this path only; `/` with a `__Host-` name.
    #[must_use]
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = path.into();
        self
    }

    /// Whether the cookie travels over https only. See also
    /// [`AuthBuilder::insecure_dev`](crate::AuthBuilder::insecure_dev).
    #[must_use]
    pub fn secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// When other sites' requests carry the cookie.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = same_site;
        self
    }

    /// Keeps a cookie jar per embedding site (CHIPS); needs `SameSite=None` and `Secure`.
    #[must_use]
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.partitioned = partitioned;
        self
    }

    /// For http on localhost: without `Secure`, and without what would require it: the prefix of the name,
    /// `SameSite=None`, `Partitioned`.
    pub(crate) fn insecure(mut self) -> Self {
        if let Some(prefix) = Prefix::of(&self.name)
            && let Some(rest) = self.name.strip_prefix(prefix.text())
        {
            self.name = rest.to_owned().into();
        }
        self.secure = false;
        self.partitioned = false;
        if self.same_site == SameSite::None {
            self.same_site = SameSite::Lax;
        }
        self
    }

    /// Refuses what RFC 6265bis §4.1.1 does not allow and what §5.6 makes browsers drop.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        self.check_texts()?;
        self.check_prefix()?;
        if self.same_site == SameSite::None && !self.secure {
            return refuse("same_site", "`SameSite=None` needs `Secure`");
        }
        if self.partitioned && !(self.secure && self.same_site == SameSite::None) {
            return refuse(
                "partitioned",
                "`Partitioned` needs `Secure` and `SameSite=None`",
            );
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), BuildError> {
        if self.name.is_empty() || !self.name.bytes().all(is_token_byte) {
            return refuse(
                "name",
                "use letters, digits and !#$%&'*+-.^_`|~ only (RFC 9110 token)",
            );
        }
        if self.name.len() > MAX_NAME {
            return refuse("name", "256 characters at most");
        }
        if !self.path.starts_with('/') || !is_path(&self.path) {
            return refuse(
                "path",
                "write it as the browser does: beginning with `/`, percent-encoded, at most 1024 \
                 characters",
            );
        }
        if let Some(domain) = &self.domain
            && !is_host(domain)
        {
            return refuse("domain", "write a host name such as `shop.example`");
        }
        Ok(())
    }

    /// What the prefix of the name asks of the attributes.
    fn check_prefix(&self) -> Result<(), BuildError> {
        let Some(prefix) = Prefix::of(&self.name) else {
            return Ok(());
        };
        if !self.name.starts_with(prefix.text()) {
            return refuse(
                "name",
                "browsers know `__Host-`, `__Secure-`, `__Http-` and `__Host-Http-` in any case, \
                 servers do not: write the prefix exactly so",
            );
        }
        if !self.secure {
            return refuse(
                "secure",
                "a name with a `__Host-` or `__Secure-` prefix needs `Secure`; \
                 for http on localhost use `insecure_dev()`",
            );
        }
        if prefix.pins_host() && self.domain.is_some() {
            return refuse(
                "domain",
                "a `__Host-` name allows no domain; use a `__Secure-` name for one",
            );
        }
        if prefix.pins_host() && self.path != "/" {
            return refuse(
                "path",
                "a `__Host-` name needs the path `/`; use a `__Secure-` name for another",
            );
        }
        Ok(())
    }
}

fn refuse(setting: &'static str, reason: &str) -> Result<(), BuildError> {
    Err(BuildError::Cookie {
        setting,
        reason: reason.to_owned(),
    })
}

const MAX_NAME: usize = 256;
const MAX_ATTRIBUTE: usize = 1024;

/// The name prefixes that browsers give a meaning (RFC 6265bis §4.1.3), in any case of letters.
#[derive(Clone, Copy)]
enum Prefix {
    HostHttp,
    Host,
    Http,
    Secure,
}

impl Prefix {
    /// The longest that the name has.
    fn of(name: &str) -> Option<Self> {
        [Self::HostHttp, Self::Host, Self::Http, Self::Secure]
            .into_iter()
            .find(|prefix| {
                name.get(..prefix.text().len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(prefix.text()))
            })
    }

    fn text(self) -> &'static str {
        match self {
            Self::HostHttp => "__Host-Http-",
            Self::Host => "__Host-",
            Self::Http => "__Http-",
            Self::Secure => "__Secure-",
        }
    }

    fn pins_host(self) -> bool {
        matches!(self, Self::HostHttp | Self::Host)
    }
}

/// RFC 9110 §5.6.2.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// What a browser leaves as it is in a path (URL Standard, path percent-encode set), and no `;`.
fn is_path(path: &str) -> bool {
    path.len() <= MAX_ATTRIBUTE
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"\"#;<>?^`{}\\".contains(&byte))
}

fn is_host(domain: &str) -> bool {
    domain.len() <= 253
        && domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests;
