//! [`UsersWith`]: sessions in a store, users from a function of the application.

use super::{AnswersAtOnce, Credential, SessionRecord, SessionStore, Store, StoreFuture};
use crate::{
    error::{BoxError, StoreError},
    user_id::UserId,
};
use std::{fmt, future::Future};

/// A store whose users come from a function; made by
/// [`AuthBuilder::users_with`](crate::AuthBuilder::users_with).
pub struct UsersWith<S, F> {
    sessions: S,
    find_user: F,
}

impl<S, F> UsersWith<S, F> {
    pub(crate) fn new(sessions: S, find_user: F) -> Self {
        Self {
            sessions,
            find_user,
        }
    }
}

impl<S: fmt::Debug, F> fmt::Debug for UsersWith<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UsersWith").field(&self.sessions).finish()
    }
}

impl<S: AnswersAtOnce, F> AnswersAtOnce for UsersWith<S, F> {}

impl<S, F, Lookup, U, E> Store<U> for UsersWith<S, F>
where
    S: Store<UserId>,
    F: Fn(UserId) -> Lookup + Send + Sync + 'static,
    Lookup: Future<Output = Result<Option<U>, E>> + Send + 'static,
    E: Into<BoxError>,
    U: Send + 'static,
{
    fn sessions(&self) -> &dyn SessionStore {
        self.sessions.sessions()
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        StoreFuture::later(async move {
            // Looked at where it is, and not zipped in the end: each move of a record is a copy.
            let found = self.sessions().load(credential.id).await?;
            let opened = found
                .as_ref()
                .filter(|record| record.is_opened_by(&credential.secret_hash));
            let Some(user_id) = opened.map(|record| record.user_id.clone()) else {
                return Ok(None);
            };
            let user = (self.find_user)(user_id).await;
            match (found, user.map_err(StoreError::unavailable)?) {
                (Some(record), Some(user)) => Ok(Some((record, user))),
                _ => Ok(None),
            }
        })
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        let user = (self.find_user)(id.clone());
        StoreFuture::later(async {
            let user = user.await.map_err(StoreError::unavailable)?;
            Ok(user.map(|user| (id, user)))
        })
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        self.sessions.prepare()
    }

    fn warnings(&self) -> Vec<String> {
        self.sessions.warnings()
    }
}
