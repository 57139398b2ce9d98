//! [`Event`]: what happens to sessions, told once: to the log, and to the application's hooks.

use crate::{
    error::{Error, StoreError},
    refusal::RefusalReason,
    token::SessionId,
    user_id::UserId,
};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

pub(crate) use crate::log::TARGET;

/// What happened to a session, or to a request because of one; told to
/// [`AuthBuilder::on_event`](crate::AuthBuilder::on_event) and to the log, each time once, whoever caused
/// it: a handler, a gate, the server API, the sweeper.
///
/// The log's lines are `tracing` events of the target `locals`, with the field `event` as
/// [`name`](Self::name) has it; `sid` is the first eight characters of the public id. No event has a
/// token, a secret or a hash in it.
///
/// The sources are ASVS 16.3 (what to log) and the OWASP Session Management Cheat Sheet (a session's
/// life cycle).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A user signed in, or [`Auth::create_session`](crate::Auth::create_session) made a session.
    #[non_exhaustive]
    Created {
        /// The new session.
        session: SessionId,
        /// Whose it is.
        user: &'a UserId,
    },
    /// Nobody was signed in: there is no such user, or [`AuthBuilder::admits`](crate::AuthBuilder::admits)
    /// does not let this one in. It has no id of a user: what a stranger sent need not be one.
    #[non_exhaustive]
    SignInRefused {
        /// [`UnknownUser`](StoreError::UnknownUser) or [`NotAdmitted`](StoreError::NotAdmitted).
        error: &'a StoreError,
    },
    /// An idle session was asked for, and has new deadlines.
    #[non_exhaustive]
    Renewed {
        /// Which.
        session: SessionId,
    },
    /// A session has another token.
    #[non_exhaustive]
    Rotated {
        /// Which.
        session: SessionId,
    },
    /// The token before a session's last rotation was presented after its
    /// [grace](crate::Renewal::Rotate): somebody has a copy. The session was ended.
    #[non_exhaustive]
    Reused {
        /// Which.
        session: SessionId,
    },
    /// Sessions were ended before their time.
    #[non_exhaustive]
    Ended {
        /// How many; at least one.
        sessions: u64,
        /// What ended them.
        by: EndedBy,
        /// Which, if one was asked for.
        session: Option<SessionId>,
        /// Whose they were, if they were one user's.
        user: Option<&'a UserId>,
    },
    /// The token of a session that is past its deadlines was presented.
    #[non_exhaustive]
    ExpiredOnSight {
        /// Which.
        session: SessionId,
    },
    /// The rows of sessions that are past their deadlines were removed.
    #[non_exhaustive]
    Swept {
        /// How many; at least one.
        sessions: u64,
    },
    /// The library answered in a handler's place.
    #[non_exhaustive]
    Refused {
        /// Why.
        reason: RefusalReason,
        /// For the log: what the origin check saw, and the option that would allow it.
        detail: Option<&'a str>,
    },
    /// A request had several cookies of the session's name, or more than 64 KiB of cookies: taken as no
    /// session.
    #[non_exhaustive]
    AmbiguousCookie,
    /// A token opened its session, renewed or not. Not in the log.
    #[non_exhaustive]
    Valid {
        /// Which.
        session: SessionId,
    },
    /// A token has no session in the store, another secret than its session, or a user who is gone or turned
    /// away: by [`admits`](crate::AuthBuilder::admits), `only_if`, `users_with`, or a
    /// [security stamp](crate::AuthBuilder::security_stamp). So the open tab of somebody who was banned, which
    /// goes on asking, is told of with each request. Not in the log.
    #[non_exhaustive]
    Unknown {
        /// The id in the token, which need not be that of a session.
        session: SessionId,
    },
    /// What was presented can be no token. Not in the log.
    #[non_exhaustive]
    Malformed,
    /// The row of a session cannot be read: taken as no session.
    #[non_exhaustive]
    SessionUnreadable {
        /// Which, and what is wrong with it.
        error: &'a StoreError,
    },
    /// The row of a user does not fit the application's type: 500.
    #[non_exhaustive]
    UserUnreadable {
        /// Names the column.
        error: &'a StoreError,
    },
    /// A call of the store took more than a quarter of its
    /// [deadline](crate::AuthBuilder::store_deadline).
    #[non_exhaustive]
    StoreSlow {
        /// The method of [`SessionStore`](crate::store::SessionStore) or [`Store`](crate::store::Store).
        call: &'static str,
        /// How long it took.
        elapsed: Duration,
    },
    /// The store could not do what it was asked, or not in time: 503.
    #[non_exhaustive]
    StoreFailed {
        /// The method of [`SessionStore`](crate::store::SessionStore) or [`Store`](crate::store::Store).
        call: &'static str,
        /// Why.
        error: &'a StoreError,
    },
    /// Whoever waited for a change of the store has gone: the client hung up, or a time limit of the
    /// application's own ran out. Whether it took place is unknown.
    #[non_exhaustive]
    WriteAbandoned {
        /// The method of [`SessionStore`](crate::store::SessionStore).
        call: &'static str,
    },
    /// The operating system gave no random bytes, so no session was made: 503.
    #[non_exhaustive]
    NoRandomness {
        /// Why.
        error: &'a Error,
    },
    /// An idle session could not be renewed, or the first use of a rotated token not noted: the session was
    /// served as it is, and the next request tries again.
    #[non_exhaustive]
    RenewalNotWritten {
        /// Which.
        session: SessionId,
        /// Why.
        error: &'a StoreError,
    },
}

