//! The origin check: refuses cross-site requests (CSRF) before the session is looked at.
//!
//! After Go's `http.CrossOriginProtection`: `Sec-Fetch-Site` where the browser sends it, else
//! `Origin` against the host. Content type and forwarding headers have no say.

mod policy;
mod punycode;
mod serialized;
mod trusted;

pub use policy::{AnyOrigin, BeforeNext, OriginPolicy, SameOrigin};

use crate::{
    error::BuildError,
    request::{Duplicated, Field, RequestHead},
};
use std::{borrow::Cow, fmt::Write, net::IpAddr};
use trusted::{Trusted, TrustsOrigin};

/// Whose requests are taken.
#[derive(Debug, Default)]
pub(crate) struct OriginCheck {
    trusted: Trusted,
    /// What this site is called from outside, if the `Host` it sees is not that.
    public: Vec<Origin>,
    /// The cookie travels over https only, so a page of this site is https too.
    https_only: bool,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrossSite {
    #[error("there are several Origin, Sec-Fetch-Site or Host lines")]
    Duplicated,
    #[error(
        "Sec-Fetch-Site says another site: if its pages may send requests here, name its origin in \
         `trusted_origins`; if this is a webhook, write `csrf = off` at its handler, and if a layer refuses it, \
         keep its route outside of the layer, or say `.any_origin()` there"
    )]
    FetchSite,
    #[error(
        "the Origin is opaque or malformed: `Referrer-Policy: no-referrer` makes it `null`, \
         `strict-origin-when-cross-origin` does not"
    )]
    OpaqueOrigin,
    #[error(
        "the Origin is that of an application shell: if its pages may send requests here, name it in \
         `trusted_origins` as it stands here, or give the shell a token, by `bearer()`"
    )]
    ShellOrigin,
    #[error(
        "the Origin is that of another site: if a proxy changes the Host, name this site's origin in \
         `public_origins`; if the other's pages may send requests here, in `trusted_origins`"
    )]
    OtherOrigin,
    #[error(
        "the Origin is this host over http, and the cookie is for https: use https, or `insecure_dev()` in \
         development; or name the origin in `public_origins`"
    )]
    PlainHttp,
    #[error(
        "there is a session cookie, but neither Origin nor Sec-Fetch-Site: a client that is no browser sends \
         `Sec-Fetch-Site: same-origin`; if this is a webhook, write `csrf = off` at its handler"
    )]
    CookieAlone,
}

impl CrossSite {
    /// With what was looked at.
    pub(crate) fn told_of(self, request: &impl RequestHead) -> String {
        let origin = request.lines(Field::Origin).next().map(shown);
        let host = effective_host(request).ok().flatten().map(shown);
        let path = request.path_and_query();
        let path = path.split('?').next().unwrap_or_default();
        let (method, path) = (request.method(), shown(path.as_bytes()));
        let mut told = String::with_capacity(512);
        let _ = write!(
            told,
            "{self}; request={method} {path} origin={origin:?} host={host:?}"
        );
        told
    }
}

impl From<Duplicated> for CrossSite {
    fn from(_: Duplicated) -> Self {
        Self::Duplicated
    }
}

impl OriginCheck {
    pub(crate) fn trust(&mut self, origin: String) -> Result<(), BuildError> {
        self.trusted.name(origin)
    }

    pub(crate) fn trust_if(&mut self, decision: TrustsOrigin) {
        self.trusted.decide(decision);
    }

    pub(crate) fn publish(&mut self, origin: String) -> Result<(), BuildError> {
        if let Err(reason) = serialized::check_own(&origin) {
            return Err(serialized::refused(origin, reason));
        }
        self.public.extend(Origin::parse(origin.as_bytes()));
        Ok(())
    }

    pub(crate) fn expect_https(&mut self, secure_cookie: bool) {
        self.https_only = secure_cookie;
    }

    /// Whether the request may be handled; `has_cookie` says that it carries a cookie of our name.
    pub(crate) fn check(
        &self,
        request: &impl RequestHead,
        has_cookie: bool,
    ) -> Result<(), CrossSite> {
        if is_safe(request) {
            return Ok(());
        }
        let origin = request.single(Field::Origin)?;
        let fetch_site = request
            .single(Field::SecFetchSite)?
            .filter(|site| !site.is_empty());
        if origin.is_some_and(|origin| self.trusted.names(origin)) {
            return Ok(());
        }
        let checked = match (fetch_site, origin) {
            (Some(b"same-origin" | b"none"), _) => Ok(()),
            (Some(_), _) => Err(CrossSite::FetchSite),
            (None, Some(origin)) => self.check_origin(origin, request),
            (None, None) if has_cookie => Err(CrossSite::CookieAlone),
            (None, None) => Ok(()),
        };
        match checked {
            Err(_) if self.trusted.decides_for(origin) => Ok(()),
            checked => checked,
        }
    }

