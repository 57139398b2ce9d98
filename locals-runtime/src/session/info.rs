//! [`SessionInfo`]: a line of "your devices".

use super::Session;
use crate::{store::SessionRecord, token::SessionId};
use std::time::SystemTime;

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
