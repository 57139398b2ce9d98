//! [`PlainResponse`]: a response in no framework's types.

use super::{Marks, Refused};
use crate::log::TARGET;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::borrow::Cow;

/// A response in no framework's types: what
/// [`AuthBuilder::on_refusal`](crate::AuthBuilder::on_refusal) answers with, on every framework and at every gate.
///
/// ```
/// use locals::PlainResponse;
///
/// let page = PlainResponse::html(403, "<!doctype html><title>No</title><p>Not for you.")
///     .header("Content-Security-Policy", "default-src 'none'");
/// # let _ = page;
/// ```
///
/// It has no body on plain `http`, and none from a gate around a service whose bodies are not axum's own:
/// nobody knows how to make one of the application's type. Status and header fields are sent.
///
/// The library adds what it says of every refusal: `Vary`, `WWW-Authenticate` to a 401 and `Retry-After` to a
/// 503 that have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainResponse {
    pub(crate) status: u16,
    pub(crate) content_type: Option<Cow<'static, str>>,
    pub(crate) body: Cow<'static, str>,
    /// Names and values are legal.
    pub(super) fields: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// What `Vary` names, each once.
    pub(super) vary: Vec<&'static str>,
    /// Nothing about cookies goes with it, unless the store has it already.
    pub(crate) reports_outage: bool,
    pub(crate) refused: Option<Refused>,
    /// Whether a bearer token would do; of an [`Error`](crate::Error) nobody knows before the exit.
    pub(super) takes_bearer: Option<bool>,
}

impl PlainResponse {
    /// A page: `text/html; charset=utf-8`. What comes from outside is the caller's to escape.
    ///
    /// A status that is not from 200 to 599 makes it a 500, here and in the other constructors, with a line
    /// in the log.
    pub fn html(status: u16, body: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body.into())
    }

    /// A text: `text/plain; charset=utf-8`.
    pub fn text(status: u16, body: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.into())
    }

    /// A text that is JSON already: `application/json`.
    pub fn json(status: u16, body: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, "application/json", body.into())
    }

    /// 303 to another page, which is fetched by GET.
    ///
    /// The location is sent as it is, without the [mount](crate::AuthBuilder::mounted_at); what cannot stand
    /// in a header is percent-encoded. One that comes from outside is first to go through
    /// [`local_path`](crate::local_path).
    pub fn redirect(location: impl Into<Cow<'static, str>>) -> Self {
        let location = location.into();
        let location = utf8_percent_encode(&location, NO_URL_BYTE).to_string();
        Self::new(303, "text/plain; charset=utf-8", "".into()).with("location", location)
    }

    /// Adds a header field; `Content-Type` and `Location` replace what is there.
    ///
    /// Left out, with a line in the log, is what is no name or no value of a field, and what the library or
    /// the server writes: `Vary`, `Set-Cookie`, `Cache-Control` and its relatives, `Clear-Site-Data`,
    /// `Content-Length` and whatever else is about the connection.
    #[must_use]
    pub fn header(
        self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (name, value) = (name.into(), value.into());
        let reason = if !is_field_name(&name) {
            "this is no name of a field"
        } else if !is_field_value(&value) {
            "its value is none"
        } else if is_ours(&name.to_ascii_lowercase()) {
            "the library or the server writes it"
        } else {
            return self.with(name, value);
        };
        tracing::error!(target: TARGET, ?name, reason, "a header of an `on_refusal` is left out");
        self
    }

    fn new(status: u16, content_type: &'static str, body: Cow<'static, str>) -> Self {
        if !(200..=599).contains(&status) {
            tracing::error!(target: TARGET, status, "the status of an `on_refusal` is none: 500 is sent");
            return Self::internal();
        }
        let body = match status {
            204 | 205 | 304 => "".into(),
            _ => body,
        };
        Self {
            status,
            content_type: (!body.is_empty()).then(|| content_type.into()),
            body,
            fields: Vec::new(),
            vary: Vec::new(),
            reports_outage: false,
            refused: None,
            takes_bearer: None,
        }
    }

    /// For what should not happen.
    pub(crate) fn internal() -> Self {
        Self::text(500, "Something went wrong.\n")
    }

    /// With a field that is known to be legal.
    pub(super) fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (name, value) = (name.into(), value.into());
        if name.eq_ignore_ascii_case("content-type") {
            self.content_type = Some(value);
            return self;
        }
        if name.eq_ignore_ascii_case("location") {
            self.fields
                .retain(|(other, _)| !other.eq_ignore_ascii_case("location"));
        }
        self.fields.push((name, value));
        self
    }

    /// Every header line but the type of the body and `Vary`.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        let ours = [self.challenge(), self.retry_after()];
        let ours = ours
            .into_iter()
            .flatten()
            .filter(move |(name, _)| self.field(name).is_none());
        let fields = self.fields.iter();
        ours.chain(fields.map(|(name, value)| (&**name, &**value)))
    }

    /// What `Vary` says, if it says anything; there is no other in [`lines`](Self::lines).
    pub(crate) fn vary(&self) -> Option<Cow<'static, str>> {
        match self.vary[..] {
            [] => None,
            [names] => Some(names.into()),
            _ => Some(self.vary.join(", ").into()),
        }
    }

    /// What the exit has to know, if there is anything.
    pub(crate) fn marks(&self) -> Option<Marks> {
        let marks = Marks {
            reports_outage: self.reports_outage,
            awaits_challenge: self.status == 401 && self.takes_bearer.is_none(),
        };
        (marks.reports_outage || marks.awaits_challenge).then_some(marks)
    }

    /// The first value of a field that was given.
    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// When to come again (RFC 9110 §10.2.3), in seconds: a store is back soon, or an operator is needed.
    fn retry_after(&self) -> Option<(&'static str, &'static str)> {
        (self.status == 503).then_some(("retry-after", "1"))
    }

    /// What a 401 has to say of how to authenticate (RFC 9110 §15.5.2).
    fn challenge(&self) -> Option<(&'static str, &'static str)> {
        let scheme = match self.takes_bearer {
            Some(true) => BY_BEARER,
            Some(false) | None => BY_COOKIE,
        };
        (self.status == 401).then_some(("www-authenticate", scheme))
    }
}

