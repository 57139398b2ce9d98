//! What the engine wants to know of a request, whatever framework's types it comes in.

use std::borrow::Cow;

/// The request header fields that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Accept,
    Authorization,
    ContentType,
    Cookie,
    Host,
    HxCurrentUrl,
    HxRequest,
    Origin,
    Referer,
    SecFetchMode,
    SecFetchSite,
    Upgrade,
}

/// The head of a request.
pub(crate) trait RequestHead {
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

    /// Shows every line of every header field, the name in lower case, the value as octets.
    fn each_line(&self, see: &mut dyn FnMut(&str, &[u8]));

    /// The only line of a field; an error if there are several.
    fn single(&self, field: Field) -> Result<Option<&[u8]>, Duplicated> {
        let mut lines = self.lines(field);
        match (lines.next(), lines.next()) {
            (line, None) => Ok(line),
            _ => Err(Duplicated),
        }
    }
}

/// A header field that may stand once stood several times.
#[derive(Debug)]
pub struct Duplicated;
