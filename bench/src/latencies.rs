//! How long each of many requests has waited for its answer.

use std::time::Duration;

/// All of them, in their order: no buckets, and so no rounding.
pub struct Latencies(Vec<Duration>);

impl Latencies {
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The least that so many of a thousand have not waited longer than, in microseconds.
    pub fn within(&self, of_thousand: usize) -> f64 {
        let rank = (self.0.len() * of_thousand).div_ceil(1000);
        let time = self.0[rank.saturating_sub(1)];
        time.as_secs_f64() * 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_thousand_times_one_is_longer_than_the_last_percentile() {
        let times = (1..=1000).rev().map(Duration::from_millis).collect();
        let latencies = Latencies::of(times);
        let within = [500, 990, 999, 1000].map(|of| (latencies.within(of) / 1e3).round());
        assert_eq!(within, [500.0, 990.0, 999.0, 1000.0]);
    }

    #[test]
    fn of_three_times_the_longest_is_every_high_percentile() {
        let latencies = Latencies::of([3, 1, 2].map(Duration::from_millis).to_vec());
        let within = [1, 500, 999].map(|of| (latencies.within(of) / 1e3).round());
        assert_eq!(within, [1.0, 2.0, 3.0]);
    }
}
