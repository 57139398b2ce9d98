//! [`Pipeline`]: one connection on which questions are sent one behind the other, without waiting for answers.
//!
//! Whoever asks writes the question to what is to be sent, and waits; a task, the [`Driver`], sends what was gathered
//! meanwhile as a whole, and gives each answer to whom it belongs: they come in the order of the questions. Whoever
//! stops waiting keeps their place, so that nobody else gets their answer.

mod driver;
mod inbox;
mod queue;

use super::{
    error::Failed,
    resp::{Command, Value},
};
use crate::store::link::{Pulse, Stream, Task};
use driver::Driver;
use queue::Queue;
use std::sync::Arc;
use tokio::{runtime::Handle, sync::Semaphore};

/// How many questions may be unanswered: what is asked beyond them waits for its place.
const UNANSWERED: usize = 512;

#[derive(Clone)]
pub(super) struct Pipeline(Arc<Ends>);

/// What those who ask and the driver have in common.
struct Ends {
    queue: Queue,
    places: Semaphore,
    pulse: Arc<Pulse>,
}

impl Pipeline {
    /// With the task that moves its bytes: it ends when the connection does, and the connection with it.
    pub(super) fn start(stream: Stream, runtime: &Handle) -> (Self, Task<()>) {
        let ends = Arc::new(Ends {
            queue: Queue::default(),
            places: Semaphore::new(UNANSWERED),
            pulse: stream.pulse(),
        });
        let driver = Driver::new(stream, Arc::clone(&ends));
        (Self(ends), Task::spawn(runtime, driver.run()))
    }

    pub(super) fn pulse(&self) -> &Pulse {
        &self.0.pulse
    }

    /// Of one that has ended.
    pub(super) fn why_ended(&self) -> Arc<str> {
        self.0.queue.why_ended()
    }

    pub(super) async fn ask(&self, command: &Command) -> Result<Value, Failed> {
        self.ask_behind(None, command).await
    }

    /// Directly behind a command whose answer nobody waits for, with no other in between.
    pub(super) async fn ask_behind(
        &self,
        first: Option<&Command>,
        command: &Command,
    ) -> Result<Value, Failed> {
        let Ends { queue, places, .. } = &*self.0;
        let count = if first.is_some() { 2 } else { 1 };
        let Ok(place) = places.acquire_many(count).await else {
            return Err(Failed::Broken(queue.why_ended()));
        };
        let answer = queue.push(first, command).map_err(Failed::Broken)?;
        // The driver gives it back when the answer is there, whoever waits for that by then.
        place.forget();
        match answer.await {
            Ok(Value::Refused(refusal)) => Err(Failed::Refused(refusal)),
            Ok(value) => Ok(value),
            Err(_) => Err(Failed::Broken(queue.why_ended())),
        }
    }
}

#[cfg(test)]
mod tests;
