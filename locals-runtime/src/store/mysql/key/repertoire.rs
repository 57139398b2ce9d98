//! [`Repertoire`]: which characters a column can keep.

/// The characters of a character set. Of one that it lacks, the server makes an error of a comparison, or a
/// question mark: neither may be asked of it, and no user has such an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repertoire {
    Unicode,
    /// Those of Unicode that have four hexadecimal digits.
    Basic,
    /// Of `latin1`, which is Windows-1252, and the five control characters that has no use for.
    Latin1,
    Ascii,
}

/// Those of `latin1` from 0x80 to 0x9f.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

impl Repertoire {
    /// Of any other set the ASCII characters, which each has but `swe7`.
    pub(super) fn of(charset: &str) -> Option<Self> {
        match charset {
            "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => Some(Self::Unicode),
            "utf8mb3" | "utf8" | "ucs2" => Some(Self::Basic),
            "latin1" => Some(Self::Latin1),
            "swe7" | "binary" => None,
            _ => Some(Self::Ascii),
        }
    }

    pub(super) fn has(self, text: &str) -> bool {
        match self {
            Self::Unicode => true,
            Self::Basic => text.chars().all(|c| c <= '\u{ffff}'),
            Self::Latin1 => text.chars().all(is_latin1),
            Self::Ascii => text.is_ascii(),
        }
    }
}

fn is_latin1(c: char) -> bool {
    matches!(c, '\0'..='\u{7f}' | '\u{a0}'..='\u{ff}') || WINDOWS_1252.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_set_has_the_characters_that_the_server_gives_it() {
        for (charset, has, lacks) in [
            ("utf8mb4", "a\0\u{e9}\u{2603}\u{1f600}", ""),
            ("utf16", "\u{1f600}", ""),
            ("utf8mb3", "a\u{e9}\u{2603}\u{ffff}", "\u{1f600}"),
            ("ucs2", "\u{2603}", "\u{10000}"),
            (
                "latin1",
                "a\u{e9}\u{ff}\u{20ac}\u{81}\u{178}",
                "\u{2603}\u{80}\u{92}\u{100}",
            ),
            ("ascii", "a\0\u{7f}", "\u{80}\u{e9}"),
            ("cp1251", "ada", "\u{430}\u{e9}"),
            ("gbk", "ada", "\u{4e2d}"),
        ] {
            let repertoire = Repertoire::of(charset).unwrap();
            assert!(repertoire.has(has), "{charset}");
            for c in lacks.chars() {
                assert!(!repertoire.has(&c.to_string()), "{charset}: {c:?}");
            }
        }
        assert_eq!(Repertoire::of("swe7"), None);
    }

    #[test]
    fn latin1_has_256_characters() {
        let all = ('\0'..='\u{ffff}').filter(|c| Repertoire::Latin1.has(&c.to_string()));
        assert_eq!(all.count(), 256);
    }
}
