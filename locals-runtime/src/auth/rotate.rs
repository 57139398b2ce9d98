//! Giving a session another token.

use super::Auth;
use crate::{error::Error, event::Event, session::Session, store::Rotation, token::SessionToken};

impl<U: Send + Sync + 'static> Auth<U> {
    /// Gives a session another token.
    pub(crate) async fn rotate(
        &self,
        session: &Session,
        reauthenticated: bool,
    ) -> Result<Session, Error> {
        let (token, credential) = SessionToken::remint(*session.id(), self.config().entropy)?;
        let authenticated_at = reauthenticated.then(|| self.now());
        let rotation = Rotation {
            session: session.credential(),
            secret_hash: credential.secret_hash,
            authenticated_at,
        };
        if !self.store().rotate(rotation).await? {
            return Err(Error::NoSession);
        }
        self.tell(&Event::Rotated {
            session: *session.id(),
        });
        let record = session.record().rotated(&rotation);
        Ok(Session::new(record, token, session.state(), true))
    }
}
