//! What a store is handed and hands back.

use crate::{
    clock::Timestamp,
    lifetime::Deadlines,
    token::{Credential, SecretHash, SessionId},
    user_id::UserId,
};
use std::sync::Arc;

/// A session as the store keeps it.
///
/// A store of your own keeps every field and makes the record again by [`new`](Self::new) and the fields
/// that are set afterwards. A field that a later release adds has a value that changes nothing there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionRecord {
    /// The public handle; unique.
    pub id: SessionId,
    /// SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// SHA-256 of the secret before the last rotation: it may still end the session, and do nothing
    /// else.
    pub former_hash: Option<SecretHash>,
    /// Whose session it is.
    pub user_id: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the user last proved who they are.
    pub authenticated_at: Timestamp,
    /// When it was made or last renewed.
    pub renewed_at: Timestamp,
    /// When it ends.
    pub deadlines: Deadlines,
    /// What the application calls the device.
    pub device: Option<Arc<str>>,
}

impl SessionRecord {
    /// A session that is made now, of a device without a name.
    pub fn new(
        credential: Credential,
        user_id: UserId,
        created_at: Timestamp,
        deadlines: Deadlines,
    ) -> Self {
        Self {
            id: credential.id,
            secret_hash: credential.secret_hash,
            former_hash: None,
            user_id,
            created_at,
            authenticated_at: created_at,
            renewed_at: created_at,
            deadlines,
            device: None,
        }
    }

    /// Changes the row, if it still is as the update wants it; whether it was.
    ///
    /// For a store that keeps records as they are; one that speaks SQL says the same in one statement.
    #[must_use]
    pub fn update(&mut self, update: &SessionUpdate) -> bool {
        let is_as_read = self.is_opened_by(&update.session.secret_hash)
            && update
                .renewal
                .is_none_or(|renewal| renewal.read_active_until == self.deadlines.active_until);
        if !is_as_read {
            return false;
        }
        if let Some(renewal) = update.renewal {
            self.renewed_at = renewal.renewed_at;
            self.deadlines = renewal.deadlines;
        }
        if let Some(rotation) = update.rotation {
            self.former_hash = Some(self.secret_hash);
            self.secret_hash = rotation.secret_hash;
            self.authenticated_at = rotation.authenticated_at.unwrap_or(self.authenticated_at);
        }
        true
    }

    /// Whether this secret opens the session.
    pub fn is_opened_by(&self, secret_hash: &SecretHash) -> bool {
        self.secret_hash.matches(secret_hash)
    }

    /// Whether this secret may end the session: the present one, or the one before it.
    pub(crate) fn is_ended_by(&self, secret_hash: &SecretHash) -> bool {
        let former = self.former_hash.as_ref();
        self.is_opened_by(secret_hash) || former.is_some_and(|former| former.matches(secret_hash))
    }
}

/// A session to add.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewSession {
    /// The row.
    pub record: SessionRecord,
    /// How many sessions this user may have, this one included; at least 1.
    pub limit: u32,
}

impl NewSession {
    /// A session of a user who may have so many.
    pub fn new(record: SessionRecord, limit: u32) -> Self {
        Self { record, limit }
    }
}

/// What came of a [`replace`](super::SessionStore::replace).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replaced {
    /// How many of the sessions that were to end there were.
    pub ended: u64,
    /// How many sessions of the user that had not expired were dropped for the limit.
    pub evicted: u64,
}

impl Replaced {
    /// So many.
    pub fn new(ended: u64, evicted: u64) -> Self {
        Self { ended, evicted }
    }
}

/// A change of one row, made only if the row still is as it was read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionUpdate {
    /// The row, and the hash it must still have.
    pub session: Credential,
    /// New deadlines.
    pub renewal: Option<Renewal>,
    /// Another secret.
    pub rotation: Option<Rotation>,
}

impl SessionUpdate {
    /// The same secret, new deadlines.
    pub fn renewal(session: Credential, renewal: Renewal) -> Self {
        Self {
            session,
            renewal: Some(renewal),
            rotation: None,
        }
    }

    /// Another secret, the same deadlines.
    pub fn rotation(session: Credential, rotation: Rotation) -> Self {
        Self {
            session,
            renewal: None,
            rotation: Some(rotation),
        }
    }
}

/// New deadlines of a session.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Renewal {
    /// The `active_until` the row must still have: of two renewals at once, one finds it changed.
    pub read_active_until: Timestamp,
    /// Now.
    pub renewed_at: Timestamp,
    /// What to set.
    pub deadlines: Deadlines,
}

impl Renewal {
    /// A renewal now.
    pub fn new(read_active_until: Timestamp, renewed_at: Timestamp, deadlines: Deadlines) -> Self {
        Self {
            read_active_until,
            renewed_at,
            deadlines,
        }
    }
}

/// Another secret of a session; the hash that the row has becomes its
/// [`former_hash`](SessionRecord::former_hash).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rotation {
    /// The new hash.
    pub secret_hash: SecretHash,
    /// Set if the user proved who they are once more.
    pub authenticated_at: Option<Timestamp>,
}

impl Rotation {
    /// Another secret; the user proved who they are at `authenticated_at`, if at all.
    pub fn new(secret_hash: SecretHash, authenticated_at: Option<Timestamp>) -> Self {
        Self {
            secret_hash,
            authenticated_at,
        }
    }
}

/// Which sessions of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserSessions {
    /// Every one.
    All,
    /// Every one but this.
    AllBut(SessionId),
    /// This one, if it is the user's.
    Only(SessionId),
}