/// What ended sessions before their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndedBy {
    /// The user signed out, on this device or [everywhere](crate::Locals::sign_out_everywhere).
    SignOut,
    /// The user signed in anew in the same browser.
    NextSignIn,
    /// The application, by a function of [`Auth`](crate::Auth).
    Application,
    /// [`max_sessions_per_user`](crate::AuthBuilder::max_sessions_per_user).
    Cap,
}

impl fmt::Display for EndedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignOut => "sign_out",
            Self::NextSignIn => "sign_in",
            Self::Application => "application",
            Self::Cap => "cap",
        })
    }
}

impl Event<'_> {
    /// Its name in lower case with underscores, as the label of a metric.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::SignInRefused { .. } => "sign_in_refused",
            Self::Renewed { .. } => "renewed",
            Self::Rotated { .. } => "rotated",
            Self::Reused { .. } => "reused",
            Self::Ended { .. } => "ended",
            Self::ExpiredOnSight { .. } => "expired_on_sight",
            Self::Swept { .. } => "swept",
            Self::Refused { .. } => "refused",
            Self::AmbiguousCookie => "ambiguous_cookie",
            Self::Valid { .. } => "valid",
            Self::Unknown { .. } => "unknown",
            Self::Malformed => "malformed",
            Self::SessionUnreadable { .. } => "session_unreadable",
            Self::UserUnreadable { .. } => "user_unreadable",
            Self::StoreSlow { .. } => "store_slow",
            Self::StoreFailed { .. } => "store_failed",
            Self::WriteAbandoned { .. } => "write_abandoned",
            Self::NoRandomness { .. } => "no_randomness",
            Self::RenewalNotWritten { .. } => "renewal_not_written",
        }
    }
}

/// Writes a line of the log that is about this event.
macro_rules! line {
    ($level:ident, $event:expr, $($fields:tt)*) => {
        tracing::$level!(target: TARGET, event = $event.name(), $($fields)*)
    };
}

