//! Giving a session another token, and noting that its user has proved who they are.

use super::Auth;
use crate::{
    error::Error,
    event::Event,
    session::Session,
    store::{Rotation, SessionUpdate},
    token::{SecretHash, SessionToken},
};

impl<U: Send + Sync + 'static> Auth<U> {
    /// Notes that the user has proved who they are, and leaves the token as it is.
    pub(crate) async fn reauthenticate(&self, session: &Session) -> Result<Session, Error> {
        let (token, same) = (session.token().clone(), session.credential().secret_hash);
        self.write_rotation(session, token, same, true).await
    }

    /// Gives a session another token.
    pub(crate) async fn rotate(
        &self,
        session: &Session,
        reauthenticated: bool,
    ) -> Result<Session, Error> {
        let minted = SessionToken::mint(self.config().entropy, |_| *session.id());
        let (token, credential) = minted.map_err(|error| self.without_randomness(error))?;
        let hash = credential.secret_hash;
        let rotated = self.write_rotation(session, token, hash, reauthenticated);
        let rotated = rotated.await?;
        self.tell(&Event::Rotated {
            session: *session.id(),
        });
        Ok(rotated)
    }

    async fn write_rotation(
        &self,
        session: &Session,
        token: SessionToken,
        secret_hash: SecretHash,
        reauthenticated: bool,
    ) -> Result<Session, Error> {
        let authenticated_at = reauthenticated.then(|| self.now());
        let rotation = Rotation::new(secret_hash, authenticated_at);
        let update = SessionUpdate::rotation(session.credential(), rotation);
        if !self.write("update", |store| store.update(update)).await? {
            return Err(Error::NoSession);
        }
        self.engine.renewals.rotated(session.id(), &secret_hash);
        let mut record = session.record().clone();
        let changed = record.update(&update);
        debug_assert!(changed, "the store has changed the same row");
        Ok(Session::new(record, token, session.state(), true))
    }
}
