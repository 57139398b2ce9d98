//! actix-web's header types, which are those of the crate `http` 0.2.

use crate::{
    framework::header_names,
    request::{Field, RequestHead},
    response::{ResponseField, ResponseHeaders},
};
use actix_web::{
    dev::RequestHead as Head,
    http::{
        Uri,
        header::{self, HeaderMap, HeaderValue},
    },
};
use std::borrow::Cow;

header_names!(actix_name, header);

impl RequestHead for Head {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn scheme(&self) -> Option<&str> {
        self.uri.scheme_str()
    }

    fn authority(&self) -> Option<&str> {
        self.uri.authority().map(|authority| authority.as_str())
    }

    fn path_and_query(&self) -> Cow<'_, str> {
        Uri::path_and_query(&self.uri)
            .map_or("/", |path| path.as_str())
            .into()
    }

    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        let lines = self.headers.get_all(field.actix_name());
        lines.map(HeaderValue::as_bytes)
    }

    fn each_line(&self, see: &mut dyn FnMut(&str, &[u8])) {
        for (name, line) in self.headers.iter() {
            see(name.as_str(), line.as_bytes());
        }
    }
}

impl ResponseHeaders for HeaderMap {
    fn lines(&self, field: ResponseField) -> impl Iterator<Item = &[u8]> {
        self.get_all(field.actix_name()).map(HeaderValue::as_bytes)
    }

    fn replace(&mut self, field: ResponseField, line: Cow<'static, str>) {
        let line = match line {
            Cow::Borrowed(line) => Ok(HeaderValue::from_static(line)),
            Cow::Owned(line) => HeaderValue::try_from(line),
        };
        if let Ok(line) = line {
            self.insert(field.actix_name(), line);
        }
    }

    fn fill(&mut self, field: ResponseField, line: &'static str) -> bool {
        let is_vacant = !self.contains_key(field.actix_name());
        if is_vacant {
            self.insert(field.actix_name(), HeaderValue::from_static(line));
        }
        is_vacant
    }

    fn drop_fields(&mut self, is_dropped: impl Fn(&str) -> bool) {
        self.retain(|name, _| !is_dropped(name.as_str()));
    }

    fn append_cookie(&mut self, line: String) {
        let mut line = HeaderValue::try_from(line)
            .expect("names and options were checked, and values are base64url");
        line.set_sensitive(true);
        self.append(header::SET_COOKIE, line);
    }

    fn retain_cookies(&mut self, mut keep: impl FnMut(&[u8]) -> bool) {
        self.retain(|name, line| *name != header::SET_COOKIE || keep(line.as_bytes()));
    }
}
