//! [`SessionsOnly`]: a store with users, seen by handlers that need only the user's id.

use super::{Credential, SessionRecord, SessionStore, Store, StoreFuture};
use crate::{stamp::Stamp, user_id::UserId};
use std::sync::Arc;

/// Behind [`Auth::sessions_only`](crate::Auth::sessions_only).
pub(crate) struct SessionsOnly<U>(Arc<dyn Store<U>>);

impl<U> SessionsOnly<U> {
    pub(crate) fn new(store: Arc<dyn Store<U>>) -> Self {
        Self(store)
    }
}

impl<U: Send + 'static> Store<UserId> for SessionsOnly<U> {
    fn sessions(&self) -> &dyn SessionStore {
        self.0.sessions()
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        // With the user, so that a session whose user is gone is no session here either.
        StoreFuture::later(async move {
            let found = self.0.load_with_user(credential).await?;
            Ok(found.map(|(record, _)| {
                let user = record.user_id.clone();
                (record, user)
            }))
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
        let user = self.0.load_user(id);
        user.and_then(|user| Ok(user.map(|(id, _)| (id.clone(), id))))
    }

    fn load_stamp(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, Option<Stamp>)>> {
        self.0.load_stamp(id)
    }

    fn ping_with_users(&self) -> StoreFuture<'_, ()> {
        self.0.ping_with_users()
    }
}
