//! Reading request cookies, as octets: nothing is decoded, unquoted, folded or trimmed but SP and HTAB.
//!
//! A `Cookie` header is split only at `;`; a name is the octets before the first `=`, and it is ours
//! only if it is ours byte for byte. Everything else is somebody else's and is passed over, however
//! malformed: it can neither hide our cookie nor become it.

/// Header octets beyond this are not looked at: such a request has no session.
const SCAN_LIMIT: usize = 64 * 1024;

/// What the request's `Cookie` lines say of our cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookieValue<'a> {
    /// It is not there.
    Absent,
    /// It is there with this value, once or several times.
    Value(&'a [u8]),
    /// It is there with different values, or the header is too large to tell: no session
    /// (RFC 6265bis §4.2.2 says not to rely on the order).
    Ambiguous,
}

/// Looks for the cookie `name` in all `Cookie` header lines of a request.
pub(crate) fn find<'a>(lines: impl Iterator<Item = &'a [u8]>, name: &[u8]) -> CookieValue<'a> {
    let mut found = CookieValue::Absent;
    let mut scanned = 0_usize;
    for line in lines {
        scanned = scanned.saturating_add(line.len());
        if scanned > SCAN_LIMIT {
            return CookieValue::Ambiguous;
        }
        for value in values_in(line, name) {
            match found {
                CookieValue::Absent => found = CookieValue::Value(value),
                CookieValue::Value(earlier) if earlier == value => {}
                CookieValue::Value(_) | CookieValue::Ambiguous => return CookieValue::Ambiguous,
            }
        }
    }
    found
}

/// Every value of the cookie `name`, of as many lines as are looked at.
pub(crate) fn values<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
    name: &[u8],
) -> impl Iterator<Item = &'a [u8]> {
    let mut scanned = 0_usize;
    let lines = lines.take_while(move |line| {
        scanned = scanned.saturating_add(line.len());
        scanned <= SCAN_LIMIT
    });
    lines.flat_map(move |line| values_in(line, name))
}

fn values_in<'a>(line: &'a [u8], name: &[u8]) -> impl Iterator<Item = &'a [u8]> {
    pairs(line).filter_map(move |pair| value_of(pair, name))
}

fn pairs(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let pairs = rest?;
        let (pair, others) = match memchr::memchr(b';', pairs) {
            Some(end) => (&pairs[..end], Some(&pairs[end + 1..])),
            None => (pairs, None),
        };
        rest = others;
        Some(trim(pair))
    })
}

fn value_of<'a>(pair: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    pair.strip_prefix(name)?.strip_prefix(b"=")
}

fn trim(mut pair: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = pair {
        pair = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = pair {
        pair = rest;
    }
    pair
}

#[cfg(test)]
mod tests;
