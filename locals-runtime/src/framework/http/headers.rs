//! The header types of the crate `http` 1, which axum and tower use too.

use crate::{
    framework::{header_names, original_uri},
    request::{Field, RequestHead},
    response::{ResponseField, ResponseHeaders},
};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Uri, header};
use std::borrow::Cow;

header_names!(name, header);

/// The head of a request, wherever its parts are.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> Head<'a> {
    pub(in crate::framework) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }

    /// What somebody further out has put into the request.
    pub(in crate::framework) fn extension<T: Send + Sync + 'static>(&self) -> Option<&'a T> {
        self.extensions.get()
    }

    #[cfg(feature = "axum-core")]
    pub(in crate::framework) fn of_parts(parts: &'a http::request::Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            extensions: &parts.extensions,
        }
    }
}

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn scheme(&self) -> Option<&str> {
        self.uri.scheme_str()
    }

    fn authority(&self) -> Option<&str> {
        self.uri.authority().map(http::uri::Authority::as_str)
    }

    fn path_and_query(&self) -> Cow<'_, str> {
        let uri = original_uri(self.extensions).unwrap_or(self.uri);
        uri.path_and_query()
            .map_or("/", |path| path.as_str())
            .into()
    }

    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        let lines = self.headers.get_all(field.name()).into_iter();
        lines.map(HeaderValue::as_bytes)
    }

    fn each_line(&self, see: &mut dyn FnMut(&str, &[u8])) {
        for (name, line) in self.headers {
            see(name.as_str(), line.as_bytes());
        }
    }
}

impl ResponseHeaders for HeaderMap {
    fn lines(&self, field: ResponseField) -> impl Iterator<Item = &[u8]> {
        let lines = self.get_all(field.name()).into_iter();
        lines.map(HeaderValue::as_bytes)
    }

    fn replace(&mut self, field: ResponseField, line: Cow<'static, str>) {
        let line = match line {
            Cow::Borrowed(line) => Ok(HeaderValue::from_static(line)),
            Cow::Owned(line) => HeaderValue::try_from(line),
        };
        if let Ok(line) = line {
            self.insert(field.name(), line);
        }
    }

    fn fill(&mut self, field: ResponseField, line: &'static str) -> bool {
        let header::Entry::Vacant(place) = self.entry(field.name()) else {
            return false;
        };
        place.insert(HeaderValue::from_static(line));
        true
    }

    fn drop_fields(&mut self, is_dropped: impl Fn(&str) -> bool) {
        let dropped = self.keys().filter(|name| is_dropped(name.as_str()));
        for name in dropped.cloned().collect::<Vec<_>>() {
            self.remove(name);
        }
    }

    fn append_cookie(&mut self, line: String) {
        let mut line = HeaderValue::try_from(line)
            .expect("names and options were checked, and values are base64url");
        line.set_sensitive(true);
        self.append(header::SET_COOKIE, line);
    }

    fn retain_cookies(&mut self, mut keep: impl FnMut(&[u8]) -> bool) {
        if let header::Entry::Occupied(lines) = self.entry(header::SET_COOKIE) {
            let (_, lines) = lines.remove_entry_mult();
            let kept: Vec<_> = lines.filter(|line| keep(line.as_bytes())).collect();
            for line in kept {
                self.append(header::SET_COOKIE, line);
            }
        }
    }
}
