//! What a client of MySQL asks, as far as it takes to know the reply to a `COMMIT`.
//!
//! A packet is the length of its body in three bytes, a number that counts from 0 with each request, and the body:
//! for a statement a 3 and its text. A client waits for the answer before it asks again, so what the server
//! sends next is the reply, however it is made.

const COMMIT: &[u8] = b"\x07\0\0\0\x03COMMIT";

/// The last bytes that a client has sent.
#[derive(Default)]
pub(super) struct Requests(Vec<u8>);

impl Requests {
    /// Whether these bytes are the end of such a request.
    pub(super) fn end_with_commit(&mut self, bytes: &[u8]) -> bool {
        self.0.extend_from_slice(bytes);
        let superfluous = self.0.len().saturating_sub(COMMIT.len());
        self.0.drain(..superfluous);
        self.0 == COMMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_found_however_the_bytes_are_cut() {
        let stream = [b"\x05\0\0\0\x03DO 1".as_slice(), COMMIT].concat();
        for cut in 0..stream.len() {
            let mut requests = Requests::default();
            let (head, tail) = stream.split_at(cut);
            assert!(!requests.end_with_commit(head), "cut at {cut}");
            assert!(requests.end_with_commit(tail), "cut at {cut}");
        }
    }

    #[test]
    fn other_requests_are_not_that_one() {
        for other in ["\x09\0\0\0\x03ROLLBACK", "\x0a\0\0\0\x03DO COMMIT"] {
            assert!(!Requests::default().end_with_commit(other.as_bytes()));
        }
    }
}
