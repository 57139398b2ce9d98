//! [`Keys`]: what the hash of a user's sessions is called, and what of it stands in a session's id.

use crate::{error::StoreError, store::refuse, token::SessionId, user_id::UserId};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The name of one session in the hash of its user.
pub(super) type Field = [u8; 8];

const LONGEST_PREFIX: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Keys {
    prefix: String,
    /// What is kept of the hash of a user: all of it, but in tests.
    kept: u64,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Result<Self, StoreError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
        if !(1..=LONGEST_PREFIX).contains(&prefix.len()) || !prefix.bytes().all(is_plain) {
            return refuse(format!(
                "`{}` cannot be what our keys begin with: take 1 to {LONGEST_PREFIX} letters, digits, `_`, `.`, \
                 `:` and `-`",
                prefix.escape_debug()
            ));
        }
        Ok(Self {
            prefix: prefix.to_owned(),
            kept: u64::MAX,
        })
    }

    /// With so few bits of a user's hash that users share a key.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn cut_to(self, bits: u32) -> Self {
        Self {
            kept: u64::MAX.checked_shl(64 - bits.min(64)).unwrap_or(0),
            ..self
        }
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The id of a session of this user: its second half leads to the key. The first is random, for of an id the log
    /// shows no more than that.
    pub(super) fn new_id(&self, user: &UserId, random: SessionId) -> SessionId {
        joined(field(random), self.user_part(user))
    }

    /// The key of the session with this id.
    pub(super) fn of(&self, id: SessionId) -> String {
        self.named(&HEXLOWER.encode(&halves(id).1))
    }

    /// The key of all sessions of this user, and perhaps of others whose hash is the same.
    pub(super) fn of_user(&self, user: &UserId) -> String {
        self.named(&HEXLOWER.encode(&self.user_part(user)))
    }

    /// A key that nothing is ever kept under: a script has to name one.
    pub(super) fn of_nobody(&self) -> String {
        self.named("probe")
    }

    fn named(&self, name: &str) -> String {
        format!("{}:{{{name}}}", self.prefix)
    }

    fn user_part(&self, user: &UserId) -> [u8; 8] {
        let hash = Sha256::new()
            .chain_update(b"locals user\0")
            .chain_update(user.as_str())
            .finalize();
        let hash: [u8; 32] = hash.into();
        let first = hash.first_chunk().copied().unwrap_or_default();
        (u64::from_be_bytes(first) & self.kept).to_be_bytes()
    }
}

/// The field of the session with this id.
pub(super) fn field(id: SessionId) -> Field {
    halves(id).0
}

/// The id of the session with this field, in the hash of the session or the user that this id is of.
pub(super) fn beside(id: SessionId, field: Field) -> SessionId {
    joined(field, halves(id).1)
}

fn joined(field: Field, user: [u8; 8]) -> SessionId {
    let mut id = [0; 16];
    let (first, second) = id.split_at_mut(8);
    first.copy_from_slice(&field);
    second.copy_from_slice(&user);
    SessionId::from_bytes(id)
}

fn halves(id: SessionId) -> ([u8; 8], [u8; 8]) {
    let id = u128::from_be_bytes(*id.as_bytes());
    let low = u64::try_from(id & u128::from(u64::MAX)).unwrap_or_default();
    let high = u64::try_from(id >> 64).unwrap_or_default();
    (high.to_be_bytes(), low.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new("locals").unwrap()
    }

    const RANDOM: SessionId =
        SessionId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

    #[test]
    fn a_token_alone_leads_to_the_key_of_its_user() {
        let (ada, eve) = (UserId::from("ada"), UserId::from("eve"));
        let id = keys().new_id(&ada, RANDOM);
        assert_eq!(keys().of(id), keys().of_user(&ada));
        assert_ne!(keys().of(id), keys().of_user(&eve));
        assert_eq!(field(id), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(
            beside(
                keys().new_id(&ada, SessionId::from_bytes([9; 16])),
                field(id)
            ),
            id
        );
    }

    /// Sessions that are there are found by the next release.
    #[test]
    fn a_key_is_named_as_it_always_was() {
        let id = SessionId::from_bytes(*b"field...\x01\x23\x45\x67\x89\xab\xcd\xef");
        assert_eq!(keys().of(id), "locals:{0123456789abcdef}");
        assert_eq!(field(id), *b"field...");
        assert_eq!(keys().of_user(&"ada".into()), "locals:{bd6f47b0aeaba8a1}");
    }

    #[test]
    fn of_a_hash_that_is_cut_users_share_keys() {
        let cut = keys().cut_to(4);
        let names: std::collections::BTreeSet<_> = (0..200)
            .map(|user| cut.of_user(&UserId::from(user)))
            .collect();
        assert_eq!(names.len(), 16);
        assert_eq!(
            keys().cut_to(64).of_user(&"ada".into()),
            keys().of_user(&"ada".into())
        );
        assert_eq!(
            keys().cut_to(0).of_user(&"ada".into()),
            "locals:{0000000000000000}"
        );
    }

    #[test]
    fn a_prefix_is_plain() {
        for prefix in ["a", "my-app:sessions", "A_1.b", &"x".repeat(64)] {
            assert!(Keys::new(prefix).is_ok(), "{prefix}");
        }
        for prefix in ["", "a{b", "a}b", "a b", "a*", "é", "a\n", &"x".repeat(65)] {
            let refused = Keys::new(prefix).map(|_| ()).unwrap_err().to_string();
            assert!(refused.contains("keys begin"), "{refused}");
        }
    }
}