impl Event<'_> {
    fn log(&self) {
        match self {
            Self::Created { session, .. } => {
                line!(info, self, sid = session.prefix(), "session created");
            }
            Self::SignInRefused { error } => line!(info, self, %error, "sign-in refused"),
            Self::Renewed { session } => {
                line!(debug, self, sid = session.prefix(), "session renewed");
            }
            Self::Rotated { session } => {
                line!(info, self, sid = session.prefix(), "session rotated");
            }
            Self::Reused { session } => {
                let sid = session.prefix();
                line!(warn, self, sid, "a replaced token came back: session ended");
            }
            Self::Ended {
                sessions,
                by,
                session,
                ..
            } => log_end(self, *sessions, *by, session.as_ref()),
            Self::ExpiredOnSight { session } => {
                line!(debug, self, sid = session.prefix(), "session expired");
            }
            Self::Swept { sessions } => line!(debug, self, sessions, "expired sessions removed"),
            Self::Refused { reason, detail } => log_refusal(self, *reason, *detail),
            Self::AmbiguousCookie => {
                line!(warn, self, "ambiguous session cookies: taken as no session");
            }
            Self::Valid { .. } | Self::Unknown { .. } | Self::Malformed => {}
            Self::SessionUnreadable { error } => line!(error, self, %error, "session refused"),
            Self::UserUnreadable { error } => line!(error, self, %error, "user unreadable"),
            Self::StoreSlow { call, elapsed } => {
                line!(warn, self, call, ?elapsed, "the session store is slow");
            }
            Self::StoreFailed { call, error } => {
                line!(error, self, call, %error, "the session store failed");
            }
            Self::WriteAbandoned { call } => {
                line!(
                    warn,
                    self,
                    call,
                    "nobody waits for this change of the store any more"
                );
            }
            Self::NoRandomness { error } => line!(error, self, %error, "no session made"),
            Self::RenewalNotWritten { session, error } => {
                let sid = session.prefix();
                line!(warn, self, sid, %error, "session not renewed, served as it is");
            }
        }
    }
}

fn log_end(event: &Event<'_>, sessions: u64, by: EndedBy, session: Option<&SessionId>) {
    let sid = session.map(SessionId::prefix);
    match by {
        EndedBy::SignOut => line!(info, event, %by, sid, sessions, "signed out"),
        EndedBy::NextSignIn | EndedBy::Application | EndedBy::Cap => {
            line!(info, event, %by, sid, sessions, "sessions ended");
        }
    }
}

/// What the application's users do every day is no news; what it shows of other sites and of a guard is.
fn log_refusal(event: &Event<'_>, reason: RefusalReason, detail: Option<&str>) {
    match reason {
        RefusalReason::CrossSite => {
            line!(warn, event, %reason, detail, "cross-site request refused");
        }
        RefusalReason::Forbidden => line!(info, event, %reason, "request refused"),
        RefusalReason::SignedOut | RefusalReason::StoreFailed | RefusalReason::UserUnreadable => {
            line!(debug, event, %reason, "request refused");
        }
    }
}

/// A hook of the application.
pub(crate) type Hook = Box<dyn Fn(&Event<'_>) + Send + Sync>;

/// Where events are told.
#[derive(Default)]
pub(crate) struct Events {
    hooks: Vec<Hook>,
}

impl Events {
    pub(crate) fn add(&mut self, hook: Hook) {
        self.hooks.push(hook);
    }

    /// To the log, then to each hook: one that panics keeps nothing from happening.
    pub(crate) fn tell(&self, event: &Event<'_>) {
        event.log();
        for hook in &self.hooks {
            if catch_unwind(AssertUnwindSafe(|| hook(event))).is_err() {
                tracing::error!(
                    target: TARGET,
                    event = event.name(),
                    "a hook of the application panicked"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_14_a_hook_that_panics_keeps_the_others_from_nothing() {
        use std::sync::{Arc, Mutex};

        let told = Arc::new(Mutex::new(Vec::new()));
        let mut events = Events::default();
        events.add(Box::new(|_| panic!("the application's own")));
        let names = Arc::clone(&told);
        events.add(Box::new(move |event| {
            names.lock().expect("no panic under it").push(event.name());
        }));
        events.tell(&Event::Malformed);
        events.tell(&Event::AmbiguousCookie);
        assert_eq!(
            *told.lock().expect("no panic under it"),
            ["malformed", "ambiguous_cookie"]
        );
    }
}
