//! What a handler did to the browser's cookie, and what becomes of it in the response.

use crate::{
    auth::Config,
    clock::Timestamp,
    cookie::write,
    response::{SessionHeaders, SetCookie},
    session::Session,
};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What the browser shall hold after the response.
#[derive(Clone)]
pub(super) enum Change {
    Set(Session),
    Clear,
}

/// The last change wins. A store that fails takes back what only the cookie knows, but not what is
/// done in the store: a sign-in that was committed reaches the browser whatever comes after it.
///
/// Most requests change nothing, and then there is nothing to lock.
#[derive(Default)]
pub(super) struct PendingCookie(OnceLock<Mutex<Pending>>);

#[derive(Clone, Default)]
struct Pending {
    change: Option<Change>,
    committed: bool,
    store_failed: bool,
    /// The answer depends on the cookie, whatever it said.
    asked: bool,
    /// The renewal of this request is not worth a cookie any more.
    renewal_overtaken: bool,
    /// A handler further in has looked whether it is.
    renewal_sent: bool,
    /// A handler further in could not look, and has left it to this exit.
    renewal_left: bool,
}

impl PendingCookie {
    pub(super) fn set(&self, session: Session) {
        let mut pending = self.lock();
        let is_same = matches!(&pending.change, Some(Change::Set(set)) if set.id() == session.id());
        pending.committed &= is_same;
        pending.change = Some(Change::Set(session));
    }

    /// Does nothing after the store failed: an outage signs nobody out.
    pub(super) fn clear(&self) {
        let mut pending = self.lock();
        if !pending.store_failed {
            pending.committed &= matches!(pending.change, Some(Change::Clear));
            pending.change = Some(Change::Clear);
        }
    }

    /// Notes a change that the store has made already.
    pub(super) fn committed(&self, change: Change) {
        let mut pending = self.lock();
        pending.change = Some(change);
        pending.committed = true;
    }

    pub(super) fn store_failed(&self) {
        let mut pending = self.lock();
        pending.store_failed = true;
        if !pending.committed {
            pending.change = None;
        }
    }

    /// Notes that a handler did what depends on the cookie.
    pub(super) fn ask(&self) {
        self.lock().asked = true;
    }

    /// Whether a renewal would be sent as things stand, and was not yet.
    pub(super) fn is_open(&self) -> bool {
        let pending = self.now();
        pending.change.is_none() && !pending.store_failed && !pending.renewal_sent
    }

    pub(super) fn take_back_renewal(&self) {
        self.lock().renewal_overtaken = true;
    }

    /// The next exit, of this handler, sends no renewal: the one after it does.
    pub(super) fn leave_renewal(&self) {
        self.lock().renewal_left = true;
    }

    pub(super) fn pending(&self) -> Option<Change> {
        self.now().change
    }

    /// The session that this request signed in, if the browser is to hold it.
    pub(super) fn signed_in(&self) -> Option<Session> {
        match self.now() {
            Pending {
                change: Some(Change::Set(session)),
                committed: true,
                ..
            } => Some(session),
            _ => None,
        }
    }

    /// What the browser will hold, if it came with `found`.
    pub(super) fn current(&self, found: Option<&Session>) -> Option<Session> {
        match self.pending() {
            Some(Change::Set(session)) => Some(session),
            Some(Change::Clear) => None,
            None => found.cloned(),
        }
    }

    pub(super) fn close(
        &self,
        found: Option<&Session>,
        touched: bool,
        config: &Config,
    ) -> SessionHeaders {
        let pending = self.at_exit();
        let renewed = found.filter(|session| {
            session.is_fresh()
                && !pending.store_failed
                && !pending.renewal_overtaken
                && !pending.renewal_left
        });
        if renewed.is_some() {
            self.lock().renewal_sent = true;
        }
        let line = match (&pending.change, renewed) {
            (Some(Change::Set(session)), _) | (None, Some(session)) => {
                let now = Timestamp::from(config.clock.now());
                Some(write::set(&config.cookie, session, now))
            }
            (Some(Change::Clear), _) => Some(write::clear(&config.cookie)),
            (None, None) => None,
        };
        SessionHeaders {
            cookie: line.map(|line| {
                Box::new(SetCookie {
                    name: config.cookie.name.clone(),
                    line,
                    committed: pending.committed,
                    is_renewal: pending.change.is_none(),
                })
            }),
            values: Box::default(),
            takes_bearer: false,
            varies: touched || pending.asked || pending.store_failed || pending.change.is_some(),
            has_session: found.is_some(),
            clears_site_data: config.clear_site_data
                && pending.committed
                && matches!(pending.change, Some(Change::Clear)),
        }
    }

    fn now(&self) -> Pending {
        self.0
            .get()
            .map(|pending| lock(pending).clone())
            .unwrap_or_default()
    }

    /// Of this exit: a renewal that is left is left to the one after it.
    fn at_exit(&self) -> Pending {
        let Some(pending) = self.0.get() else {
            return Pending::default();
        };
        let mut pending = lock(pending);
        let now = pending.clone();
        pending.renewal_left = false;
        now
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        lock(self.0.get_or_init(Mutex::default))
    }
}

// Nothing can panic while the lock is held.
fn lock(pending: &Mutex<Pending>) -> MutexGuard<'_, Pending> {
    pending.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{auth::Auth, clock::Clock, store::MemoryStore};
    use std::{
        sync::{Arc, mpsc},
        thread,
        time::{Duration, SystemTime},
    };

    /// A clock of the application's that asks back.
    struct Asking(Arc<PendingCookie>);

    impl Clock for Asking {
        fn now(&self) -> SystemTime {
            self.0.pending();
            SystemTime::now()
        }
    }

    #[test]
    fn j_05_no_clock_runs_under_the_lock() {
        let pending = Arc::new(PendingCookie::default());
        let builder = Auth::builder(MemoryStore::new()).clock(Asking(Arc::clone(&pending)));
        let auth: Auth = builder.build().expect("safe defaults");
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let session = async { auth.create_session("ada").await };
        let session = runtime.expect("a runtime").block_on(session);
        pending.set(session.expect("a healthy store"));
        let (done, ended) = mpsc::channel();
        thread::spawn(move || {
            let headers = pending.close(None, false, auth.config());
            done.send(headers.cookie.is_some())
        });
        assert_eq!(ended.recv_timeout(Duration::from_secs(10)), Ok(true));
    }
}
