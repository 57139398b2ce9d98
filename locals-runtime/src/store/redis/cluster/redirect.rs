//! [`Redirect`]: a node that does not have a key says who has.

use crate::store::redis::{error::Failed, place::Place};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// The slot is there now.
    Moved(Place),
    /// The slot is on its way there, and the key is there already, or is to be made there.
    Ask(Place),
}

impl Redirect {
    /// `from` is who says so.
    pub(super) fn of(failed: &Failed, from: &Place) -> Option<Self> {
        let refusal = failed.refusal()?;
        let redirect = match refusal.code.as_str() {
            "MOVED" => Self::Moved,
            "ASK" => Self::Ask,
            _ => return None,
        };
        let address = refusal.detail.split_ascii_whitespace().nth(1)?;
        let (host, port) = address.rsplit_once(':')?;
        Some(redirect(from.beside(host, port.parse().ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::redis::error::tests::answered;

    fn redirected(line: &str) -> Option<Redirect> {
        Redirect::of(&answered(line), &Place::Tcp("asked".to_owned(), 1))
    }

    #[test]
    fn m_07_who_has_a_key_is_read_from_the_error() {
        let tcp = |host: &str, port| Place::Tcp(host.to_owned(), port);
        for (line, expected) in [
            (
                "MOVED 3999 127.0.0.1:6381",
                Some(Redirect::Moved(tcp("127.0.0.1", 6381))),
            ),
            (
                "MOVED 3999 ::1:6381",
                Some(Redirect::Moved(tcp("::1", 6381))),
            ),
            (
                "MOVED 3999 :6381",
                Some(Redirect::Moved(tcp("asked", 6381))),
            ),
            (
                "MOVED 3999 ?:6381",
                Some(Redirect::Moved(tcp("asked", 6381))),
            ),
            (
                "ASK 3999 b.example:6381",
                Some(Redirect::Ask(tcp("b.example", 6381))),
            ),
            ("MOVED 3999", None),
            ("MOVED 3999 b:port", None),
            (
                "TRYAGAIN Multiple keys request during rehashing of slot",
                None,
            ),
            ("CLUSTERDOWN Hash slot not served", None),
        ] {
            assert_eq!(redirected(line), expected, "{line}");
        }
    }
}
