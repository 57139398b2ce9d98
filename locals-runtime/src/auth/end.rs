//! Ending sessions: those that the application names, and those that a request may end because it has
//! validated them or presents proof of them.

use super::Auth;
use crate::{
    error::{Error, StoreError},
    event::{EndedBy, Event},
    session::{Session, Whose},
    store::{Credential, UserSessions},
    token::SessionId,
    user_id::UserId,
};

/// What a sign-in or a sign-out has to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// A session that this request found valid or made: whatever has become of its secret since.
    Validated(SessionId),
    /// A token whose secret is still to be looked at.
    ByToken(Credential),
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// Ends a session at once. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn invalidate_session(&self, id: &SessionId) -> Result<bool, Error> {
        let ended = self.write("delete", |store| store.delete(*id)).await?;
        self.tell_of_end(ended.into(), EndedBy::Application, Whose::These(&[*id]));
        Ok(ended)
    }

    /// Ends a session at once if it is this user's. Returns whether it was.
    ///
    /// For an id that came from the browser: nobody can end somebody else's session with it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn invalidate_user_session(
        &self,
        user_id: impl Into<UserId>,
        id: &SessionId,
    ) -> Result<bool, Error> {
        let (user_id, by) = (user_id.into(), EndedBy::Application);
        Ok(self
            .end_of_user(user_id, UserSessions::Only(*id), by)
            .await?
            > 0)
    }

    /// Ends every session of a user at once. Returns how many there were.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: then none was ended, unless it is `Timeout` or `ConnectionLost`, after which that is
    /// unknown.
    pub async fn invalidate_user_sessions(&self, user_id: impl Into<UserId>) -> Result<u64, Error> {
        self.end_of_user(user_id.into(), UserSessions::All, EndedBy::Application)
            .await
    }

    /// Ends every session of this session's user but itself. Returns how many there were.
    ///
    /// What a password change wants (ASVS 7.4.3).
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: then none was ended, unless it is `Timeout` or `ConnectionLost`, after which that is
    /// unknown.
    pub async fn invalidate_other_sessions(&self, session: &Session) -> Result<u64, Error> {
        let user_id = session.user_id().clone();
        let others = UserSessions::AllBut(*session.id());
        self.end_of_user(user_id, others, EndedBy::Application)
            .await
    }

    /// Ends every session that was made with this
    /// [`external_ref`](crate::SignIn::external_ref) at once. Returns how many there were.
    ///
    /// For the back-channel logout of OpenID Connect, whose logout token names a session by its `sid`: who
    /// sent it, the application has to verify.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: then none was ended, unless it is `Timeout` or `ConnectionLost`, after which that is
    /// unknown.
    pub async fn invalidate_by_external_ref(&self, name: impl AsRef<str>) -> Result<u64, Error> {
        let ended = self.write("delete_by_external_ref", |store| {
            store.delete_by_external_ref(name.as_ref())
        });
        let ended = ended.await?;
        self.tell_of_end(ended, EndedBy::Application, Whose::Unknown);
        Ok(ended)
    }

    pub(crate) async fn end_of_user(
        &self,
        user_id: UserId,
        which: UserSessions,
        by: EndedBy,
    ) -> Result<u64, Error> {
        let ended = self.write("delete_of_user", |store| {
            store.delete_of_user(user_id.clone(), which)
        });
        let ended = ended.await?;
        self.tell_of_end(ended, by, Whose::User(&user_id, which));
        Ok(ended)
    }

    /// Ends sessions; how many there were. Who proves no secret causes no write.
    pub(crate) async fn end(&self, endings: Vec<Ending>, by: EndedBy) -> Result<u64, Error> {
        let sessions = self.proven(endings, Err).await?;
        if sessions.is_empty() {
            return Ok(0);
        }
        let these = sessions.clone();
        let ended = self.write("end", |store| store.end(these)).await?;
        self.tell_of_end(ended, by, Whose::These(&sessions));
        Ok(ended)
    }

    /// The sessions that a sign-in replaces: one that cannot be read keeps nobody from signing in.
    pub(crate) async fn replaced(&self, endings: Vec<Ending>) -> Result<Vec<SessionId>, Error> {
        self.proven(endings, |_| Ok(false)).await
    }

    /// The ids of those that may be ended; `unreadable` decides about a row that cannot be read.
    async fn proven(
        &self,
        endings: Vec<Ending>,
        unreadable: impl Fn(StoreError) -> Result<bool, StoreError>,
    ) -> Result<Vec<SessionId>, Error> {
        let mut sessions = Vec::with_capacity(endings.len());
        for ending in endings {
            let (id, may_end) = match ending {
                Ending::Validated(id) => (id, true),
                Ending::ByToken(credential) => {
                    let proof = match self.load(credential.id).await {
                        Err(error @ StoreError::Corrupt { .. }) => unreadable(error)?,
                        found => found?.is_some_and(|row| row.is_ended_by(&credential.secret_hash)),
                    };
                    (credential.id, proof)
                }
            };
            if may_end && !sessions.contains(&id) {
                sessions.push(id);
            }
        }
        Ok(sessions)
    }

    pub(super) fn tell_of_end(&self, sessions: u64, by: EndedBy, whose: Whose<'_>) {
        if sessions > 0 {
            self.engine.renewals.ended(whose);
            self.tell(&Event::Ended {
                sessions,
                by,
                session: whose.session(),
                user: whose.user(),
            });
        }
    }
}
