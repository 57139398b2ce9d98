//! Writing `Set-Cookie` (RFC 6265bis §4.1): one line for the session's cookie, for those beside it, and for
//! their removal.

use super::{CookieOptions, SameSite};
use crate::{clock::Timestamp, session::Session};
use std::fmt::Write;

/// 400 days, the most a browser keeps a cookie (RFC 6265bis §5.5).
const MAX_AGE_LIMIT: u64 = 400 * 24 * 60 * 60;

/// Room for all attributes, of which path and domain may need more, lest the line grow piece by piece.
const ATTRIBUTES: usize = 112;

/// The `Set-Cookie` value that hands `session` to the browser until it would lie idle too long, or until
/// the browser closes.
pub(crate) fn set(options: &CookieOptions, session: &Session, now: Timestamp) -> String {
    let left = session.idle_deadline().since(now);
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    let max_age = (!session.ends_with_the_browser()).then(|| seconds.clamp(1, MAX_AGE_LIMIT));
    header(options, &options.name, session.token().expose(), max_age)
}

/// The `Set-Cookie` value that makes the browser drop the cookie.
pub(crate) fn clear(options: &CookieOptions) -> String {
    header(options, &options.name, "", Some(0))
}

/// The `Set-Cookie` value of a cookie beside the session's, with the same attributes, for so many
/// seconds; without a value, the one that makes the browser drop it.
pub(crate) fn beside(
    options: &CookieOptions,
    name: &str,
    value: Option<&str>,
    seconds: u64,
) -> String {
    match value {
        Some(value) => header(options, name, value, Some(seconds)),
        None => header(options, name, "", Some(0)),
    }
}

// Nothing is quoted: what stands in a line is base64url, or was looked at when the `Auth` was built.
fn header(options: &CookieOptions, name: &str, value: &str, max_age: Option<u64>) -> String {
    let mut line = String::with_capacity(name.len() + value.len() + ATTRIBUTES);
    let same_site = match options.same_site {
        SameSite::Strict => "Strict",
        SameSite::Lax => "Lax",
        SameSite::None => "None",
    };
    for part in [name, "=", value, "; HttpOnly; SameSite=", same_site] {
        line.push_str(part);
    }
    if options.partitioned {
        line.push_str("; Partitioned");
    }
    // Browsers take no partitioned cookie without it.
    if options.secure || options.partitioned {
        line.push_str("; Secure");
    }
    line.push_str("; Path=");
    line.push_str(&options.path);
    if let Some(domain) = &options.domain {
        line.push_str("; Domain=");
        line.push_str(domain);
    }
    if let Some(seconds) = max_age {
        write!(line, "; Max-Age={seconds}").expect("a `String` takes any text");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b_01_the_default_cookie_is_the_safe_one() {
        assert_eq!(
            header(&CookieOptions::default(), "__Host-session", "v", Some(60)),
            "__Host-session=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
    }

    #[test]
    fn b_08_the_removal_carries_the_same_attributes() {
        let options = CookieOptions::default()
            .name("s")
            .domain("a.example")
            .path("/app")
            .same_site(SameSite::None)
            .partitioned(true);
        let set = header(&options, "s", "v", Some(60));
        let gone = set.replace("s=v", "s=").replace("Max-Age=60", "Max-Age=0");
        assert_eq!(clear(&options), gone);
        assert!(gone.contains("Partitioned") && gone.contains("Domain=a.example"));
    }

    /// By somebody else's parser, whatever is set and whatever is not.
    #[test]
    #[cfg(feature = "testing")]
    fn b_01_every_attribute_is_read_as_it_was_meant() {
        let same_sites = [
            (SameSite::Strict, cookie::SameSite::Strict),
            (SameSite::Lax, cookie::SameSite::Lax),
            (SameSite::None, cookie::SameSite::None),
        ];
        for (same_site, read_as) in same_sites {
            for bits in 0..32_u8 {
                let is = |bit: u8| bits & 1 << bit != 0;
                let mut options = CookieOptions::default()
                    .same_site(same_site)
                    .partitioned(is(0))
                    .path(if is(1) { "/app" } else { "/" });
                options.secure = is(2);
                if is(3) {
                    options = options.domain("a.example");
                }
                let line = header(&options, "s", "v-_", is(4).then_some(34_560_000));
                let read = cookie::Cookie::parse(line.as_str()).unwrap();
                assert_eq!(read.name_value(), ("s", "v-_"), "{line}");
                assert_eq!(read.http_only(), Some(true), "{line}");
                assert_eq!(read.same_site(), Some(read_as), "{line}");
                assert_eq!(read.partitioned(), is(0).then_some(true), "{line}");
                assert_eq!(read.path(), Some(&*options.path), "{line}");
                assert_eq!(read.secure(), (is(2) || is(0)).then_some(true), "{line}");
                assert_eq!(read.domain(), is(3).then_some("a.example"), "{line}");
                let max_age = read.max_age().map(|age| age.whole_seconds());
                assert_eq!(max_age, is(4).then_some(34_560_000), "{line}");
            }
        }
    }
}
