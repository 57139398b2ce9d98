//! [`Stamp`]: what a session of a user is made for, such as the hash of the password it was opened with.

use crate::token::{SecretHash, SessionId};
use std::{fmt, hint::black_box};

/// A security stamp as the application has it: a secret, wiped when it is dropped.
pub struct Stamp(Box<[u8]>);

impl Stamp {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn hash(&self, session: SessionId) -> SecretHash {
        hash(&self.0, session)
    }
}

/// What a session keeps of a stamp: of no use for another session, or to guess a short stamp by a table.
pub(crate) fn hash(stamp: &[u8], session: SessionId) -> SecretHash {
    SecretHash::of_parts([session.as_bytes(), stamp])
}

impl Drop for Stamp {
    fn drop(&mut self) {
        self.0.fill(0);
        black_box(&mut self.0);
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stamp([redacted])")
    }
}
