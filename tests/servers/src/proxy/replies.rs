//! The messages of a PostgreSQL server, as far as it takes to find the reply to a `COMMIT`.
//!
//! A message is a byte that says its kind, its length without that byte, and its body: "Message Formats" in
//! the chapter on the protocol.

/// `CommandComplete` with the tag `COMMIT`.
const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";

/// A message that has not come to its end.
#[derive(Default)]
pub(super) struct Replies {
    /// Its first bytes.
    head: Vec<u8>,
    /// How many bytes of it have come.
    seen: usize,
    has_begun: bool,
}

impl Replies {
    /// Where in these bytes such a reply begins that ends in them; 0 where it began earlier.
    pub(super) fn commit_in(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut start = 0;
        let mut found = None;
        for (at, &byte) in bytes.iter().enumerate() {
            // The answer to a client that asks for TLS is this byte alone, before all messages.
            if !self.has_begun && byte == b'N' {
                continue;
            }
            if self.seen == 0 {
                start = at;
            }
            if self.ends_with(byte) && self.head == COMMITTED {
                found = found.or(Some(start));
            }
        }
        found
    }

    /// Whether the message ends with this byte.
    fn ends_with(&mut self, byte: u8) -> bool {
        self.has_begun = true;
        if self.seen == 0 {
            self.head.clear();
        }
        self.seen += 1;
        if self.head.len() < COMMITTED.len() {
            self.head.push(byte);
        }
        let is_end = self.length().is_some_and(|length| self.seen == length + 1);
        if is_end {
            self.seen = 0;
        }
        is_end
    }

    fn length(&self) -> Option<usize> {
        let length = self.head.get(1..5)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(length)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &[u8] = b"Z\0\0\0\x05I";

    #[test]
    fn the_reply_is_found_however_the_bytes_are_cut() {
        let stream = [b"N".as_slice(), READY, COMMITTED, READY].concat();
        for cut in 0..stream.len() {
            let mut replies = Replies::default();
            let (head, tail) = stream.split_at(cut);
            let found = (replies.commit_in(head), replies.commit_in(tail));
            let expected = match cut {
                0..=7 => (None, Some(7 - cut)),
                8..=18 => (None, Some(0)),
                _ => (Some(7), None),
            };
            assert_eq!(found, expected, "cut at {cut}");
        }
    }

    #[test]
    fn other_replies_are_not_that_one() {
        let rolled_back = b"C\0\0\0\x0dROLLBACK\0".as_slice();
        // A row that holds the bytes of the reply.
        let row = [b"D\0\0\0\x10".as_slice(), COMMITTED].concat();
        let found = Replies::default().commit_in(&[rolled_back, row.as_slice(), READY].concat());
        assert_eq!(found, None);
    }
}
