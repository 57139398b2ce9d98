//! A token that was replaced long ago comes back: somebody has a copy of it.

use super::Auth;
use crate::{error::StoreError, event::Event, session::Whose, token::SessionId};

impl<U: Send + Sync + 'static> Auth<U> {
    /// Ends the session, whoever of the two is the thief, and says so once: of several requests that
    /// come with the token, one ends a session.
    pub(super) async fn end_reused(&self, session: SessionId) -> Result<(), StoreError> {
        let ended = self.write("end", |store| store.end(vec![session])).await?;
        if ended > 0 {
            self.engine.renewals.ended(Whose::These(&[session]));
            self.tell(&Event::Reused { session });
        }
        Ok(())
    }
}
