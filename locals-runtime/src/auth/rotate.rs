//! Giving a session another token.

use super::Auth;
use crate::{
    error::Error,
    event::Event,
    session::Session,
    store::{Rotation, SessionUpdate},
    token::SessionToken,
};

impl<U: Send + Sync + 'static> Auth<U> {
    /// Notes that the user has proved who they are, and leaves the token as it is.
    pub(crate) async fn reauthenticate(&self, session: &Session) -> Result<Session, Error> {
        let same = session.credential();
        let rotation = Rotation::new(same.secret_hash, Some(self.now()));
        let update = SessionUpdate::rotation(same, rotation);
        if !self.write("update", |store| store.update(update)).await? {
            return Err(Error::NoSession);
        }
        let mut record = session.record().clone();
        let changed = record.update(&update);
        debug_assert!(changed, "the store has changed the same row");
        Ok(Session::new(
            record,
            session.token().clone(),
            session.state(),
            true,
        ))
    }

    /// Gives a session another token.
    pub(crate) async fn rotate(
        &self,
        session: &Session,
        reauthenticated: bool,
    ) -> Result<Session, Error> {
        let minted = SessionToken::mint(self.config().entropy, |_| *session.id());
        let (token, credential) = minted.map_err(|error| self.without_randomness(error))?;
        let authenticated_at = reauthenticated.then(|| self.now());
        let rotation = Rotation::new(credential.secret_hash, authenticated_at);
        let update = SessionUpdate::rotation(session.credential(), rotation);
        if !self.write("update", |store| store.update(update)).await? {
            return Err(Error::NoSession);
        }
        self.tell(&Event::Rotated {
            session: *session.id(),
        });
        let mut record = session.record().clone();
        let changed = record.update(&update);
        debug_assert!(changed, "the store has changed the same row");
        Ok(Session::new(record, token, session.state(), true))
    }
}
