//! The bytes of one direction, with the fault that is switched on.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    select,
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until},
    try_join,
};

use super::{Direction, Line, connection::Cut, fault::Fault, replies::Replies, requests::Requests};

pub(super) struct Flow<'a> {
    line: &'a Line,
    direction: Direction,
    fault: watch::Receiver<Fault>,
    /// How many bytes have passed since the fault was switched.
    passed: usize,
    /// Bytes were lost: what follows them would be taken for something else.
    is_silent: bool,
    replies: Replies,
    requests: Requests,
    /// Whether the client of this connection, if it is one of MySQL's, waits for the reply to a `COMMIT`.
    waits_for_commit: &'a AtomicBool,
}

struct Chunk {
    bytes: Vec<u8>,
    due: Option<Instant>,
}

impl<'a> Flow<'a> {
    pub(super) fn on(
        line: &'a Line,
        direction: Direction,
        waits_for_commit: &'a AtomicBool,
    ) -> Self {
        Self {
            line,
            direction,
            fault: line.fault.subscribe(),
            passed: 0,
            is_silent: false,
            replies: Replies::default(),
            requests: Requests::default(),
            waits_for_commit,
        }
    }

    /// Until the sender has closed, and the receiver was told. What is delayed waits in a queue, so that
    /// each chunk is delayed for itself.
    pub(super) async fn carry(mut self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> Result<(), Cut> {
        let (queue, chunks) = mpsc::channel(64);
        let fault = self.fault.clone();
        let reading = async {
            read(from, fault, queue).await;
            Ok(())
        };
        try_join!(reading, self.write(to, chunks))?;
        Ok(())
    }

    async fn write(
        &mut self,
        mut to: WriteHalf<'_>,
        mut chunks: mpsc::Receiver<Chunk>,
    ) -> Result<(), Cut> {
        loop {
            select! {
                biased;
                _ = self.fault.changed() => self.turn(&mut to).await,
                chunk = chunks.recv() => match chunk {
                    Some(chunk) => self.pass(&mut to, chunk).await?,
                    None => return self.finish(&mut to).await,
                },
            }
        }
    }

    /// The fault was switched.
    async fn turn(&mut self, to: &mut WriteHalf<'_>) {
        self.passed = 0;
        let fault = *self.fault.borrow_and_update();
        if matches!(fault, Fault::HalfClose(direction) if direction.covers(self.direction)) {
            self.is_silent = true;
            let _ = to.shutdown().await;
        }
    }

    async fn pass(&mut self, to: &mut WriteHalf<'_>, chunk: Chunk) -> Result<(), Cut> {
        if let Some(due) = chunk.due {
            sleep_until(due).await;
        }
        if self.fault.has_changed().unwrap_or(false) {
            self.turn(to).await;
        }
        let fault = *self.fault.borrow();
        let commit = self.commit_reply(&chunk.bytes);
        self.is_silent |= fault.swallows(self.direction);
        match fault {
            _ if self.is_silent => Ok(()),
            Fault::CutAfter(limit, direction) if direction.covers(self.direction) => {
                self.pass_until(to, &chunk.bytes, limit).await
            }
            Fault::CutOnCommitReply => self.pass_unless(to, &chunk.bytes, commit).await,
            Fault::Drip(bytes, every) => self.drip(to, &chunk.bytes, bytes, every).await,
            _ => send(to, &chunk.bytes).await,
        }
    }

    /// Where in these bytes the reply to a `COMMIT` begins. All bytes are looked at, since a message says
    /// where the next one begins.
    fn commit_reply(&mut self, bytes: &[u8]) -> Option<usize> {
        match self.direction {
            Direction::ToClient if self.waits_for_commit.swap(false, Relaxed) => Some(0),
            Direction::ToClient => self.replies.commit_in(bytes),
            _ => {
                if self.requests.end_with_commit(bytes) {
                    self.waits_for_commit.store(true, Relaxed);
                }
                None
            }
        }
    }

    async fn pass_until(
        &mut self,
        to: &mut WriteHalf<'_>,
        bytes: &[u8],
        limit: usize,
    ) -> Result<(), Cut> {
        let left = limit.saturating_sub(self.passed);
        self.passed += bytes.len();
        // Copied first: while it is borrowed, nobody can switch it.
        let fault = *self.fault.borrow();
        match bytes.get(..left) {
            Some(passing) if self.line.strikes(fault) => {
                send(to, passing).await?;
                Err(Cut::Reset)
            }
            _ => send(to, bytes).await,
        }
    }

    async fn pass_unless(
        &mut self,
        to: &mut WriteHalf<'_>,
        bytes: &[u8],
        commit: Option<usize>,
    ) -> Result<(), Cut> {
        match commit.and_then(|commit| bytes.get(..commit)) {
            Some(before) if self.line.strikes(Fault::CutOnCommitReply) => {
                send(to, before).await?;
                Err(Cut::Close)
            }
            _ => send(to, bytes).await,
        }
    }

    /// What is left of the chunk passes at once when the fault is switched.
    async fn drip(
        &mut self,
        to: &mut WriteHalf<'_>,
        bytes: &[u8],
        at_once: usize,
        every: Duration,
    ) -> Result<(), Cut> {
        for drop in bytes.chunks(at_once.max(1)) {
            send(to, drop).await?;
            if !self.fault.has_changed().unwrap_or(true) {
                sleep(every).await;
            }
        }
        Ok(())
    }

    /// The sender has closed. That gets lost, too, as long as bytes do.
    async fn finish(&mut self, to: &mut WriteHalf<'_>) -> Result<(), Cut> {
        let direction = self.direction;
        let _ = self
            .fault
            .wait_for(|fault| !fault.swallows(direction))
            .await;
        let _ = to.shutdown().await;
        Ok(())
    }
}

async fn read(mut from: ReadHalf<'_>, fault: watch::Receiver<Fault>, queue: mpsc::Sender<Chunk>) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await.unwrap_or(0);
        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
        let due = match *fault.borrow() {
            Fault::Delay(delay) => Some(Instant::now() + delay),
            _ => None,
        };
        if length == 0 || queue.send(Chunk { bytes, due }).await.is_err() {
            return;
        }
    }
}

async fn send(to: &mut WriteHalf<'_>, bytes: &[u8]) -> Result<(), Cut> {
    to.write_all(bytes).await.map_err(|_| Cut::Close)
}
