//! [`Inbox`]: what has arrived and was not read yet.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, ReadBuf};

/// What is read at a time. No more than four times as much is kept while nothing arrives.
const ROOM: usize = 16 * 1024;

pub(super) struct Inbox {
    buffer: Vec<u8>,
    /// Where what was not read yet begins and ends.
    begin: usize,
    end: usize,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            buffer: vec![0; ROOM],
            begin: 0,
            end: 0,
        }
    }
}

impl Inbox {
    pub(super) fn unread(&self) -> &[u8] {
        self.buffer.get(self.begin..self.end).unwrap_or_default()
    }

    pub(super) fn has_read(&mut self, count: usize) {
        self.begin = (self.begin + count).min(self.end);
        if self.begin == self.end {
            (self.begin, self.end) = (0, 0);
            if self.buffer.len() > 4 * ROOM {
                self.buffer = vec![0; ROOM];
            }
        }
    }

    /// Behind what is there; how much came, and none if nothing will come any more.
    pub(super) fn poll_fill(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if self.end == self.buffer.len() {
            self.make_room();
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let mut arrived = ReadBuf::new(room);
        let read = Pin::new(from).poll_read(cx, &mut arrived);
        let count = arrived.filled().len();
        self.end += count;
        read.map_ok(|()| count)
    }

    fn make_room(&mut self) {
        if self.begin > 0 {
            self.buffer.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
        }
        if self.end > self.buffer.len() / 2 {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    /// What is longer than all room that there is arrives whole, and the room for it is given back.
    #[test]
    fn what_arrives_is_there_until_it_is_read() {
        let mut cx = Context::from_waker(Waker::noop());
        let sent: Vec<u8> = (0..=250).cycle().take(10 * ROOM).collect();
        let mut inbox = Inbox::default();
        let (mut rest, mut read) = (sent.as_slice(), Vec::new());
        while read.len() < sent.len() {
            if let Poll::Ready(Ok(0)) = inbox.poll_fill(&mut rest, &mut cx) {
                panic!("the end came too soon");
            }
            // Of what is there, all but something.
            let count = inbox.unread().len().saturating_sub(5 * ROOM + 7);
            read.extend_from_slice(&inbox.unread()[..count]);
            inbox.has_read(count);
            if rest.is_empty() {
                read.extend_from_slice(inbox.unread());
                inbox.has_read(usize::MAX / 2);
            }
        }
        assert!(read == sent);
        assert_eq!(inbox.buffer.len(), ROOM);
    }
}
