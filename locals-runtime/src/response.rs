//! What the engine writes into a response, whatever framework's types it comes in.

use crate::refusal::{BY_BEARER, BY_COOKIE, Marks};
use std::borrow::Cow;

/// The response header fields that are looked at or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseField {
    CacheControl,
    ClearSiteData,
    SetCookie,
    Vary,
    WwwAuthenticate,
}

/// The header fields of a response.
pub(crate) trait ResponseHeaders {
    /// Every line of a field, in order, as octets.
    fn lines(&self, field: ResponseField) -> impl Iterator<Item = &[u8]>;

    /// Puts one line in the place of all there are.
    fn replace(&mut self, field: ResponseField, line: Cow<'static, str>);

    /// Puts a line where there is none; whether there was none.
    fn fill(&mut self, field: ResponseField, line: &'static str) -> bool;

    /// Drops every field of which this says so; its name comes in lower case.
    fn drop_fields(&mut self, is_dropped: impl Fn(&str) -> bool);

    /// Adds a `Set-Cookie` line, marked as secret where the framework knows such a mark.
    fn append_cookie(&mut self, line: String);

    /// Drops the `Set-Cookie` lines that are not to stay; the others keep their order.
    fn retain_cookies(&mut self, keep: impl FnMut(&[u8]) -> bool);
}

/// What the session asks of the headers of a response.
#[derive(Clone, Debug)]
pub(crate) struct SessionHeaders {
    /// Our `Set-Cookie`, and with it `Cache-Control: no-store`; boxed, as most responses have none.
    pub(crate) cookie: Option<Box<SetCookie>>,
    /// The cookies of the visitor's values, which bring `no-store` too.
    pub(crate) values: Box<[SetCookie]>,
    /// `Vary: Cookie`.
    pub(crate) varies: bool,
    /// `Vary: Authorization` too, and a 401 names that scheme.
    pub(crate) takes_bearer: bool,
    /// `Cache-Control: private` unless the handler says otherwise.
    pub(crate) has_session: bool,
    /// `Clear-Site-Data`, after a sign-out.
    pub(crate) clears_site_data: bool,
}

/// One `Set-Cookie` line.
#[derive(Clone)]
pub(crate) struct SetCookie {
    pub(crate) name: Cow<'static, str>,
    pub(crate) line: String,
    /// The store has it already: it is sent even with a response that reports a failed store.
    pub(crate) committed: bool,
    /// Nobody asked for it: whatever else the response says of the cookie comes first.
    pub(crate) is_renewal: bool,
}

impl std::fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetCookie([redacted])")
    }
}

impl SessionHeaders {
    /// For who has come without any.
    pub(crate) fn without_cookies(self) -> Self {
        Self {
            cookie: None,
            values: Box::default(),
            clears_site_data: false,
            ..self
        }
    }

    /// Writes the cookie and what caches must know. A cookie of our name that somebody else has set gives
    /// way to what the handler did, but a renewal gives way to it.
    pub(crate) fn write(self, marks: Marks, headers: &mut impl ResponseHeaders) {
        if marks.awaits_challenge && self.takes_bearer {
            challenge_bearer(headers);
        }
        if self.varies {
            vary(
                headers,
                match self.takes_bearer {
                    true => "Cookie, Authorization",
                    false => "Cookie",
                },
            );
        }
        if self.clears_site_data {
            headers.replace(ResponseField::ClearSiteData, EVERYTHING.into());
        }
        let session = self.cookie.map(|cookie| *cookie);
        let cookies = session.into_iter().chain(self.values);
        let mut is_sent = false;
        for cookie in cookies.filter(|cookie| cookie.committed || !marks.reports_outage) {
            cookie.write(headers);
            is_sent = true;
        }
        if is_sent {
            forbid_storing(headers);
        } else if self.has_session {
            headers.fill(ResponseField::CacheControl, "private");
        }
    }

    /// The same at a gate, behind which anything may have made the response: a cookie of this name that
    /// stands in it already has the last word, and of several the last.
    pub(crate) fn write_around(
        mut self,
        cookie_name: &str,
        marks: Marks,
        headers: &mut impl ResponseHeaders,
    ) {
        let is_ours = |line: &[u8]| sets(line, cookie_name);
        let there = headers
            .lines(ResponseField::SetCookie)
            .filter(|line| is_ours(line))
            .count();
        if there > 1 {
            let mut left = there;
            headers.retain_cookies(|line| {
                let stays = !is_ours(line) || left == 1;
                left -= usize::from(is_ours(line));
                stays
            });
        }
        if there > 0 {
            self.cookie = None;
        }
        let mut values = std::mem::take(&mut self.values).into_vec();
        let before = values.len();
        values.retain(|cookie| !cookie.is_in(&*headers));
        let is_overruled = there > 0 || values.len() < before;
        self.values = values.into();
        self.write(marks, headers);
        if is_overruled {
            forbid_storing(headers);
        }
    }
}

