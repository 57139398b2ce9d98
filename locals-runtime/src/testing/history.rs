//! What clients saw of sessions, checked afterwards: whether any order of the operations explains it.
//!
//! A test lets clients sign in, read and sign out by several nodes at the same time, kills or cuts off what it
//! likes meanwhile, and writes down each operation with its beginning, its end and what came of it. [`History`]
//! then says whether that can be: a session goes from absent to valid to dead and never back, so each token is
//! looked at by itself, in `O(n log n)` for all, with no search for an order.
//!
//! Instants are numbers of one clock, that of the test: nanoseconds since its start, for instance. Tokens,
//! users and nodes are numbers that the test gives them, so a violation prints no secret. That sessions end by
//! themselves, it knows nothing of: let the test be shorter than their periods.
//!
//! ```
//! use locals::testing::history::{Action, History, Operation, Outcome, Violation};
//!
//! let mut history = History::new();
//! let sign_in = Action::SignIn { user: 7, token: Some(1) };
//! history.push(Operation::new(0, 10..20, sign_in, Outcome::Done));
//! history.push(Operation::new(1, 30..40, Action::Read { token: 1 }, Outcome::Valid { user: 7 }));
//! history.push(Operation::new(0, 50..60, Action::SignOut { token: 1 }, Outcome::Done));
//! assert!(history.check().is_ok());
//!
//! // The other node still knows the session, after it was told that it has ended.
//! history.push(Operation::new(1, 61..70, Action::Read { token: 1 }, Outcome::Valid { user: 7 }));
//! let violation = history.check().unwrap_err();
//! assert!(matches!(violation, Violation::ReadAfterEnd { .. }), "{violation}");
//! ```

mod cap;
mod check;
mod endings;
mod violation;

pub use violation::Violation;

use std::{fmt, ops::Range};

/// What a client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// A session; its token, where it was answered with one.
    SignIn {
        /// Whose.
        user: u64,
        /// What the answer had.
        token: Option<u64>,
    },
    /// Whether the token is valid, and whose it is.
    Read {
        /// Which.
        token: u64,
    },
    /// Another token for the same session; the old one is dead after the [grace](History::grace).
    Rotate {
        /// Which it was.
        token: u64,
        /// What the answer had.
        successor: Option<u64>,
    },
    /// The end of the session that the token is of.
    SignOut {
        /// Which.
        token: u64,
    },
    /// The end of all sessions of a user, but perhaps of one.
    SignOutAll {
        /// Whose.
        user: u64,
        /// The one that stays.
        but: Option<u64>,
    },
    /// How many sessions a user has.
    Count {
        /// Whose.
        user: u64,
    },
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was done, as the client was told.
    Done,
    /// The token that was read is valid, and this user's.
    Valid {
        /// Whose.
        user: u64,
    },
    /// The token that was read is not valid (401).
    Invalid,
    /// So many there are.
    Counted(u64),
    /// It was not done, and never will be: refused before anything was begun.
    NotDone,
    /// No answer, or one that says nothing (503): it may be done, not be done, or be done later.
    Unknown,
}

/// One thing that a client did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// By which node.
    pub node: u32,
    /// When it was asked.
    pub start: u64,
    /// When the answer was there, or the client gave up.
    pub end: u64,
    /// What was asked.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
}

impl Operation {
    /// Asked of this node at the first instant, answered at the second.
    pub fn new(node: u32, time: Range<u64>, action: Action, outcome: Outcome) -> Self {
        Self {
            node,
            start: time.start,
            end: time.end,
            action,
            outcome,
        }
    }

    /// It may have been done, or was.
    fn may_be_done(&self) -> bool {
        matches!(self.outcome, Outcome::Done | Outcome::Unknown)
    }

    fn is_done(&self) -> bool {
        self.outcome == Outcome::Done
    }

    /// When it is over in any case; one of which nobody knows may be done at any time later.
    fn done_by(&self) -> u64 {
        if self.is_done() { self.end } else { u64::MAX }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            start,
            end,
            action,
            outcome,
        } = self;
        write!(
            f,
            "{action:?} by node {node} from {start} to {end}: {outcome:?}"
        )
    }
}

/// What clients did, in any order.
#[derive(Clone, Debug, Default)]
pub struct History {
    operations: Vec<Operation>,
    cap: Option<u32>,
    grace: u64,
    outages: Vec<Range<u64>>,
}

impl History {
    /// Nothing happened yet: no cap of sessions, no grace, no outage.
    pub fn new() -> Self {
        Self::default()
    }

    /// A user may have so many sessions; a sign-in beyond it ends another one.
    #[must_use]
    pub fn cap(mut self, sessions: u32) -> Self {
        self.cap = Some(sessions);
        self
    }

    /// A token is valid for so long after its rotation was answered.
    #[must_use]
    pub fn grace(mut self, grace: u64) -> Self {
        self.grace = grace;
        self
    }

    /// From the first instant to the second, the time to recover included, answers may be
    /// [unknown](Outcome::Unknown). Where no outage is named, they may be so at any time.
    pub fn outage(&mut self, time: Range<u64>) {
        self.outages.push(time);
    }

    /// One operation more.
    pub fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    /// Whether some order of the operations, each between its beginning and its end, explains what was
    /// seen:
    ///
    /// - a token is given once, and no read before its sign-in finds it valid;
    /// - a valid token is its user's, whoever reads it by whichever node;
    /// - a read that begins after an answered end says invalid, and so does one after a read that said so;
    /// - a read after an answered sign-in says valid, unless something may have ended the session;
    /// - no user has more sessions than the cap at an instant, as far as it can be known, nor is told so;
    /// - what is not answered falls into an outage.
    ///
    /// What has an unknown outcome counts as done and as not done, whichever explains more.
    ///
    /// # Errors
    ///
    /// The first violation that is found.
    pub fn check(&self) -> Result<(), Violation> {
        check::check(self)
    }
}

#[cfg(test)]
mod tests;
