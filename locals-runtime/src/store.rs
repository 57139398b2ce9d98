//! What a session store is: [`SessionStore`], and [`Store`] for one that knows the users too.
//!
//! Implement both to keep sessions elsewhere; `locals::testing::conformance` (feature `testing`)
//! tells whether an implementation keeps the promises below.

mod admits;
mod delegate;
mod memory;
mod reply;
mod sessions_only;
#[cfg(feature = "sqlite")]
pub(crate) mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod users_with;

pub use crate::{
    clock::Timestamp,
    lifetime::Deadlines,
    token::{Credential, SecretHash},
};
pub use memory::MemoryStore;
pub use reply::StoreFuture;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteOptions, SqliteStore, SqliteStoreWithUsers, UsersTable};
pub use users_with::UsersWith;

pub(crate) use admits::{Admission, Admits};
pub(crate) use delegate::delegate_sessions;
pub(crate) use sessions_only::SessionsOnly;

use crate::{error::StoreError, token::SessionId, user_id::UserId};
use std::sync::Arc;

/// Keeps sessions.
///
/// Every method is one statement or one transaction: a future dropped at any point leaves the store
/// as it was before or as it is after, never between. A store compares ids, hashes and user ids
/// byte for byte. It never creates a row except in [`insert`](Self::insert) and
/// [`replace`](Self::replace), and it never answers "not there" for "could not look", nor "done" for
/// a write that changed nothing.
pub trait SessionStore: Send + Sync + 'static {
    /// Adds a session, then drops the user's sessions beyond the limit: first those that have ended
    /// by their deadlines, then the least recently used, never the one just made.
    ///
    /// # Errors
    ///
    /// [`StoreError::DuplicateId`] if the id is taken: the row that is there stays as it is.
    /// [`StoreError::UnknownUser`] if the store knows the users and this is none of them.
    fn insert(&self, new: NewSession) -> StoreFuture<'_, ()> {
        self.replace(new, Vec::new())
    }

    /// Adds a session as [`insert`](Self::insert) does and removes those with the ids `ended`, all or
    /// nothing.
    ///
    /// # Errors
    ///
    /// As for [`insert`](Self::insert): then none of `ended` is removed.
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, ()>;

    /// The row with this id, expired or not.
    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>>;

    /// Moves the deadlines of a session if id, hash and `active_until` are still those read.
    ///
    /// `true` if a row was changed.
    fn extend(&self, extension: Extension) -> StoreFuture<'_, bool>;

    /// Gives a session another secret if id and hash are still those read; the hash it had becomes its
    /// [`former_hash`](SessionRecord::former_hash).
    ///
    /// `true` if a row was changed.
    fn rotate(&self, rotation: Rotation) -> StoreFuture<'_, bool>;

    /// Removes the sessions with these ids, all or nothing; how many there were.
    ///
    /// Whoever asks has proved that they may: [`Auth`](crate::Auth) looks at the secret first, so that
    /// a stranger with a made-up token causes no write.
    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64>;

    /// Removes the session with this id; whether there was one.
    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool>;

    /// Removes sessions of one user, all or nothing; how many there were.
    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64>;

    /// The sessions of one user that are not past `idle_until` at `now`, most recently renewed
    /// first.
    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>>;

    /// Removes at most `limit` sessions whose `idle_until` is at or before `deadline`; how many.
    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64>;

    /// Whether the store can answer now.
    fn ping(&self) -> StoreFuture<'_, ()>;
}

/// A [`SessionStore`] that also brings the session's user, in the same round trip.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot bring users of type `{U}`",
    label = "this store does not know where `{U}` comes from",
    note = "sessions in SQLite: `SqliteStore::open(..)?.with_users(\"users\")`, with `{U}: serde::de::DeserializeOwned`",
    note = "any store: `Auth::builder(store).users_with(|id| async move {{ .. }})`",
    note = "no users at all: `Auth<UserId>`, whose user is just the id"
)]
pub trait Store<U>: SessionStore {
    /// The row with this id and secret, expired or not, and its user; `None` if either is missing.
    ///
    /// The secret is compared before the user is looked for or read: a public id with a made-up
    /// secret causes no work of the application.
    ///
    /// # Errors
    ///
    /// [`StoreError::UserUnreadable`] if the user is there, but is no `U`.
    fn load_with_user(&self, presented: Credential) -> StoreFuture<'_, Option<(SessionRecord, U)>>;

