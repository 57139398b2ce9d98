//! The types of the crate `http` 1: reading a request's head, writing a response's headers.

use crate::{
    locals::Closing,
    request::{Field, RequestHead},
};
use http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header, request::Parts,
};
use std::borrow::Cow;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const EVERYTHING: &str = r#""cache", "cookies", "storage""#;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Field {
    fn name(self) -> HeaderName {
        match self {
            Self::Accept => header::ACCEPT,
            Self::Cookie => header::COOKIE,
            Self::Host => header::HOST,
            Self::Origin => header::ORIGIN,
            Self::SecFetchSite => SEC_FETCH_SITE,
            Self::Upgrade => header::UPGRADE,
        }
    }
}

/// The head of a request, wherever its parts are.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> Head<'a> {
    pub(super) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }

    pub(super) fn of_parts(parts: &'a Parts) -> Self {
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
        let uri = super::original_uri(self.extensions).unwrap_or(self.uri);
        uri.path_and_query()
            .map_or("/", |path| path.as_str())
            .into()
    }

    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        let lines = self.headers.get_all(field.name()).into_iter();
        lines.map(HeaderValue::as_bytes)
    }
}

impl Closing {
    /// Writes the cookie and what caches must know into the headers of a response.
    pub(super) fn write(self, headers: &mut HeaderMap, store_failed: bool) {
        if self.varies {
            vary(headers, "Cookie");
        }
        if self.clears_site_data {
            headers.insert(CLEAR_SITE_DATA, HeaderValue::from_static(EVERYTHING));
        }
        let cookie = self.cookie.filter(|cookie| cookie.goes_with(store_failed));
        if let Some(cookie) = cookie {
            remove_cookie(headers, cookie.name_prefix().as_bytes());
            let mut line = HeaderValue::try_from(cookie.header)
                .expect("the options were checked and a token is base64url");
            line.set_sensitive(true);
            headers.append(header::SET_COOKIE, line);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        } else if self.has_session {
            headers
                .entry(header::CACHE_CONTROL)
                .or_insert(HeaderValue::from_static("private"));
        }
    }
}

/// Adds field names to `Vary`, on one line, unless they stand there already.
pub(super) fn vary(headers: &mut HeaderMap, names: &'static str) {
    let lines: Vec<_> = headers
        .get_all(header::VARY)
        .into_iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .collect();
    if lines.is_empty() {
        headers.insert(header::VARY, HeaderValue::from_static(names));
        return;
    }
    let present: Vec<_> = lines
        .iter()
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    let missing: Vec<_> = names
        .split(", ")
        .filter(|name| !present.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .collect();
    if present.contains(&"*") || missing.is_empty() {
        return;
    }
    let merged = [present, missing].concat().join(", ");
    if let Ok(merged) = HeaderValue::try_from(merged) {
        headers.insert(header::VARY, merged);
    }
}

/// Takes out cookies of our name that somebody else has set: ours is the last word.
fn remove_cookie(headers: &mut HeaderMap, name_prefix: &[u8]) {
    let is_ours = |line: &HeaderValue| line.as_bytes().starts_with(name_prefix);
    if !headers.get_all(header::SET_COOKIE).into_iter().any(is_ours) {
        return;
    }
    if let header::Entry::Occupied(lines) = headers.entry(header::SET_COOKIE) {
        let (_, lines) = lines.remove_entry_mult();
        let others: Vec<_> = lines.filter(|line| !is_ours(line)).collect();
        for line in others {
            headers.append(header::SET_COOKIE, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varied(lines: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::VARY, HeaderValue::from_static(line));
        }
        vary(&mut headers, "Cookie");
        let lines = headers.get_all(header::VARY).into_iter();
        lines
            .map(|line| line.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn g_02_vary_is_merged_without_duplicates() {
        assert_eq!(varied(&[]), ["Cookie"]);
        assert_eq!(varied(&["Accept-Encoding"]), ["Accept-Encoding, Cookie"]);
        assert_eq!(varied(&["Accept", "Origin"]), ["Accept, Origin, Cookie"]);
        assert_eq!(varied(&["accept, cookie"]), ["accept, cookie"]);
        assert_eq!(varied(&["*"]), ["*"]);
    }
}
