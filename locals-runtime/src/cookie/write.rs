//! Writing `Set-Cookie`: one builder for the session's cookie, for those beside it, and for their removal.

use super::{CookieOptions, SameSite};
use crate::{clock::Timestamp, session::Session};
use cookie::{Cookie, time::Duration};
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

fn header(options: &CookieOptions, name: &str, value: &str, max_age: Option<u64>) -> String {
    let mut cookie = Cookie::build((name, value))
        .path(options.path.as_ref())
        .secure(options.secure)
        .http_only(true)
        .same_site(match options.same_site {
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::None => cookie::SameSite::None,
        })
        .partitioned(options.partitioned);
    if let Some(seconds) = max_age {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        cookie = cookie.max_age(Duration::seconds(seconds));
    }
    if let Some(domain) = &options.domain {
        cookie = cookie.domain(domain.as_str());
    }
    let mut line = String::with_capacity(name.len() + value.len() + ATTRIBUTES);
    write!(line, "{}", cookie.build()).expect("a `String` takes any text");
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
}
