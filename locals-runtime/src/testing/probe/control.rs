//! [`ProbeControl`]: what is wrong with a store just now, and [`Calls`], how often it was asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How often each operation of a store was called, failed calls included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// `load` and `load_with_user`.
    pub load: u64,
    /// `load_user`, before a sign-in: about users and not about sessions, so it is in no sum, and is not
    /// the call that [`fail_nth`](ProbeControl::fail_nth) counts. It fails, hangs and loses its connection
    /// like the others.
    pub user: u64,
    /// `replace`.
    pub replace: u64,
    /// `update` with new deadlines, or of a renewed token that came back.
    pub extend: u64,
    /// `update` with another secret.
    pub rotate: u64,
    /// `end`.
    pub end: u64,
    /// `delete`, `delete_of_user`, `delete_expired`.
    pub delete: u64,
    /// `list`.
    pub list: u64,
    /// `ping`.
    pub ping: u64,
}

impl Calls {
    /// All calls.
    pub fn total(&self) -> u64 {
        self.reads() + self.writes()
    }

    /// Calls that change nothing.
    pub fn reads(&self) -> u64 {
        self.load + self.list + self.ping
    }

    /// Calls that may change something.
    pub fn writes(&self) -> u64 {
        self.replace + self.extend + self.rotate + self.end + self.delete
    }
}

/// Steers a [`Probe`](super::Probe). Clones steer the same one.
#[derive(Clone, Debug, Default)]
pub struct ProbeControl(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    healed: Notify,
}

#[derive(Debug, Default)]
struct State {
    calls: Calls,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, Default)]
enum Fault {
    #[default]
    None,
    EveryCall,
    /// The call that is so many calls ahead.
    Nth(u64),
    CorruptRows,
    Hang,
    /// Changes are made, and their answers kept back.
    HeldAnswers,
    /// Of the next call, or of the next that changes something.
    LostConnection {
        writes: bool,
    },
}

/// What a call is to do.
pub(super) enum Verdict {
    Go,
    Fail,
    Corrupt,
    Hang,
    HoldAnswer,
    LoseConnection,
}

impl ProbeControl {
    /// The calls since the start or the last [`reset`](Self::reset).
    pub fn calls(&self) -> Calls {
        self.lock().calls
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        self.lock().calls = Calls::default();
    }

    /// Every call fails as unavailable.
    pub fn fail(&self) {
        self.lock().fault = Fault::EveryCall;
    }

    /// Only the `n`-th call from now fails as unavailable; 1 is the next.
    pub fn fail_nth(&self, n: u64) {
        self.lock().fault = Fault::Nth(n);
    }

    /// Rows cannot be read.
    pub fn corrupt(&self) {
        self.lock().fault = Fault::CorruptRows;
    }

    /// The next call finds its connection broken, and does nothing.
    pub fn lose_connection(&self) {
        self.lock().fault = Fault::LostConnection { writes: false };
    }

    /// The next call that changes something finds its connection broken, and does nothing.
    pub fn lose_connection_of_writes(&self) {
        self.lock().fault = Fault::LostConnection { writes: true };
    }

    /// No call answers, or does anything, until [`heal`](Self::heal), or until it is given up at the
    /// [deadline](crate::AuthBuilder::store_deadline). That one counts real time: let it be short,
    /// `.store_deadline(Duration::from_millis(50))`. In a test that pauses tokio's clock (`start_paused`)
    /// it never comes.
    pub fn hang(&self) {
        self.lock().fault = Fault::Hang;
    }

    /// Calls that change something do so, but are not answered until [`heal`](Self::heal), or until they are
    /// given up at the deadline, as after [`hang`](Self::hang): the store is known to others sooner than to
    /// whoever changed it. The other calls are answered.
    pub fn hold_answers_of_writes(&self) {
        self.lock().fault = Fault::HeldAnswers;
    }

    /// Back to normal; calls that hang go on, and answers that were held are given.
    pub fn heal(&self) {
        self.lock().fault = Fault::None;
        self.0.healed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, operation: impl FnOnce(&mut Calls) -> &mut u64) -> Verdict {
        let mut state = self.lock();
        let before = state.calls.writes();
        *operation(&mut state.calls) += 1;
        let is_write = state.calls.writes() > before;
        state.verdict(is_write)
    }

    /// Of `load_user`, which is not among the calls that [`fail_nth`](Self::fail_nth) counts.
    pub(super) fn count_user(&self) -> Verdict {
        let mut state = self.lock();
        state.calls.user += 1;
        match state.fault {
            Fault::Nth(_) => Verdict::Go,
            _ => state.verdict(false),
        }
    }

    pub(super) async fn until_healed(&self) {
        loop {
            let healed = self.0.healed.notified();
            if !matches!(self.lock().fault, Fault::Hang | Fault::HeldAnswers) {
                return;
            }
            healed.await;
        }
    }
}

impl State {
    fn verdict(&mut self, is_write: bool) -> Verdict {
        match self.fault {
            Fault::None => Verdict::Go,
            Fault::EveryCall => Verdict::Fail,
            Fault::Nth(n) if n <= 1 => {
                self.fault = Fault::None;
                Verdict::Fail
            }
            Fault::Nth(n) => {
                self.fault = Fault::Nth(n - 1);
                Verdict::Go
            }
            Fault::CorruptRows => Verdict::Corrupt,
            Fault::Hang => Verdict::Hang,
            Fault::HeldAnswers if is_write => Verdict::HoldAnswer,
            Fault::HeldAnswers => Verdict::Go,
            Fault::LostConnection { writes } if writes && !is_write => Verdict::Go,
            Fault::LostConnection { .. } => {
                self.fault = Fault::None;
                Verdict::LoseConnection
            }
        }
    }
}
