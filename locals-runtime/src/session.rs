//! What an application sees of a session: [`Session`] and [`SessionInfo`].

use crate::{
    clock::Timestamp,
    store::SessionRecord,
    token::{Credential, SessionId, SessionToken},
    user_id::UserId,
};
use std::{fmt, sync::Arc, time::SystemTime};
use subtle::ConstantTimeEq;

/// Whether a session is used without a write, or renewed when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Renewed less than the `active` period ago.
    Active,
    /// Still valid, and renewed by the next request that asks for it.
    Idle,
}

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
        }))
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

    pub(crate) fn record(&self) -> &SessionRecord {
        &self.0.record
    }

    pub(crate) fn credential(&self) -> Credential {
        Credential {
            id: self.0.record.id,
            secret_hash: self.0.record.secret_hash,
        }
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

/// One line of a user's list of sessions ("your devices"): no secret in it (ASVS 7.5.2).
///
/// Made by [`Auth::list_sessions`](crate::Auth::list_sessions). It serializes to an object with
/// `id`, `created_at`, `last_used_at`, `idle_until`, `expires_at` (milliseconds since 1970, UTC)
/// and `device`.
#[derive(Clone, Debug)]
pub struct SessionInfo {
    record: SessionRecord,
}

impl SessionInfo {
    pub(crate) fn new(record: SessionRecord) -> Self {
        Self { record }
    }

    /// The public handle, to name the session in a form or a URL.
    pub fn id(&self) -> &SessionId {
        &self.record.id
    }

    /// When the user signed in.
    pub fn created_at(&self) -> SystemTime {
        self.record.created_at.into()
    }

    /// When it was last used, exact to the `active` period of [`Lifetimes`](crate::Lifetimes).
    pub fn last_used_at(&self) -> SystemTime {
        self.record.renewed_at.into()
    }

    /// When it ends if it is not used.
    pub fn idle_until(&self) -> SystemTime {
        self.record.deadlines.idle_until.into()
    }

    /// When it ends whatever happens.
    pub fn expires_at(&self) -> SystemTime {
        self.record.deadlines.expires_at.into()
    }

    /// What the application said of the device at sign-in.
    pub fn device(&self) -> Option<&str> {
        self.record.device.as_deref()
    }

    /// Whether this is the session of the request that asks.
    pub fn is_current(&self, current: &Session) -> bool {
        self.record.id == *current.id()
    }
}

impl serde::Serialize for SessionInfo {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let record = &self.record;
        let mut object = serializer.serialize_struct("SessionInfo", 6)?;
        object.serialize_field("id", &record.id)?;
        object.serialize_field("created_at", &record.created_at.as_millis())?;
        object.serialize_field("last_used_at", &record.renewed_at.as_millis())?;
        object.serialize_field("idle_until", &record.deadlines.idle_until.as_millis())?;
        object.serialize_field("expires_at", &record.deadlines.expires_at.as_millis())?;
        object.serialize_field("device", &self.device())?;
        object.end()
    }
}

/// At most so many characters are kept of what an application calls a device.
const DEVICE_LIMIT: usize = 255;

/// The text on one line and cut to the limit: it may come from a `User-Agent` header.
pub(crate) fn device_line(text: &str) -> Arc<str> {
    text.chars()
        .take(DEVICE_LIMIT)
        .map(|c| {
            if c.is_control() || breaks_line(c) || is_bidi(c) {
                ' '
            } else {
                c
            }
        })
        .collect::<String>()
        .into()
}

/// LINE SEPARATOR and PARAGRAPH SEPARATOR: a line's end to JavaScript and to terminals, though no control
/// characters.
fn breaks_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// What turns the direction of the text around it (Unicode, `Bidi_Control`).
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_04_a_device_cannot_add_lines_or_grow() {
        assert_eq!(
            &*device_line("Evil\r\nSet-Cookie: x\u{0}"),
            "Evil  Set-Cookie: x "
        );
        assert_eq!(&*device_line("phone\u{202e}\u{2067}"), "phone  ");
        assert_eq!(
            &*device_line("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f"),
            "a b c d e f"
        );
        assert_eq!(device_line(&"é".repeat(10_000)).chars().count(), 255);
    }
}
