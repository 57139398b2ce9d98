//! [`UsersFrom`]: sessions in one store, users in another.

use super::{
    AnswersAtOnce, Credential, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate,
    Store, StoreFuture, Timestamp, UserSessions, UserStore,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};
use std::{fmt, marker::PhantomData};

/// A store whose users are in another one; made by
/// [`AuthBuilder::users_from`](crate::AuthBuilder::users_from).
pub struct UsersFrom<S, P, U> {
    sessions: S,
    users: P,
    user: PhantomData<fn() -> U>,
}

impl<S, P, U> UsersFrom<S, P, U> {
    pub(crate) fn new(sessions: S, users: P) -> Self {
        Self {
            sessions,
            users,
            user: PhantomData,
        }
    }
}

impl<S: fmt::Debug, P: fmt::Debug, U> fmt::Debug for UsersFrom<S, P, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsersFrom")
            .field("sessions", &self.sessions)
            .field("users", &self.users)
            .finish()
    }
}

impl<S: AnswersAtOnce, P: AnswersAtOnce, U> AnswersAtOnce for UsersFrom<S, P, U> {}

impl<S: Store<UserId>, P: UserStore<U>, U> UsersFrom<S, P, U> {
    fn kept(&self) -> &dyn SessionStore {
        self.sessions.sessions()
    }

    /// As sessions have the id; one that no user can have is nobody's, and stays as it is.
    fn canonical(&self, id: UserId) -> Result<UserId, StoreError> {
        let canonical = self.users.canonical_id(id.clone())?;
        Ok(canonical.unwrap_or(id))
    }
}

impl<S, P, U> Store<U> for UsersFrom<S, P, U>
where
    S: Store<UserId>,
    P: UserStore<U>,
    U: Send + 'static,
{
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        StoreFuture::later(async move {
            let Some(record) = self.kept().load(credential.id).await? else {
                return Ok(None);
            };
            if !record.is_opened_by(&credential.secret_hash) {
                return Ok(None);
            }
            match self.load_user(record.user_id.clone()).await {
                // What stands under another id, no sign-out of the user would find.
                Ok(user) => Ok(user
                    .filter(|(id, _)| *id == record.user_id)
                    .map(|(_, user)| (record, user))),
                Err(StoreError::NotAdmitted) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        let id = match self.users.canonical_id(id) {
            Ok(Some(id)) => id,
            Ok(None) => return StoreFuture::ready(Ok(None)),
            Err(error) => return StoreFuture::ready(Err(error)),
        };
        let user = self.users.find_user(id.clone());
        user.and_then(|user| Ok(user.map(|user| (id, user))))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        let both = self.sessions.prepare().beside(self.users.prepare());
        both.and_then(|((), ())| Ok(()))
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.sessions.warnings();
        warnings.extend(self.users.warnings());
        warnings
    }
}

/// Those of the first store, of users whose ids the second one knows to write.
impl<S, P, U> SessionStore for UsersFrom<S, P, U>
where
    S: Store<UserId>,
    P: UserStore<U>,
    U: 'static,
{
    fn new_id(&self, user: &UserId, random: SessionId) -> SessionId {
        self.kept().new_id(user, random)
    }

    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        self.kept().replace(new, ended)
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        self.kept().load(id)
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        self.kept().update(update)
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        self.kept().end(sessions)
    }

    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        self.kept().delete_by_external_ref(external_ref)
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        self.kept().delete(id)
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        match self.canonical(user) {
            Ok(user) => self.kept().delete_of_user(user, which),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        match self.canonical(user) {
            Ok(user) => self.kept().list(user, now),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        self.kept().delete_expired(deadline, limit)
    }

    fn sweeps(&self) -> bool {
        self.kept().sweeps()
    }

    fn spans_users(&self) -> bool {
        self.kept().spans_users()
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        let both = self.kept().ping().beside(self.users.ping());
        both.and_then(|((), ())| Ok(()))
    }
}

#[cfg(test)]
mod tests;