    /// The user with this id, and the id as the store writes it; `None` if there is no such user.
    ///
    /// Asked before a session is made: who cannot be loaded now could not be loaded by the next request.
    ///
    /// # Errors
    ///
    /// [`StoreError::UserUnreadable`] if the user is there, but is no `U`;
    /// [`StoreError::NotAdmitted`] if it may not sign in.
    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>>;

    /// Makes the store ready and checks that it can serve `U`; called once, by
    /// [`AuthBuilder::build`](crate::AuthBuilder::build).
    ///
    /// # Errors
    ///
    /// [`StoreError::Setup`] with what is wrong and what to do about it.
    fn prepare(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// What whoever runs the program should mend, as far as the store can see: logged once at start, but
    /// not in development ([`AuthBuilder::insecure_dev`](crate::AuthBuilder::insecure_dev)).
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A user type that nobody has.
///
/// A store that brings nothing but ids implements [`Store`] for it too: with one implementation alone,
/// rustc takes every user type for [`UserId`], and says of a forgotten `with_users` only that two types
/// differ.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum NoUser {}

/// Implements [`Store`] of [`NoUser`] for a store of ids.
macro_rules! no_other_users {
    ($store:ty) => {
        impl $crate::store::Store<$crate::store::NoUser> for $store {
            fn load_with_user(
                &self,
                _: $crate::store::Credential,
            ) -> $crate::store::StoreFuture<
                '_,
                Option<($crate::store::SessionRecord, $crate::store::NoUser)>,
            > {
                $crate::store::StoreFuture::ready(Ok(None))
            }

            fn load_user(
                &self,
                _: $crate::UserId,
            ) -> $crate::store::StoreFuture<'_, Option<($crate::UserId, $crate::store::NoUser)>>
            {
                $crate::store::StoreFuture::ready(Ok(None))
            }
        }
    };
}

pub(crate) use no_other_users;

/// A session as the store keeps it.
#[derive(Clone, Debug)]
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
    /// Whether this secret opens the session.
    pub(crate) fn is_opened_by(&self, presented: &SecretHash) -> bool {
        self.secret_hash.matches(presented)
    }

    /// Whether this secret may end the session: the present one, or the one before it.
    pub(crate) fn is_ended_by(&self, presented: &SecretHash) -> bool {
        let former = self.former_hash.as_ref();
        self.is_opened_by(presented) || former.is_some_and(|former| former.matches(presented))
    }

    /// The same session with another secret.
    pub(crate) fn rotated(&self, rotation: &Rotation) -> Self {
        Self {
            secret_hash: rotation.secret_hash,
            former_hash: Some(self.secret_hash),
            authenticated_at: rotation.authenticated_at.unwrap_or(self.authenticated_at),
            ..self.clone()
        }
    }
}

/// A session to add.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The row.
    pub record: SessionRecord,
    /// How many sessions this user may have, this one included; at least 1.
    pub limit: u32,
}

/// A renewal: the same row, the same secret, new deadlines.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    /// The row, and the hash it must still have.
    pub session: Credential,
    /// The `active_until` it must still have: of two renewals at once, one finds it changed.
    pub read_active_until: Timestamp,
    /// Now.
    pub renewed_at: Timestamp,
    /// What to set.
    pub deadlines: Deadlines,
}

/// Another secret for the same row.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// The row, and the hash it must still have.
    pub session: Credential,
    /// The new hash.
    pub secret_hash: SecretHash,
    /// Set if the user proved who they are once more.
    pub authenticated_at: Option<Timestamp>,
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
