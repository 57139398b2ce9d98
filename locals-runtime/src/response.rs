//! What the engine writes into a response, whatever framework's types it comes in.

use crate::locals::Closing;
use std::borrow::Cow;

/// The response header fields that are looked at or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyField {
    CacheControl,
    ClearSiteData,
    SetCookie,
    Vary,
}

/// The header fields of a response.
pub(crate) trait ReplyHeaders {
    /// Every line of a field, in order, as octets.
    fn lines(&self, field: ReplyField) -> impl Iterator<Item = &[u8]>;

    /// Puts one line in the place of all there are.
    fn replace(&mut self, field: ReplyField, line: Cow<'static, str>);

    /// Adds a `Set-Cookie` line, marked as secret where the framework knows such a mark.
    fn append_cookie(&mut self, line: String);

    /// Drops the `Set-Cookie` lines that are not to stay; the others keep their order.
    fn retain_cookies(&mut self, keep: impl FnMut(&[u8]) -> bool);
}

impl Closing {
    /// Writes the cookie and what caches must know; a cookie of our name that somebody else has
    /// set gives way.
    pub(crate) fn write(self, reports_outage: bool, headers: &mut impl ReplyHeaders) {
        if self.varies {
            vary(headers, "Cookie");
        }
        if self.clears_site_data {
            headers.replace(ReplyField::ClearSiteData, EVERYTHING.into());
        }
        let cookie = self
            .cookie
            .filter(|cookie| cookie.goes_with(reports_outage));
        if let Some(cookie) = cookie {
            let name = cookie.name_prefix().as_bytes();
            if headers
                .lines(ReplyField::SetCookie)
                .any(|line| line.starts_with(name))
            {
                headers.retain_cookies(|line| !line.starts_with(name));
            }
            headers.append_cookie(cookie.header);
            headers.replace(ReplyField::CacheControl, "no-store".into());
        } else if self.has_session && headers.lines(ReplyField::CacheControl).next().is_none() {
            headers.replace(ReplyField::CacheControl, "private".into());
        }
    }
}

const EVERYTHING: &str = r#""cache", "cookies", "storage""#;

/// Adds field names to `Vary`, on one line, unless they stand there already.
pub(crate) fn vary(headers: &mut impl ReplyHeaders, names: &'static str) {
    let lines: Vec<_> = headers
        .lines(ReplyField::Vary)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    if lines.is_empty() {
        headers.replace(ReplyField::Vary, names.into());
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
    headers.replace(
        ReplyField::Vary,
        [present, missing].concat().join(", ").into(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of `Vary`.
    struct Varied(Vec<String>);

    impl ReplyHeaders for Varied {
        fn lines(&self, _: ReplyField) -> impl Iterator<Item = &[u8]> {
            self.0.iter().map(String::as_bytes)
        }

        fn replace(&mut self, _: ReplyField, line: Cow<'static, str>) {
            self.0 = vec![line.into_owned()];
        }

        fn append_cookie(&mut self, _: String) {
            unreachable!("only `Vary` is looked at")
        }

        fn retain_cookies(&mut self, _: impl FnMut(&[u8]) -> bool) {
            unreachable!("only `Vary` is looked at")
        }
    }

    fn varied(lines: &[&str]) -> Vec<String> {
        let mut headers = Varied(lines.iter().map(|&line| line.to_owned()).collect());
        vary(&mut headers, "Cookie");
        headers.0
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
