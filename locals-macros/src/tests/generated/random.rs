//! What is drawn, again the same for the same seed.

use std::env;

/// SplitMix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        usize::try_from(bits % end as u64).expect("less than a usize")
    }
}

pub(super) fn seed() -> u64 {
    let seed = env::var("SEED").unwrap_or_else(|_| "1".to_owned());
    seed.parse().expect("SEED is a number")
}
