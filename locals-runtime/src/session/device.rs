//! What an application calls a device, as one line.

use std::sync::Arc;

/// At most so many characters are kept of what an application calls a device.
const DEVICE_LIMIT: usize = 255;

/// The text on one line and cut to the limit: it may come from a `User-Agent` header.
pub(crate) fn device_line(text: &str) -> Arc<str> {
    text.chars()
        .take(DEVICE_LIMIT)
        .map(|c| {
            if c.is_control() || breaks_line(c) || is_bidi(c) {
                ' '
            } else {
                c
            }
        })
        .collect::<String>()
        .into()
}

/// LINE SEPARATOR and PARAGRAPH SEPARATOR: a line's end to JavaScript and to terminals, though no control
/// characters.
fn breaks_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// What turns the direction of the text around it (Unicode, `Bidi_Control`).
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_04_a_device_cannot_add_lines_or_grow() {
        assert_eq!(
            &*device_line("Evil\r\nSet-Cookie: x\u{0}"),
            "Evil  Set-Cookie: x "
        );
        assert_eq!(&*device_line("phone\u{202e}\u{2067}"), "phone  ");
        assert_eq!(
            &*device_line("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f"),
            "a b c d e f"
        );
        assert_eq!(device_line(&"é".repeat(10_000)).chars().count(), 255);
    }
}
