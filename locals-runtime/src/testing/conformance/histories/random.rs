//! Random numbers that follow from a seed: xorshift64* (Vigna, 2016).

pub(super) struct Random(u64);

impl Random {
    /// Seeds one after the other give numbers that have nothing in common: SplitMix64 takes them apart.
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // Zero stays zero.
        Self((state ^ (state >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// At least 0 and less than this.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let high = u32::try_from(self.next() >> 32).expect("32 bits");
        high % end.max(1)
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let count = u32::try_from(of.len()).expect("a few");
        &of[self.below(count) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again_and_another_gives_others() {
        let numbers = |seed| {
            let mut random = Random::new(seed);
            (0..100).map(|_| random.next()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
    }

    #[test]
    fn each_of_a_few_comes_about_as_often() {
        let mut random = Random::new(7);
        let mut times = [0_u32; 8];
        for _ in 0..8_000 {
            times[random.below(8) as usize] += 1;
        }
        assert!(
            times.iter().all(|times| (850..1150).contains(times)),
            "{times:?}"
        );
    }
}