/// What a 401 says of how to authenticate by the session's cookie.
///
/// There is no registered scheme for a cookie (IANA, HTTP Authentication Scheme Registry), and those there
/// are would be untrue: `Basic` would have browsers ask for a password that nobody takes. `Cookie`, as
/// draft-broyer-http-cookie-auth has it, is true, and no browser acts on it.
pub(crate) const BY_COOKIE: &str = r#"Cookie realm="session""#;

/// The same where the application takes bearer tokens (RFC 6750 §3).
pub(crate) const BY_BEARER: &str = r#"Bearer realm="session""#;

/// What no URL has in it; everything else of one stays as it is.
const NO_URL_BYTE: &AsciiSet = &CONTROLS.add(b' ');

/// RFC 9110 §5.6.2: a token.
fn is_field_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= 256 && name.bytes().all(is_token)
}

/// RFC 9110 §5.5: no control but the tab.
fn is_field_value(value: &str) -> bool {
    !value
        .bytes()
        .any(|byte| byte != b'\t' && byte.is_ascii_control())
}

/// Whether a field is not the application's to write; its name in lower case.
fn is_ours(name: &str) -> bool {
    name.ends_with("cache-control")
        || [
            "clear-site-data",
            "connection",
            "content-length",
            "date",
            "edge-control",
            "keep-alive",
            "proxy-connection",
            "set-cookie",
            "set-cookie2",
            "surrogate-control",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "vary",
            "x-accel-expires",
        ]
        .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(plain: &PlainResponse) -> Vec<(&str, &str)> {
        plain.lines().collect()
    }

    #[test]
    fn a_response_is_what_it_was_made_of() {
        let page = PlainResponse::html(403, "<p>no").header("X-Why", "admin\tonly");
        assert_eq!((page.status, &*page.body), (403, "<p>no"));
        assert_eq!(
            page.content_type.as_deref(),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(lines(&page), [("X-Why", "admin\tonly")]);
        let problem = PlainResponse::json(401, "{}").header("content-TYPE", "application/x+json");
        assert_eq!(problem.content_type.as_deref(), Some("application/x+json"));
        assert_eq!(
            lines(&problem),
            [("www-authenticate", r#"Cookie realm="session""#)]
        );
        let own = PlainResponse::text(401, "no").header("WWW-Authenticate", "Bearer");
        assert_eq!(lines(&own), [("WWW-Authenticate", "Bearer")]);
        let down = PlainResponse::text(503, "");
        assert_eq!(lines(&down), [("retry-after", "1")]);
        assert_eq!(down.content_type, None);
    }

    #[test]
    fn a_status_that_is_none_is_500() {
        for status in [0, 99, 100, 101, 199, 600, 999, u16::MAX] {
            let response = PlainResponse::json(status, "{}");
            assert_eq!(response, PlainResponse::internal(), "{status}");
        }
        assert_eq!(PlainResponse::text(204, "no content has a body").body, "");
    }

    #[test]
    fn c_10_no_field_is_added_that_could_split_the_head_or_is_ours() {
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a:b", "x"),
            ("a\r\nb", "x"),
            ("é", "x"),
            ("x", "a\r\nSet-Cookie: evil=1"),
            ("x", "a\0b"),
            ("x", "a\u{7f}"),
            ("Set-Cookie", "evil=1"),
            ("sEt-cOOkie", "evil=1"),
            ("Vary", "*"),
            ("Cache-Control", "public"),
            ("CDN-Cache-Control", "public"),
            ("Surrogate-Control", "max-age=9"),
            ("Content-Length", "9"),
            ("Transfer-Encoding", "chunked"),
            ("Clear-Site-Data", "\"cookies\""),
        ] {
            let response = PlainResponse::text(403, "no").header(name, value);
            assert_eq!(
                response,
                PlainResponse::text(403, "no"),
                "{name:?}: {value:?}"
            );
        }
    }

    #[test]
    fn c_10_a_location_is_one_line_of_ascii() {
        let to = |location: &'static str| {
            let response = PlainResponse::redirect(location);
            assert_eq!((response.status, &*response.body), (303, ""));
            response.field("location").expect("a location").to_owned()
        };
        assert_eq!(to("/a?b=c&d=%20#e"), "/a?b=c&d=%20#e");
        assert_eq!(to("/a\r\nX: y"), "/a%0D%0AX:%20y");
        assert_eq!(to("/caf\u{e9}"), "/caf%C3%A9");
        let moved = PlainResponse::redirect("/a").header("Location", "/b");
        assert_eq!(lines(&moved), [("Location", "/b")]);
    }
}
