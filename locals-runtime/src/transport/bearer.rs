//! `Authorization: Bearer <token>` (RFC 6750 §2.1), read strictly.

/// What the request's `Authorization` lines say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authorization<'a> {
    /// There is none, or of another scheme: that is somebody else's.
    NoBearer,
    Bearer(&'a [u8]),
    /// Several lines, of which one is of this scheme: nobody can tell which counts.
    Ambiguous,
}

pub(super) fn read<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Authorization<'a> {
    let mut found = Authorization::NoBearer;
    for (earlier, line) in lines.enumerate() {
        match (bearer(line), found) {
            (None, Authorization::NoBearer) => {}
            (Some(token), Authorization::NoBearer) if earlier == 0 => {
                found = Authorization::Bearer(token);
            }
            _ => return Authorization::Ambiguous,
        }
    }
    found
}

/// The scheme in any case (RFC 9110 §11.1), one space at least, and all the rest.
fn bearer(line: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"Bearer";
    let (scheme, token) = line.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    match token {
        [] => Some(token),
        [b' ', token @ ..] => Some(token.trim_ascii_start()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(lines: &[&'a str]) -> Authorization<'a> {
        read(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn b_14_a_bearer_token_is_all_that_follows_its_scheme() {
        for line in ["Bearer abc", "bearer abc", "BEARER abc", "Bearer    abc"] {
            assert_eq!(of(&[line]), Authorization::Bearer(b"abc"), "{line:?}");
        }
        for (line, token) in [
            ("Bearer", ""),
            ("Bearer ", ""),
            ("Bearer a b", "a b"),
            ("Bearer \"abc\"", "\"abc\""),
            ("Bearer abc,", "abc,"),
            ("Bearer abc ", "abc "),
        ] {
            assert_eq!(
                of(&[line]),
                Authorization::Bearer(token.as_bytes()),
                "{line:?}"
            );
        }
    }

    #[test]
    fn b_14_another_scheme_is_somebody_elses() {
        for line in [
            "Basic abc",
            "Bearerabc",
            "Bearer\tabc",
            " Bearer abc",
            "",
            "Beare",
        ] {
            assert_eq!(of(&[line]), Authorization::NoBearer, "{line:?}");
        }
        assert_eq!(of(&[]), Authorization::NoBearer);
        assert_eq!(of(&["Basic a", "Digest b"]), Authorization::NoBearer);
    }

    #[test]
    fn b_14_of_several_lines_none_counts() {
        for lines in [
            ["Bearer abc", "Bearer abc"],
            ["Bearer abc", "Basic a"],
            ["Basic a", "Bearer abc"],
        ] {
            assert_eq!(of(&lines), Authorization::Ambiguous, "{lines:?}");
        }
    }
}
