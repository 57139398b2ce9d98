//! What the engine wants to know of a request, whatever framework's types it comes in.

use std::borrow::Cow;

/// The request header fields that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Accept,
    Authorization,
    Cookie,
    Host,
    Origin,
    SecFetchSite,
    Upgrade,
}

/// The head of a request.
pub trait RequestHead {
    /// The method's name, as on the wire.
    fn method(&self) -> &str;

    /// The target's scheme, where the request names one (HTTP/2, absolute form).
    fn scheme(&self) -> Option<&str>;

    /// The target's authority, where the request names one (HTTP/2, absolute form).
    fn authority(&self) -> Option<&str>;

    /// Path and query as the browser sent them, before any router took a prefix off.
    fn path_and_query(&self) -> Cow<'_, str>;

    /// Every line of a header field, in order, as octets.
    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]>;

    /// The only line of a field; an error if there are several.
    fn single(&self, field: Field) -> Result<Option<&[u8]>, Duplicated> {
        let mut lines = self.lines(field);
        match (lines.next(), lines.next()) {
            (line, None) => Ok(line),
            _ => Err(Duplicated),
        }
    }

    /// Whether a browser asks for a page: GET or HEAD that accepts `text/html`.
    fn is_navigation(&self) -> bool {
        matches!(self.method(), "GET" | "HEAD")
            && self
                .lines(Field::Accept)
                .flat_map(|line| line.split(|byte| *byte == b','))
                .any(|range| {
                    let mut parts = range.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
                    let is_page = |part: &[u8]| part.eq_ignore_ascii_case(b"text/html");
                    parts.next().is_some_and(is_page) && !parts.any(is_never)
                })
    }
}

/// A weight of zero: what is not acceptable (RFC 9110 §12.4.2).
fn is_never(parameter: &[u8]) -> bool {
    let weight = parameter
        .strip_prefix(b"q=")
        .or_else(|| parameter.strip_prefix(b"Q="));
    weight.is_some_and(|weight| weight.iter().all(|byte| b"0.".contains(byte)))
}

/// A header field that may stand once stood several times.
#[derive(Debug)]
pub struct Duplicated;
