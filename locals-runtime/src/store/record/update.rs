//! A change of one row.

use crate::{
    clock::Timestamp,
    lifetime::Deadlines,
    token::{Credential, SecretHash, SuccessorNonce},
};

/// A change of one row, made only if the row still is as it was read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionUpdate {
    /// The row, and the hash it must still have.
    pub session: Credential,
    /// New deadlines.
    pub extension: Option<Extension>,
    /// Another secret.
    pub rotation: Option<Rotation>,
    /// The secret of the last renewal was presented.
    pub promotion: Option<Promotion>,
}

impl SessionUpdate {
    fn none(session: Credential) -> Self {
        Self {
            session,
            extension: None,
            rotation: None,
            promotion: None,
        }
    }

    /// New deadlines, the same secret.
    pub fn extension(session: Credential, extension: Extension) -> Self {
        Self {
            extension: Some(extension),
            ..Self::none(session)
        }
    }

    /// Another secret, the same deadlines.
    pub fn rotation(session: Credential, rotation: Rotation) -> Self {
        Self {
            rotation: Some(rotation),
            ..Self::none(session)
        }
    }

    /// New deadlines and another secret.
    pub fn rotating_extension(
        session: Credential,
        extension: Extension,
        rotation: Rotation,
    ) -> Self {
        Self {
            extension: Some(extension),
            rotation: Some(rotation),
            ..Self::none(session)
        }
    }

    /// New deadlines for a secret that takes the place of the former one by it.
    pub fn promoting_extension(
        session: Credential,
        extension: Extension,
        promotion: Promotion,
    ) -> Self {
        Self {
            extension: Some(extension),
            promotion: Some(promotion),
            ..Self::none(session)
        }
    }

    /// The same secret and deadlines: the secret has taken the place of the former one.
    pub fn promotion(session: Credential, promotion: Promotion) -> Self {
        Self {
            promotion: Some(promotion),
            ..Self::none(session)
        }
    }
}

/// New deadlines of a session.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Extension {
    /// The `active_until` the row must still have: of two renewals at once, one finds it changed.
    pub read_active_until: Timestamp,
    /// Now.
    pub renewed_at: Timestamp,
    /// What to set.
    pub deadlines: Deadlines,
}

impl Extension {
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
/// [`former_hash`](super::SessionRecord::former_hash).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rotation {
    /// The new hash.
    pub secret_hash: SecretHash,
    /// Where the new secret follows from the former one: the succession is
    /// [pending](super::Succession::Pending) then. Else there is none: the former secret opens nothing.
    pub successor_nonce: Option<SuccessorNonce>,
    /// Set if the user proved who they are once more.
    pub authenticated_at: Option<Timestamp>,
}

impl Rotation {
    /// Another secret; the user proved who they are at `authenticated_at`, if at all.
    pub fn new(secret_hash: SecretHash, authenticated_at: Option<Timestamp>) -> Self {
        Self {
            secret_hash,
            successor_nonce: None,
            authenticated_at,
        }
    }

    /// The secret that follows from the present one.
    pub fn to_successor(secret_hash: SecretHash, nonce: SuccessorNonce) -> Self {
        Self {
            secret_hash,
            successor_nonce: Some(nonce),
            authenticated_at: None,
        }
    }
}

/// The succession becomes [promoted](super::Succession::Promoted), if it is pending.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Promotion {
    /// Now.
    pub promoted_at: Timestamp,
}

impl Promotion {
    /// Presented now.
    pub fn new(promoted_at: Timestamp) -> Self {
        Self { promoted_at }
    }
}
