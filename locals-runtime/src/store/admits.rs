//! [`Admits`]: a store that brings only those users whom the application lets sign in.

use super::{Credential, SessionRecord, SessionStore, Store, StoreFuture};
use crate::{error::StoreError, user_id::UserId};
use std::sync::Arc;

/// Whether a user may sign in and stay signed in.
pub(crate) type Admission<U> = Box<dyn Fn(&U) -> bool + Send + Sync>;

/// Behind [`AuthBuilder::admits`](crate::AuthBuilder::admits).
pub(crate) struct Admits<U> {
    store: Arc<dyn Store<U>>,
    admits: Admission<U>,
}

impl<U> Admits<U> {
    pub(crate) fn new(store: Arc<dyn Store<U>>, admits: Admission<U>) -> Self {
        Self { store, admits }
    }
}

impl<U: Send + 'static> Store<U> for Admits<U> {
    fn sessions(&self) -> &dyn SessionStore {
        self.store.sessions()
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        let found = self.store.load_with_user(credential);
        found.and_then(|found| Ok(found.filter(|(_, user)| (self.admits)(user))))
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        self.store.load_user(id).and_then(|user| match user {
            Some((_, user)) if !(self.admits)(&user) => Err(StoreError::NotAdmitted),
            found => Ok(found),
        })
    }
}
