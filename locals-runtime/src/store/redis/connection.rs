//! [`Connection`]: one live connection, on which questions are asked one behind the other without waiting.
//!
//! What changes something is asked in a task of its own: a script that the server does not have (any more) is
//! sent again as a whole, whoever stops waiting for it; how many of these there are at once has a bound.

use super::{
    apart::Apart,
    error::Failed,
    pipeline::Pipeline,
    question::Question,
    resp::{Command, Value},
    scripts::Scripts,
    server::leads_to_replica,
};
use crate::store::link::{Usable, silent};
use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, task::AbortHandle};

pub(super) struct Connection {
    parts: Parts,
    apart: Apart,
    was_asked: AtomicBool,
    has_answered: AtomicBool,
    given_up: OnceLock<String>,
}

/// What a connection is made of.
pub(super) struct Parts {
    pub(super) pipeline: Pipeline,
    pub(super) scripts: Scripts,
    pub(super) driver: AbortHandle,
    pub(super) runtime: Handle,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("given_up", &self.given_up)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            apart: Apart::on(parts.runtime.clone()),
            parts,
            was_asked: AtomicBool::new(false),
            has_answered: AtomicBool::new(false),
            given_up: OnceLock::new(),
        }
    }

    /// Asks for what is about no key.
    pub(super) async fn read(&self, command: &Command) -> Result<Value, Failed> {
        self.put(command, false).await
    }

    /// Asks for a change.
    pub(super) async fn change(self: Arc<Self>, question: Question) -> Result<Value, Failed> {
        let connection = Arc::clone(&self);
        let change = async move { connection.ask(&question, false).await };
        self.apart.run(change).await
    }

    /// Asks, and once more with the whole script where the server does not have it. `is_asking`: of a node to which
    /// the key is on its way.
    pub(super) async fn ask(&self, question: &Question, is_asking: bool) -> Result<Value, Failed> {
        let call = match question {
            Question::Command(_, command) => return self.put(command, is_asking).await,
            Question::Script(call) => call,
        };
        let scripts = &self.parts.scripts;
        match self.put(&call.by_hash(scripts), is_asking).await {
            Err(Failed::Refused(refusal)) if refusal.code == "NOSCRIPT" => {
                self.put(&call.by_text(scripts), is_asking).await
            }
            answer => answer,
        }
    }

    async fn put(&self, command: &Command, is_asking: bool) -> Result<Value, Failed> {
        note(&self.was_asked);
        let asking = is_asking.then(|| Command::new("ASKING"));
        let answer = self
            .parts
            .pipeline
            .ask_behind(asking.as_ref(), command)
            .await;
        if !matches!(answer, Err(Failed::Broken(_))) {
            note(&self.has_answered);
        }
        if let Err(failed) = &answer
            && failed.breaks_connection()
        {
            self.give_up(failed.text());
        }
        answer
    }

    /// Whether anybody asked anything since this was last called.
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.swap(false, Ordering::Relaxed)
    }

    /// Whether its server says that it follows another one.
    pub(super) async fn leads_to_replica(&self) -> bool {
        leads_to_replica(&self.parts.pipeline).await
    }

    /// Asks nobody on it any more; what waits for an answer is told that the connection is lost.
    pub(super) fn give_up(&self, cause: String) {
        self.given_up.get_or_init(|| cause);
        self.parts.driver.abort();
    }

    pub(super) fn why_lost(&self) -> String {
        let given_up = self.given_up.get().cloned();
        given_up.unwrap_or_else(|| self.parts.pipeline.why_ended().to_string())
    }

    /// Gives it up if nothing has come for so long though something was asked; whether it did.
    pub(super) fn is_given_up_for_silence(&self, patience: Duration) -> bool {
        let silence = self.parts.pipeline.pulse().silence();
        let is_silent = silence > patience;
        if is_silent {
            self.give_up(silent(silence));
        }
        is_silent
    }
}

impl Usable for Connection {
    fn is_lost(&self) -> bool {
        self.given_up.get().is_some() || self.parts.driver.is_finished()
    }

    fn has_answered(&self) -> bool {
        self.has_answered.load(Ordering::Relaxed)
    }
}

/// Written only once: all who ask share it.
fn note(flag: &AtomicBool) {
    if !flag.load(Ordering::Relaxed) {
        flag.store(true, Ordering::Relaxed);
    }
}
