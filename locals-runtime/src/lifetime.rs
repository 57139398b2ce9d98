//! How long a session lives: the three periods and the deadlines that follow from them.

use crate::clock::Timestamp;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The periods of a session's life.
///
/// A session is *active* until its last renewal + `active`, then *idle* until its last renewal +
/// `active` + `idle`, then gone. An idle session that is asked for is renewed. Whatever happens, it
/// is gone `absolute` after it was created.
///
/// A renewal is the only write that using a session costs, so `active` is also the granularity of
/// the idle timeout: somebody last seen at *t* is signed out between *t* + `idle` and *t* +
/// `active` + `idle`.
///
/// ```
/// use locals::Lifetimes;
/// use std::time::Duration;
///
/// let weekend = Lifetimes { absolute: Duration::from_secs(2 * 24 * 3600), ..Lifetimes::default() };
/// # assert!(weekend.absolute < Lifetimes::aal1().absolute);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// How long after its last renewal a session is used without a write. Default: 24 hours.
    pub active: Duration,
    /// How long after that it may lie unused. Default: 14 days.
    pub idle: Duration,
    /// How long after its creation it ends in any case. Default: 30 days.
    pub absolute: Duration,
}

impl Default for Lifetimes {
    /// Active 24 hours, idle 14 days, absolute 30 days.
    fn default() -> Self {
        Self {
            active: DAY,
            idle: 14 * DAY,
            absolute: 30 * DAY,
        }
    }
}

impl Lifetimes {
    /// NIST SP 800-63B-4 AAL1: signed out 30 days after signing in (section 2.1.3).
    pub const fn aal1() -> Self {
        Self {
            active: DAY,
            idle: Duration::from_secs(14 * DAY.as_secs()),
            absolute: Duration::from_secs(30 * DAY.as_secs()),
        }
    }

    /// NIST SP 800-63B-4 AAL2: 24 hours, and 1 hour of inactivity (section 2.2.3).
    ///
    /// As it stands, with no period changed, its cookie has no `Max-Age` and goes when the browser closes
    /// (section 5.1.1), as by [`browser_session`](crate::SignIn::browser_session).
    pub const fn aal2() -> Self {
        Self {
            active: Duration::from_secs(6 * MINUTE.as_secs()),
            idle: Duration::from_secs(54 * MINUTE.as_secs()),
            absolute: DAY,
        }
    }

    /// NIST SP 800-63B-4 AAL3: 12 hours, and 15 minutes of inactivity (section 2.3.3).
    ///
    /// As it stands, its cookie goes when the browser closes: see [`aal2`](Self::aal2).
    pub const fn aal3() -> Self {
        Self {
            active: Duration::from_secs(90),
            idle: Duration::from_secs(15 * MINUTE.as_secs() - 90),
            absolute: Duration::from_secs(12 * HOUR.as_secs()),
        }
    }

    /// The name of the first period that is shorter than a store can tell: a millisecond.
    pub(crate) fn zero_period(&self) -> Option<&'static str> {
        [
            ("active", self.active),
            ("idle", self.idle),
            ("absolute", self.absolute),
        ]
        .into_iter()
        .find(|(_, period)| *period < Duration::from_millis(1))
        .map(|(name, _)| name)
    }

    /// What a session's renewals need to know.
    pub(crate) fn periods(&self) -> Periods {
        Periods {
            active: self.active,
            idle: self.idle,
        }
    }

    /// Whether a cookie of such a session goes when the browser closes, unless the sign-in says
    /// otherwise: NIST SP 800-63B-4 asks for it from AAL2 on (section 5.1.1).
    pub(crate) fn end_with_the_browser(&self) -> bool {
        [Self::aal2(), Self::aal3()].contains(self)
    }

    /// The deadlines of a session made now.
    pub(crate) fn deadlines(&self, now: Timestamp) -> Deadlines {
        self.periods().until(now, now.plus(self.absolute))
    }
}

/// The periods of one session, kept with it: its renewals use them, whatever the configuration says by
/// then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// How long after its last renewal the session is used without a write.
    pub active: Duration,
    /// How long after that it may lie unused.
    pub idle: Duration,
}

impl Periods {
    /// The deadlines after a renewal now; never earlier than before, never past the absolute one.
    pub(crate) fn renewed(&self, before: Deadlines, now: Timestamp) -> Deadlines {
        let after = self.until(now, before.expires_at);
        Deadlines {
            active_until: after.active_until.max(before.active_until),
            idle_until: after.idle_until.max(before.idle_until),
            expires_at: before.expires_at,
        }
    }

    fn until(&self, renewed_at: Timestamp, expires_at: Timestamp) -> Deadlines {
        let active_until = renewed_at.plus(self.active);
        Deadlines {
            active_until: active_until.min(expires_at),
            idle_until: active_until.plus(self.idle).min(expires_at),
            expires_at,
        }
    }
}

/// Whether a session is used without a write, or renewed when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Renewed less than the `active` period ago.
    Active,
    /// Still valid, and renewed by the next request that asks for it.
    Idle,
}

/// When a session stops being active, when it is gone if unused, and when it is gone in any case.
///
/// A deadline is past as soon as `now >= deadline`, in every store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// From here on the session is idle: asking for it renews it.
    pub active_until: Timestamp,
    /// From here on the session is gone unless it was renewed; at most `expires_at`.
    pub idle_until: Timestamp,
    /// From here on the session is gone; fixed when it was created.
    pub expires_at: Timestamp,
}

impl Deadlines {
    /// Active, idle, or (`None`) gone.
    pub(crate) fn state_at(&self, now: Timestamp) -> Option<SessionState> {
        if now >= self.idle_until || now >= self.expires_at {
            None
        } else if now >= self.active_until {
            Some(SessionState::Idle)
        } else {
            Some(SessionState::Active)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[test]
    fn d_11_presets_keep_within_the_inactivity_limits_of_nist() {
        let limits = [
            (Lifetimes::aal2(), HOUR, DAY),
            (Lifetimes::aal3(), 15 * MINUTE, 12 * HOUR),
        ];
        for (preset, inactivity, absolute) in limits {
            assert!(preset.active + preset.idle <= inactivity);
            assert!(preset.active * 10 <= inactivity, "early by a tenth at most");
            assert_eq!(preset.absolute, absolute);
        }
        assert_eq!(Lifetimes::aal1().absolute, 30 * DAY);
    }

    #[test]
    fn d_10_no_renewal_moves_the_absolute_deadline_or_passes_it() {
        let lifetimes = Lifetimes::default();
        let born = lifetimes.deadlines(NOW);
        let late = lifetimes.periods().renewed(born, NOW.plus(29 * DAY));
        assert_eq!(late.expires_at, born.expires_at);
        assert_eq!(late.idle_until, born.expires_at);
    }

    #[test]
    fn h_02_a_renewal_under_a_clock_set_back_shortens_nothing() {
        let lifetimes = Lifetimes::default();
        let born = lifetimes.deadlines(NOW);
        assert_eq!(
            lifetimes.periods().renewed(born, NOW.minus(10 * 365 * DAY)),
            born
        );
    }

    #[test]
    fn a_zero_period_is_named() {
        let idle = Lifetimes {
            idle: Duration::ZERO,
            ..Lifetimes::default()
        };
        assert_eq!(idle.zero_period(), Some("idle"));
        assert_eq!(Lifetimes::aal3().zero_period(), None);
    }
}
