//! [`Driver`]: moves the bytes of a connection.

use super::{
    Ends,
    inbox::Inbox,
    queue::{Asker, LOST},
};
use crate::store::{
    link::Stream,
    redis::{
        error::Failed,
        resp::{Decoder, Value},
    },
};
use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::AsyncWrite;

const CLOSED: &str = "the server closed the connection";

pub(super) struct Driver {
    stream: Stream,
    ends: Arc<Ends>,
    /// What is being sent, and how much of it was.
    out: Vec<u8>,
    sent: usize,
    is_flushed: bool,
    inbox: Inbox,
    decoder: Decoder,
    /// Who waits for what was sent.
    askers: VecDeque<Asker>,
    /// Empty, to be filled by what is taken from the queue.
    taken: Vec<Asker>,
}

/// What a driver has to do.
enum Next {
    /// Something is asked.
    Send,
    End(String),
}

impl Driver {
    pub(super) fn new(stream: Stream, ends: Arc<Ends>) -> Self {
        Self {
            stream,
            ends,
            out: Vec::new(),
            sent: 0,
            is_flushed: true,
            inbox: Inbox::default(),
            decoder: Decoder::default(),
            askers: VecDeque::new(),
            taken: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) {
        let cause = loop {
            match poll_fn(|cx| self.poll_next(cx)).await {
                Next::Send => self.gather().await,
                Next::End(cause) => break cause,
            }
        };
        self.ends.queue.end(&cause);
    }

    /// Takes what is asked. While others are under way, all that are ready to run may ask first: what is asked at once
    /// is sent at once, by one call of the system here and one there.
    async fn gather(&mut self) {
        if !self.askers.is_empty() {
            behind_the_others().await;
        }
        self.ends.queue.take(&mut self.out, &mut self.taken);
        self.askers.extend(self.taken.drain(..));
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        if let Poll::Ready(Err(cause)) = self.poll_answers(cx) {
            return Poll::Ready(Next::End(cause));
        }
        if let Err(error) = ready!(self.poll_send(cx)) {
            return Poll::Ready(Next::End(error.to_string()));
        }
        if self.ends.queue.is_filled(cx.waker()) {
            return Poll::Ready(Next::Send);
        }
        Poll::Pending
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.out.len() {
            let rest = self.out.get(self.sent..).unwrap_or_default();
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += count;
            self.is_flushed = false;
        }
        self.out.clear();
        self.sent = 0;
        if !self.is_flushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Gives out answers until no more have arrived.
    fn poll_answers(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        loop {
            match ready!(self.inbox.poll_fill(&mut self.stream, cx)) {
                Ok(0) => return Poll::Ready(Err(CLOSED.to_owned())),
                Ok(_) => self.give_out()?,
                Err(error) => return Poll::Ready(Err(error.to_string())),
            }
        }
    }

    fn give_out(&mut self) -> Result<(), String> {
        let mut answered = 0;
        loop {
            let decoded = self.decoder.next(self.inbox.unread());
            let (used, value) =
                decoded.map_err(|_| "the server does not speak RESP3".to_owned())?;
            self.inbox.has_read(used);
            let Some(value) = value else {
                break;
            };
            let Some(asker) = self.askers.pop_front() else {
                return Err(unasked(value));
            };
            answered += 1;
            if let Some(asker) = asker {
                // Whoever stopped waiting needs no answer.
                drop(asker.send(value));
            }
        }
        self.ends.places.add_permits(answered);
        if !self.askers.is_empty() {
            self.ends.pulse.asked();
        }
        Ok(())
    }
}

/// A server that does not take us says so before it is asked anything.
fn unasked(value: Value) -> String {
    match value {
        Value::Refused(refusal) => Failed::Refused(refusal).text(),
        _ => "the server answers what nobody asked".to_owned(),
    }
}

/// Once more, at the end of the queue of tasks that are ready. tokio's `yield_now` would have this wait until its thread
/// has nothing else to do, and let no other thread take it.
async fn behind_the_others() {
    let mut is_queued = false;
    poll_fn(|cx| {
        if is_queued {
            return Poll::Ready(());
        }
        is_queued = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.ends.queue.end(LOST);
        self.ends.places.close();
    }
}