impl SetCookie {
    fn is_in(&self, headers: &impl ResponseHeaders) -> bool {
        let mut lines = headers.lines(ResponseField::SetCookie);
        lines.any(|line| sets(line, &self.name))
    }

    /// In the place of those of its name; but a renewal gives way to them.
    fn write(self, headers: &mut impl ResponseHeaders) {
        let is_there = self.is_in(&*headers);
        if is_there && self.is_renewal {
            return;
        }
        if is_there {
            headers.retain_cookies(|line| !sets(line, &self.name));
        }
        headers.append_cookie(self.line);
    }
}

/// In the place of our own word, and of nothing that the application has said since.
fn challenge_bearer(headers: &mut impl ResponseHeaders) {
    let is_ours = {
        let mut lines = headers.lines(ResponseField::WwwAuthenticate);
        lines.next() == Some(BY_COOKIE.as_bytes()) && lines.next().is_none()
    };
    if is_ours {
        headers.replace(ResponseField::WwwAuthenticate, BY_BEARER.into());
    }
}

/// Keeps a response out of every cache, those included that listen to a field of their own first: a CDN
/// (RFC 9213) or a proxy would hand the cookie to the next visitor.
fn forbid_storing(headers: &mut impl ResponseHeaders) {
    headers.drop_fields(overrules_cache_control);
    headers.replace(ResponseField::CacheControl, "no-store".into());
}

/// `CDN-Cache-Control`, and `Cloudflare-CDN-Cache-Control` and others that vendors prefix; of Varnish
/// and Fastly, of Akamai, of nginx.
fn overrules_cache_control(name: &str) -> bool {
    name.ends_with("-cache-control")
        || ["surrogate-control", "edge-control", "x-accel-expires"].contains(&name)
}

/// Whether a `Set-Cookie` line is about the cookie of this name, as browsers read it (RFC 6265bis
/// §5.6): white space around the name does not count.
fn sets(line: &[u8], name: &str) -> bool {
    let mut parts = line.splitn(2, |byte| *byte == b'=');
    let (Some(named), Some(_)) = (parts.next(), parts.next()) else {
        return false;
    };
    named.trim_ascii() == name.as_bytes()
}

const EVERYTHING: &str = r#""cache", "cookies", "storage""#;

/// Adds field names to `Vary`, on one line, unless they stand there already.
fn vary(headers: &mut impl ResponseHeaders, names: &'static str) {
    if headers.fill(ResponseField::Vary, names) {
        return;
    }
    let lines: Vec<_> = headers
        .lines(ResponseField::Vary)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
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
    headers.replace(
        ResponseField::Vary,
        [present, missing].concat().join(", ").into(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the one field that is looked at.
    struct OneField(Vec<String>);

    impl ResponseHeaders for OneField {
        fn lines(&self, _: ResponseField) -> impl Iterator<Item = &[u8]> {
            self.0.iter().map(String::as_bytes)
        }

        fn replace(&mut self, _: ResponseField, line: Cow<'static, str>) {
            self.0 = vec![line.into_owned()];
        }

        fn fill(&mut self, _: ResponseField, line: &'static str) -> bool {
            let is_vacant = self.0.is_empty();
            if is_vacant {
                self.0.push(line.to_owned());
            }
            is_vacant
        }

        fn drop_fields(&mut self, _: impl Fn(&str) -> bool) {
            unreachable!("no other field is looked at")
        }

        fn append_cookie(&mut self, _: String) {
            unreachable!("no other field is looked at")
        }

        fn retain_cookies(&mut self, _: impl FnMut(&[u8]) -> bool) {
            unreachable!("no other field is looked at")
        }
    }

    fn varied(lines: &[&str]) -> Vec<String> {
        let mut headers = OneField(lines.iter().map(|&line| line.to_owned()).collect());
        vary(&mut headers, "Cookie");
        headers.0
    }

    #[test]
    fn b_03_a_cookie_of_our_name_is_known_however_it_is_spaced() {
        for ours in [
            "session=x",
            "session =x; Path=/",
            " \tsession\t=",
            "session=a=b",
        ] {
            assert!(sets(ours.as_bytes(), "session"), "{ours:?}");
        }
        for other in [
            "Session=x",
            "session",
            "=session",
            "my-session=x",
            "sess ion=x",
            "a; session=x",
        ] {
            assert!(!sets(other.as_bytes(), "session"), "{other:?}");
        }
    }

    #[test]
    fn no_challenge_but_our_own_is_replaced() {
        let challenged = |lines: &[&str]| {
            let mut headers = OneField(lines.iter().map(|&line| line.to_owned()).collect());
            challenge_bearer(&mut headers);
            headers.0
        };
        assert_eq!(challenged(&[BY_COOKIE]), [BY_BEARER]);
        for own in [&["Basic"][..], &[BY_COOKIE, "Basic"], &[]] {
            assert_eq!(challenged(own), own);
        }
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
