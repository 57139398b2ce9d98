//! The origin check: refuses cross-site requests (CSRF) before the session is looked at.
//!
//! After Go's `http.CrossOriginProtection`: `Sec-Fetch-Site` where the browser sends it, else
//! `Origin` against the host. Content type and forwarding headers have no say.

use crate::{
    error::BuildError,
    request::{Duplicated, Field, RequestHead},
};
use std::net::IpAddr;

/// Whose requests are taken, besides those of the site itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginCheck {
    /// Other sites that may send requests here.
    trusted: Vec<String>,
    /// What this site is called from outside, if the `Host` it sees is not that.
    public: Vec<Origin>,
    /// The cookie travels over https only, so a page of this site is https too.
    https_only: bool,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CrossSite {
    #[error("several Origin, Sec-Fetch-Site or Host lines")]
    Duplicated,
    #[error("Sec-Fetch-Site says another site")]
    FetchSite,
    #[error("an Origin that is opaque or malformed")]
    OpaqueOrigin,
    #[error("the Origin of another site")]
    OtherOrigin,
    #[error("a session cookie, but neither Origin nor Sec-Fetch-Site")]
    CookieAlone,
}

impl From<Duplicated> for CrossSite {
    fn from(_: Duplicated) -> Self {
        Self::Duplicated
    }
}

impl OriginCheck {
    pub(crate) fn trust(&mut self, origin: String) -> Result<(), BuildError> {
        match Origin::parse(origin.as_bytes()) {
            Some(parsed) if parsed.serialized() == origin => {
                self.trusted.push(origin);
                Ok(())
            }
            _ => Err(BuildError::Origin { origin }),
        }
    }

    pub(crate) fn publish(&mut self, origin: String) -> Result<(), BuildError> {
        match Origin::parse(origin.as_bytes()) {
            Some(parsed) if parsed.serialized() == origin => {
                self.public.push(parsed);
                Ok(())
            }
            _ => Err(BuildError::Origin { origin }),
        }
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
        let trusted = |origin: &[u8]| self.trusted.iter().any(|known| known.as_bytes() == origin);
        if origin.is_some_and(trusted) {
            return Ok(());
        }
        match (fetch_site, origin) {
            (Some(b"same-origin" | b"none"), _) => Ok(()),
            (Some(_), _) => Err(CrossSite::FetchSite),
            (None, Some(origin)) => self.check_origin(origin, request),
            (None, None) if has_cookie => Err(CrossSite::CookieAlone),
            (None, None) => Ok(()),
        }
    }

    fn check_origin(&self, origin: &[u8], request: &impl RequestHead) -> Result<(), CrossSite> {
        let origin = Origin::parse(origin).ok_or(CrossSite::OpaqueOrigin)?;
        let same = if self.public.is_empty() {
            origin.is_of_host(effective_host(request)?)
                && (origin.https || self.takes_plain_http(&origin, request.scheme()))
        } else {
            self.public.contains(&origin)
        };
        same.then_some(()).ok_or(CrossSite::OtherOrigin)
    }

    /// Whether an http page of our own host may send requests here: with a `Secure` cookie only where
    /// browsers trust http as well (Secure Contexts §3.1), else unless this request came by https.
    fn takes_plain_http(&self, origin: &Origin, scheme: Option<&str>) -> bool {
        scheme != Some("https") && (!self.https_only || origin.is_loopback())
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
