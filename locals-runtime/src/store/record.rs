//! What a store is handed and hands back.

mod update;

pub use update::{Extension, Promotion, Rotation, SessionUpdate};

use crate::{
    clock::Timestamp,
    lifetime::{Deadlines, Periods},
    token::{Credential, SecretHash, SessionId, SuccessorNonce},
    user_id::UserId,
};
use std::sync::Arc;

/// A session as the store keeps it.
///
/// A store of your own keeps every field and makes the record again by [`new`](Self::new) and the fields
/// that are set afterwards. A field that a later release adds has a value that changes nothing there. What
/// most sessions do not have is boxed, since a record is moved around with every request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionRecord {
    /// The public handle; unique.
    pub id: SessionId,
    /// SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// SHA-256 of the secret before the last rotation: it may still end the session, and do nothing
    /// else unless there is a `succession`.
    pub former_hash: Option<Box<SecretHash>>,
    /// How far the present secret has taken the place of the former one, where renewals rotate.
    pub succession: Option<Succession>,
    /// Whose session it is.
    pub user_id: UserId,
    /// SHA-256 of the id and the security stamp that the user had when the session was made.
    pub user_stamp: Option<SecretHash>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the user last proved who they are.
    pub authenticated_at: Timestamp,
    /// When it was made or last renewed.
    pub renewed_at: Timestamp,
    /// When it ends.
    pub deadlines: Deadlines,
    /// The periods that its renewals use; those of the [`Auth`](crate::Auth) where there are none.
    pub periods: Option<Periods>,
    /// Whether the browser is to forget it when it closes.
    pub browser_session: bool,
    /// What the application calls the device.
    pub device: Option<Arc<str>>,
    /// How the user proved who they are: at most 16 bytes.
    pub assurance: Option<Arc<str>>,
    /// A name from outside by which the application may end it: at most 255 bytes, not unique.
    pub external_ref: Option<Arc<str>>,
}

/// How far a secret that a renewal gave out has taken the place of the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Succession {
    /// Nobody has presented it yet: whoever presents the former one is given it (again). It is
    /// HMAC-SHA256 of the former secret under this nonce.
    Pending(Box<SuccessorNonce>),
    /// It was first presented then.
    Promoted(Timestamp),
}

impl Succession {
    /// Nobody has presented the secret that follows by this nonce.
    pub fn pending(nonce: SuccessorNonce) -> Self {
        Self::Pending(Box::new(nonce))
    }
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
            succession: None,
            user_id,
            user_stamp: None,
            created_at,
            authenticated_at: created_at,
            renewed_at: created_at,
            deadlines,
            periods: None,
            browser_session: false,
            device: None,
            assurance: None,
            external_ref: None,
        }
    }

    /// Changes the row, if it still is as the update wants it; whether it was.
    ///
    /// For a store that keeps records as they are; one that speaks SQL says the same in one statement.
    #[must_use]
    pub fn update(&mut self, update: &SessionUpdate) -> bool {
        let is_as_read = self.secret_hash.matches(&update.session.secret_hash)
            && update
                .extension
                .is_none_or(|extension| extension.read_active_until == self.deadlines.active_until)
            && (update.promotion.is_none() || self.is_pending());
        if !is_as_read {
            return false;
        }
        if let Some(extension) = update.extension {
            self.renewed_at = extension.renewed_at;
            self.deadlines = extension.deadlines;
        }
        if let Some(rotation) = update.rotation {
            self.former_hash = Some(Box::new(self.secret_hash));
            self.secret_hash = rotation.secret_hash;
            self.succession = rotation.successor_nonce.map(Succession::pending);
            self.authenticated_at = rotation.authenticated_at.unwrap_or(self.authenticated_at);
        }
        if let Some(promotion) = update.promotion {
            self.succession = Some(Succession::Promoted(promotion.promoted_at));
        }
        true
    }

    /// Whether this secret opens the session: the present one, or the former one while there is a
    /// `succession`, of which the engine then decides what it is worth.
    pub fn is_opened_by(&self, secret_hash: &SecretHash) -> bool {
        self.secret_hash.matches(secret_hash)
            || (self.succession.is_some() && self.is_former(secret_hash))
    }

    /// It and the id of its user, if this secret opens it: what a store without users answers.
    pub(crate) fn opened_by(self, secret_hash: &SecretHash) -> Option<(Self, UserId)> {
        self.is_opened_by(secret_hash).then(|| {
            let user = self.user_id.clone();
            (self, user)
        })
    }

    /// Whether it was made for a user whose stamp hashes to this.
    pub(crate) fn is_made_for(&self, stamp_hash: &SecretHash) -> bool {
        let made_for = self.user_stamp.as_ref();
        made_for.is_some_and(|made_for| made_for.matches(stamp_hash))
    }

    /// Whether the secret of the last renewal is out, and has not been presented yet.
    pub(crate) fn is_pending(&self) -> bool {
        matches!(self.succession, Some(Succession::Pending(_)))
    }

    fn is_former(&self, secret_hash: &SecretHash) -> bool {
        let former = self.former_hash.as_deref();
        former.is_some_and(|former| former.matches(secret_hash))
    }

    /// Whether this secret may end the session: the present one, or the one before it.
    pub(crate) fn is_ended_by(&self, secret_hash: &SecretHash) -> bool {
        self.secret_hash.matches(secret_hash) || self.is_former(secret_hash)
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
