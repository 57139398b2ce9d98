//! [`Queue`]: what is to be sent, and who waits for the answers.

use crate::store::redis::resp::{Command, Value};
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
};
use tokio::sync::oneshot;

/// Who waits for an answer; `None`: nobody ever did.
pub(super) type Asker = Option<oneshot::Sender<Value>>;

/// Why, where nobody knows better.
pub(super) const LOST: &str = "the connection was lost";

#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    /// Questions that were not sent yet, and who asks them.
    out: Vec<u8>,
    askers: Vec<Asker>,
    /// Of the driver, while it waits for a question.
    driver: Option<Waker>,
    ended: Option<Arc<str>>,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What will be told to whoever asks, if the connection is there still; why it has ended, if not.
    pub(super) fn push(
        &self,
        first: Option<&Command>,
        command: &Command,
    ) -> Result<oneshot::Receiver<Value>, Arc<str>> {
        let (asker, answer) = oneshot::channel();
        let mut state = self.state();
        if let Some(cause) = &state.ended {
            return Err(Arc::clone(cause));
        }
        if let Some(first) = first {
            first.write_to(&mut state.out);
            state.askers.push(None);
        }
        command.write_to(&mut state.out);
        state.askers.push(Some(asker));
        let driver = state.driver.take();
        drop(state);
        if let Some(driver) = driver {
            driver.wake();
        }
        Ok(answer)
    }

    /// Whether there is something to be sent; if not, this is woken once there is.
    pub(super) fn is_filled(&self, driver: &Waker) -> bool {
        let mut state = self.state();
        if !state.askers.is_empty() {
            return true;
        }
        state.driver = Some(driver.clone());
        false
    }

    /// Takes all of it, in the place of buffers that are empty.
    pub(super) fn take(&self, out: &mut Vec<u8>, askers: &mut Vec<Asker>) {
        let mut state = self.state();
        mem::swap(&mut state.out, out);
        mem::swap(&mut state.askers, askers);
    }

    /// Nothing is sent any more; whoever waits is told.
    pub(super) fn end(&self, cause: &str) {
        let mut state = self.state();
        state.ended.get_or_insert_with(|| cause.into());
        state.out = Vec::new();
        state.driver = None;
        let askers = mem::take(&mut state.askers);
        drop(state);
        drop(askers);
    }

    pub(super) fn why_ended(&self) -> Arc<str> {
        let ended = self.state().ended.clone();
        ended.unwrap_or_else(|| LOST.into())
    }
}
