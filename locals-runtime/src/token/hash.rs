//! [`SecretHash`]: what a store keeps of a secret.

use sha2::{Digest, Sha256};
use std::fmt;
use subtle::{Choice, ConstantTimeEq};

/// SHA-256 of a session's secret: what a store keeps instead of it.
///
/// Compared in constant time; never printed.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash as a store keeps it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash that a store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    pub(crate) fn of_parts<const N: usize>(parts: [&[u8]; N]) -> Self {
        let hash = parts
            .into_iter()
            .fold(Sha256::new(), |hash, part| hash.chain_update(part));
        Self(hash.finalize().into())
    }

    /// Whether both are the hash of the same secret, in constant time (ASVS 11.2.4).
    pub fn matches(&self, other: &Self) -> bool {
        let words = self.words().zip(other.words());
        let same = words.fold(1_u8, |same, (one, other)| {
            same & one.ct_eq(&other).unwrap_u8()
        });
        Choice::from(same).into()
    }

    /// Eight octets each: `subtle` puts a barrier behind every comparison, and these are four.
    fn words(&self) -> impl Iterator<Item = u64> {
        let (words, _) = self.0.as_chunks::<8>();
        words.iter().copied().map(u64::from_ne_bytes)
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash([redacted])")
    }
}
