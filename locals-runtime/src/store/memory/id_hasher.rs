//! [`IdHasher`]: where in a map a session's id is.

use std::hash::Hasher;

/// Takes an id as it is.
///
/// The ids in the map are made here, of random octets: nobody can choose them so that they meet in one place. Those
/// that strangers present are looked up only.
#[derive(Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, octets: &[u8]) {
        let (words, _) = octets.as_chunks::<8>();
        for word in words {
            // Turned, lest equal halves leave nothing.
            self.0 = self.0.rotate_left(1) ^ u64::from_ne_bytes(*word);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::SessionId;
    use std::{
        collections::HashSet,
        hash::{BuildHasher, BuildHasherDefault},
    };

    #[test]
    fn each_octet_of_an_id_counts() {
        let hash = |id: [u8; 16]| {
            BuildHasherDefault::<IdHasher>::default().hash_one(SessionId::from_bytes(id))
        };
        let differing_in_one = (0..16).map(|place| {
            let mut id = [7; 16];
            id[place] = 8;
            hash(id)
        });
        let hashes: HashSet<u64> = differing_in_one.chain([hash([7; 16])]).collect();
        assert_eq!(hashes.len(), 17);
    }
}
