//! What of a session is no plain column: periods in milliseconds, and how far a succession has come.

use crate::store::{Periods, SecretHash, SessionUpdate, Succession, SuccessorNonce, Timestamp};
use std::time::Duration;

/// The columns of a session's own periods.
pub(crate) struct PeriodColumns {
    pub(crate) active: Option<i64>,
    pub(crate) idle: Option<i64>,
}

impl PeriodColumns {
    pub(crate) fn of(periods: Option<Periods>) -> Self {
        let millis = |period: Duration| i64::try_from(period.as_millis()).unwrap_or(i64::MAX);
        Self {
            active: periods.map(|periods| millis(periods.active)),
            idle: periods.map(|periods| millis(periods.idle)),
        }
    }

    pub(crate) fn periods(self) -> Option<Periods> {
        let period = |millis: i64| Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        Some(Periods {
            active: period(self.active?),
            idle: period(self.idle?),
        })
    }
}

/// The columns of a succession: a nonce while it is pending, the instant once it is promoted.
pub(crate) struct SuccessionColumns {
    pub(crate) nonce: Option<[u8; 32]>,
    pub(crate) promoted_at: Option<i64>,
}

impl SuccessionColumns {
    pub(crate) fn of(succession: Option<&Succession>) -> Self {
        let (nonce, promoted_at) = match succession {
            None => (None, None),
            Some(Succession::Pending(nonce)) => (Some(*nonce.as_bytes()), None),
            Some(Succession::Promoted(at)) => (None, Some(at.as_millis())),
        };
        Self { nonce, promoted_at }
    }

    pub(crate) fn succession(self) -> Option<Succession> {
        let pending = |nonce| Succession::pending(SuccessorNonce::from_bytes(nonce));
        let promoted = |at| Succession::Promoted(Timestamp::from_millis(at));
        self.nonce
            .map(pending)
            .or_else(|| self.promoted_at.map(promoted))
    }
}

/// What an update sets, and the instant that it wants to find; what is absent changes nothing.
pub(crate) struct UpdateColumns {
    pub(crate) read_active_until: Option<i64>,
    pub(crate) renewed_at: Option<i64>,
    pub(crate) active_until: Option<i64>,
    pub(crate) idle_until: Option<i64>,
    pub(crate) secret_hash: Option<[u8; 32]>,
    pub(crate) authenticated_at: Option<i64>,
    pub(crate) nonce: Option<[u8; 32]>,
    pub(crate) promoted_at: Option<i64>,
}

impl UpdateColumns {
    pub(crate) fn of(update: &SessionUpdate) -> Self {
        let millis = Timestamp::as_millis;
        let (extension, rotation) = (update.extension.as_ref(), update.rotation.as_ref());
        let nonce = rotation.and_then(|rotation| rotation.successor_nonce.as_ref());
        Self {
            read_active_until: extension.map(|extension| millis(extension.read_active_until)),
            renewed_at: extension.map(|extension| millis(extension.renewed_at)),
            active_until: extension.map(|extension| millis(extension.deadlines.active_until)),
            idle_until: extension.map(|extension| millis(extension.deadlines.idle_until)),
            secret_hash: rotation.map(|rotation| *SecretHash::as_bytes(&rotation.secret_hash)),
            authenticated_at: rotation.and_then(|rotation| rotation.authenticated_at.map(millis)),
            nonce: nonce.map(|nonce| *SuccessorNonce::as_bytes(nonce)),
            promoted_at: update
                .promotion
                .map(|promotion| millis(promotion.promoted_at)),
        }
    }
}
