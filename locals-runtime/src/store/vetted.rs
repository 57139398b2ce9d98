//! [`Vetted`]: a store that brings only those users whom the application lets sign in, and only by
//! sessions as old as their security stamp.

use super::{Credential, SessionRecord, SessionStore, Store, StoreFuture};
use crate::{
    error::StoreError,
    stamp::{self, Stamp},
    user_id::UserId,
};
use std::sync::Arc;

/// Whether a user may sign in and stay signed in.
pub(crate) type Admission<U> = Box<dyn Fn(&U) -> bool + Send + Sync>;

/// What of a user a session is made for.
pub(crate) type StampOf<U> = Box<dyn Fn(&U) -> &[u8] + Send + Sync>;

/// What the application asks of a user, beyond being there.
pub(crate) struct Vetting<U> {
    pub(crate) admits: Option<Admission<U>>,
    pub(crate) stamp: Option<StampOf<U>>,
}

impl<U> Default for Vetting<U> {
    fn default() -> Self {
        Self {
            admits: None,
            stamp: None,
        }
    }
}

impl<U> Vetting<U> {
    pub(crate) fn asks_nothing(&self) -> bool {
        self.admits.is_none() && self.stamp.is_none()
    }

    fn admits(&self, user: &U) -> bool {
        self.admits.as_ref().is_none_or(|admits| admits(user))
    }

    fn stamp(&self, user: &U) -> Option<Stamp> {
        let stamp = self.stamp.as_ref()?;
        Some(Stamp::new(stamp(user)))
    }

    /// Whether the user still has the stamp that the session was made with. A session that was made when
    /// there were no stamps cannot show it.
    fn is_as_stamped(&self, record: &SessionRecord, user: &U) -> bool {
        self.stamp
            .as_ref()
            .is_none_or(|stamp| record.is_made_for(&stamp::hash(stamp(user), record.id)))
    }
}

/// Behind [`AuthBuilder::admits`](crate::AuthBuilder::admits) and
/// [`AuthBuilder::security_stamp`](crate::AuthBuilder::security_stamp).
pub(crate) struct Vetted<U> {
    store: Arc<dyn Store<U>>,
    vetting: Vetting<U>,
}

impl<U> Vetted<U> {
    pub(crate) fn new(store: Arc<dyn Store<U>>, vetting: Vetting<U>) -> Self {
        Self { store, vetting }
    }
}

impl<U: Send + 'static> Store<U> for Vetted<U> {
    fn sessions(&self) -> &dyn SessionStore {
        self.store.sessions()
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        let found = self.store.load_with_user(credential);
        found.and_then(|found| {
            Ok(found.filter(|(record, user)| {
                self.vetting.admits(user) && self.vetting.is_as_stamped(record, user)
            }))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        self.store.load_user(id).and_then(|user| match user {
            Some((_, user)) if !self.vetting.admits(&user) => Err(StoreError::NotAdmitted),
            found => Ok(found),
        })
    }

    fn load_stamp(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, Option<Stamp>)>> {
        let user = self.load_user(id);
        user.and_then(|user| Ok(user.map(|(id, user)| (id, self.vetting.stamp(&user)))))
    }

    fn stamp_of(&self, user: &U) -> Option<Stamp> {
        self.vetting.stamp(user)
    }

    fn ping_with_users(&self) -> StoreFuture<'_, ()> {
        self.store.ping_with_users()
    }
}
