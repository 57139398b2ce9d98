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

impl<'a> CookieValue<'a> {
    /// With one more cookie of our name.
    fn and(self, value: &'a [u8]) -> Self {
        match self {
            Self::Absent => Self::Value(value),
            Self::Value(earlier) if earlier == value => self,
            Self::Value(_) | Self::Ambiguous => Self::Ambiguous,
        }
    }
}

/// What one pass over the request's `Cookie` lines finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// Our cookie.
    pub(crate) ours: CookieValue<'a>,
    /// Whether [`beside`] could find something.
    pub(crate) is_any_beside: bool,
}

/// Looks for the cookie `name` in all `Cookie` header lines of a request.
pub(crate) fn find<'a>(lines: impl Iterator<Item = &'a [u8]>, name: &[u8]) -> Found<'a> {
    let mut found = Found {
        ours: CookieValue::Absent,
        is_any_beside: false,
    };
    let mut scanned = 0_usize;
    for line in lines {
        scanned = scanned.saturating_add(line.len());
        if scanned > SCAN_LIMIT {
            found.ours = CookieValue::Ambiguous;
            break;
        }
        for pair in pairs(line) {
            match pair.strip_prefix(name).and_then(<[u8]>::split_first) {
                Some((b'=', value)) => found.ours = found.ours.and(value),
                Some((b'.' | b'~', _)) => found.is_any_beside = true,
                _ => {}
            }
        }
    }
    found
}

/// The cookies whose names go on with `.` or `~` where `name` ends, of as many lines as are looked at: the
/// rest of the name, and the value.
pub(crate) fn beside<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
    name: &[u8],
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    looked_at(lines).flat_map(pairs).filter_map(move |pair| {
        let rest = pair.strip_prefix(name)?;
        let end = memchr::memchr(b'=', rest)?;
        let (rest, value) = (&rest[..end], &rest[end + 1..]);
        matches!(rest.first(), Some(b'.' | b'~')).then_some((rest, value))
    })
}

/// Every value of the cookie `name`, of as many lines as are looked at.
pub(crate) fn values<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
    name: &[u8],
) -> impl Iterator<Item = &'a [u8]> {
    looked_at(lines)
        .flat_map(pairs)
        .filter_map(move |pair| pair.strip_prefix(name)?.strip_prefix(b"="))
}

fn looked_at<'a>(lines: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = &'a [u8]> {
    let mut scanned = 0_usize;
    lines.take_while(move |line| {
        scanned = scanned.saturating_add(line.len());
        scanned <= SCAN_LIMIT
    })
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