    /// The path and the query of a URL, if a page there is one of this site.
    pub(crate) fn own_path<'u>(
        &self,
        url: &'u [u8],
        request: &impl RequestHead,
    ) -> Option<&'u str> {
        let url = std::str::from_utf8(url).ok()?;
        let (scheme, rest) = url.split_once("://")?;
        let path = scheme.len() + "://".len() + rest.find('/')?;
        let (origin, path) = url.split_at(path);
        self.check_origin(origin.as_bytes(), request).ok()?;
        path.split('#').next()
    }

    fn check_origin(&self, origin: &[u8], request: &impl RequestHead) -> Result<(), CrossSite> {
        let origin = Origin::parse(origin).ok_or_else(|| not_of_the_web(origin))?;
        if !self.public.is_empty() {
            let is_ours = self.public.contains(&origin);
            return is_ours.then_some(()).ok_or(CrossSite::OtherOrigin);
        }
        if !origin.is_of_host(effective_host(request)?) {
            return Err(CrossSite::OtherOrigin);
        }
        if origin.https || self.takes_plain_http(&origin, request.scheme()) {
            return Ok(());
        }
        Err(CrossSite::PlainHttp)
    }

    /// Whether an http page of our own host may send requests here: with a `Secure` cookie only where
    /// browsers trust http as well (Secure Contexts §3.1), else unless this request came by https.
    fn takes_plain_http(&self, origin: &Origin, scheme: Option<&str>) -> bool {
        scheme != Some("https") && (!self.https_only || origin.is_loopback())
    }
}

/// What an origin is that is of neither http nor https: one that could be trusted, or none.
#[cold]
fn not_of_the_web(origin: &[u8]) -> CrossSite {
    match std::str::from_utf8(origin).map(serialized::check) {
        Ok(Ok(())) => CrossSite::ShellOrigin,
        _ => CrossSite::OpaqueOrigin,
    }
}

/// RFC 9110 §9.2.1, less TRACE; and a WebSocket handshake is a GET that does something.
///
/// A handshake is what some framework takes for one, and there are those that look for the word
/// anywhere in the field.
fn is_safe(request: &impl RequestHead) -> bool {
    const WORD: &[u8] = b"websocket";
    let asks_for_socket = |line: &[u8]| {
        line.windows(WORD.len())
            .any(|part| part.eq_ignore_ascii_case(WORD))
    };
    matches!(request.method(), "GET" | "HEAD" | "OPTIONS")
        && !request.lines(Field::Upgrade).any(asks_for_socket)
}

/// What a client sent, as it can stand in a log.
fn shown(line: &[u8]) -> Cow<'_, str> {
    const MOST: usize = 256;
    String::from_utf8_lossy(line.get(..MOST).unwrap_or(line))
}

fn effective_host<H: RequestHead>(request: &H) -> Result<Option<&[u8]>, CrossSite> {
    let host = request.single(Field::Host)?;
    Ok(request.authority().map(str::as_bytes).or(host))
}

/// An http or https origin: scheme, host, port (RFC 6454 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// `None` for `null`, other schemes, userinfo, a path, a query, or anything malformed.
    fn parse(text: &[u8]) -> Option<Self> {
        let (https, authority) = if let Some(rest) = text.strip_prefix(b"https://") {
            (true, rest)
        } else {
            (false, text.strip_prefix(b"http://")?)
        };
        let (host, port) = split_authority(authority)?;
        Some(Self {
            https,
            host: host.to_ascii_lowercase(),
            port: port.unwrap_or(default_port(https)),
        })
    }

    fn is_of_host(&self, host: Option<&[u8]>) -> bool {
        host.and_then(split_authority).is_some_and(|(host, port)| {
            host.eq_ignore_ascii_case(&self.host)
                && port.unwrap_or(default_port(self.https)) == self.port
        })
    }

    /// `localhost` and its subdomains, 127.0.0.0/8, `[::1]`.
    fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        match address.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }

    fn serialized(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        if self.port == default_port(self.https) {
            format!("{scheme}://{}", self.host)
        } else {
            format!("{scheme}://{}:{}", self.host, self.port)
        }
    }
}

fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

/// Host and port of `host`, `host:port`, `[v6]` or `[v6]:port`; userinfo has no place in it.
fn split_authority(authority: &[u8]) -> Option<(&str, Option<u16>)> {
    let text = std::str::from_utf8(authority).ok()?;
    let (host, port) = if text.starts_with('[') {
        let (host, rest) = text.split_at(text.find(']')? + 1);
        (
            host,
            rest.strip_prefix(':').or(rest.is_empty().then_some("")),
        )
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, Some("")),
        }
    };
    let port = match port? {
        "" if text.ends_with(':') => return None,
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_literal_byte = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    let legal = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(address) => !address.is_empty() && address.bytes().all(is_literal_byte),
        None => !host.is_empty() && host.bytes().all(is_host_byte),
    };
    legal.then_some((host, port))
}

#[cfg(test)]
mod tests;
