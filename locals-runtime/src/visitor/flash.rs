//! [`Flash`]: what one page tells the next.

use super::value::{Held, decode, encode, encoded_size};

/// What one page tells the next: [`Locals::flash`](crate::Locals::flash).
///
/// The user of the browser can change it, so escape it in HTML, as every text that comes with a request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Flash {
    /// What it is for the page: `success`, `error`, the name of a class.
    pub kind: String,
    /// What the user reads.
    pub text: String,
}

impl Flash {
    fn json(&self) -> String {
        serde_json::to_string(&(&self.kind, &self.text)).expect("two strings are JSON")
    }

    /// The octets that it takes in a cookie of its own.
    pub(super) fn size(&self) -> usize {
        encoded_size("[]".len() + self.json().len())
    }
}

/// The flashes of a request: those that it brought, and those for the next page.
#[derive(Default)]
pub(super) struct Flashes {
    brought: Option<Held>,
    is_read: bool,
    added: Vec<Flash>,
}

impl Flashes {
    pub(super) fn bring(&mut self, octets: &[u8]) {
        Held::add(&mut self.brought, octets);
    }

    /// Whether the request brought some, or what looks like it.
    pub(super) fn came(&self) -> bool {
        self.brought.is_some()
    }

    pub(super) fn add(&mut self, flash: Flash) {
        self.added.push(flash);
    }

    /// Those that the request brought, once.
    pub(super) fn read(&mut self) -> Vec<Flash> {
        let unread = self.unread();
        self.is_read = true;
        unread
    }

    /// What somebody else wrote there is nothing.
    fn unread(&self) -> Vec<Flash> {
        let Some(Held::Text(text)) = self.brought.as_ref().filter(|_| !self.is_read) else {
            return Vec::new();
        };
        let pairs: Vec<(String, String)> = decode(text).unwrap_or_default();
        let flashes = pairs.into_iter().map(|(kind, text)| Flash { kind, text });
        flashes.collect()
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.added.is_empty() || (self.is_read && self.came())
    }

    /// The octets that those take which the request brought and nobody read.
    pub(super) fn size(&self) -> usize {
        let unread = self.brought.as_ref().filter(|_| !self.is_read);
        unread.map_or(0, Held::size)
    }

    /// What the cookie says after the response, in so many octets: the newest, as many as fit, in order.
    pub(super) fn text(&self, room: usize) -> Option<String> {
        let unread = self.unread();
        let newest_first = self.added.iter().rev().chain(unread.iter().rev());
        let mut kept = Vec::new();
        // One bracket; each flash comes with a comma or the other bracket.
        let mut length = 1;
        for json in newest_first.map(Flash::json) {
            length += json.len() + 1;
            if encoded_size(length) > room {
                break;
            }
            kept.push(json);
        }
        kept.reverse();
        (!kept.is_empty()).then(|| encode(format!("[{}]", kept.join(",")).as_bytes()))
    }
}
