//! [`Session`]: what an application sees of a session.

mod device;
mod info;
mod under_way;

pub use info::SessionInfo;

pub(crate) use device::device_line;
pub(crate) use under_way::{RenewalsUnderWay, UnderWay, Whose};

use crate::{
    clock::Timestamp,
    lifetime::SessionState,
    store::SessionRecord,
    token::{Credential, SessionId, SessionToken},
    user_id::UserId,
};
use std::{fmt, sync::Arc, time::SystemTime};
use subtle::ConstantTimeEq;

/// A valid session of a user.
///
/// Cheap to clone. It is a snapshot: it does not change while a request runs, and holding it does
/// not keep the session alive.
///
/// ```
/// # async fn show(auth: locals::Auth) -> Result<(), locals::Error> {
/// let session = auth.create_session(42).await?;
/// assert!(session.is_fresh());
/// assert_eq!(session.user_id().as_str(), "42");
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "a session that is created and dropped signs nobody in: hand it to `locals.set_session`, or use `locals.sign_in`"]
pub struct Session(Arc<Snapshot>);

struct Snapshot {
    record: SessionRecord,
    token: SessionToken,
    state: SessionState,
    fresh: bool,
    /// Of a renewal whose answer is not sent yet.
    under_way: Option<UnderWay>,
}

impl Session {
    pub(crate) fn new(
        record: SessionRecord,
        token: SessionToken,
        state: SessionState,
        fresh: bool,
    ) -> Self {
        Self(Arc::new(Snapshot {
            record,
            token,
            state,
            fresh,
            under_way: None,
        }))
    }

    /// Before anybody else has it.
    pub(crate) fn follow(&mut self, renewal: UnderWay) {
        if let Some(snapshot) = Arc::get_mut(&mut self.0) {
            snapshot.under_way = Some(renewal);
        }
    }

    /// Whether this process knows that somebody had the last word since its renewal began.
    pub(crate) fn is_overtaken(&self) -> bool {
        let renewal = self.0.under_way.as_ref();
        renewal.is_some_and(|renewal| renewal.is_overtaken(&self.0.record.secret_hash))
    }

    /// Whoever keeps the session longer follows its renewal no more.
    pub(crate) fn note_answered(&self) {
        if let Some(renewal) = &self.0.under_way {
            renewal.end();
        }
    }

    /// The public handle: it may be shown, and it authenticates nobody.
    pub fn id(&self) -> &SessionId {
        &self.0.record.id
    }

    /// Whose session it is.
    pub fn user_id(&self) -> &UserId {
        &self.0.record.user_id
    }

    /// When the user signed in.
    pub fn created_at(&self) -> SystemTime {
        self.0.record.created_at.into()
    }

    /// When the user last proved who they are: at sign-in, or at
    /// [`Locals::reauthenticated`](crate::Locals::reauthenticated) (ASVS 7.5.1).
    pub fn authenticated_at(&self) -> SystemTime {
        self.0.record.authenticated_at.into()
    }

    /// How the user proved who they are, if the sign-in [said so](crate::SignIn::assurance).
    pub fn assurance(&self) -> Option<&str> {
        self.0.record.assurance.as_deref()
    }

    /// The name from outside that the sign-in [gave it](crate::SignIn::external_ref).
    pub fn external_ref(&self) -> Option<&str> {
        self.0.record.external_ref.as_deref()
    }

    /// Until when it is used without being renewed.
    pub fn active_until(&self) -> SystemTime {
        self.0.record.deadlines.active_until.into()
    }

    /// Until when it may lie unused; at most [`expires_at`](Self::expires_at).
    pub fn idle_until(&self) -> SystemTime {
        self.0.record.deadlines.idle_until.into()
    }

    /// When it ends whatever happens.
    pub fn expires_at(&self) -> SystemTime {
        self.0.record.deadlines.expires_at.into()
    }

    /// Active or idle, as of the moment it was validated.
    pub fn state(&self) -> SessionState {
        self.0.state
    }

    /// Whether this request created or renewed it.
    pub fn is_fresh(&self) -> bool {
        self.0.fresh
    }

    /// The secret part; see [`SessionToken::expose`].
    pub fn token(&self) -> &SessionToken {
        &self.0.token
    }

    /// A token to put into this session's forms, for an application that wants one besides the
    /// origin check (which needs none).
    ///
    /// It belongs to the session's secret: another sign-in or a rotation gives another token.
    /// Knowing it does not help to find the secret.
    ///
    /// ```
    /// # fn show(session: locals::Session, sent: &str) {
    /// let field = format!("<input type=hidden name=token value={}>", session.form_token());
    /// let may_go_on = session.is_form_token(sent); // what came back in that field
    /// # }
    /// ```
    pub fn form_token(&self) -> String {
        self.0.token.form_token()
    }

    /// Whether this is the session's [`form_token`](Self::form_token), as it came back in a form or
    /// a header; compared in constant time.
    pub fn is_form_token(&self, presented: &str) -> bool {
        self.form_token()
            .as_bytes()
            .ct_eq(presented.as_bytes())
            .into()
    }

    /// Whether the row has the secret that it had, or was given, here.
    pub(crate) fn is_still(&self, row: Option<&SessionRecord>) -> bool {
        row.is_some_and(|row| row.secret_hash.matches(&self.0.record.secret_hash))
    }

    /// Not that of a request that was under way when the session was given another.
    pub(crate) fn has_its_present_token(&self) -> bool {
        Credential::of(self.0.token.text())
            .is_some_and(|of| of.secret_hash.matches(&self.0.record.secret_hash))
    }

    pub(crate) fn record(&self) -> &SessionRecord {
        &self.0.record
    }

    pub(crate) fn credential(&self) -> Credential {
        Credential {
            id: self.0.record.id,
            secret_hash: self.0.record.secret_hash,
        }
    }

    /// Whether the browser forgets the cookie when it closes: see
    /// [`browser_session`](crate::SignIn::browser_session).
    pub fn ends_with_the_browser(&self) -> bool {
        self.0.record.browser_session
    }

    pub(crate) fn idle_deadline(&self) -> Timestamp {
        self.0.record.deadlines.idle_until
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("id", self.id())
            .field("user_id", self.user_id())
            .field("state", &self.0.state)
            .field("fresh", &self.0.fresh)
            .field("token", &self.0.token)
            .finish_non_exhaustive()
    }
}
