//! Expired rows, and who reads while they are removed.

use super::{NOW, Suite, together, until};
use crate::store::{NewSession, StoreFuture, Timestamp};
use std::time::Duration;

/// How many sign-ins are asked for at the same time.
const AT_ONCE: usize = 50;

impl Suite<'_> {
    /// Adds sessions with these numbers, alternately of both users, which end by themselves at this instant.
    pub(super) async fn insert_expiring(&self, numbers: std::ops::Range<u32>, at: Timestamp) {
        let numbers: Vec<_> = numbers.collect();
        for some in numbers.chunks(AT_ONCE) {
            let new = |number: &u32| {
                let user = usize::from(number % 2 == 1);
                let record = until(self.numbered(user, *number), at);
                self.store
                    .replace(NewSession::new(record, u32::MAX), Vec::new())
            };
            for made in together(some.iter().map(new).collect()).await {
                assert_eq!(made.expect("a new session").evicted, 0);
            }
        }
    }

    async fn delete_expired(&self, deadline: Timestamp, limit: u32) -> u64 {
        let deleted = self.store.delete_expired(deadline, limit).await;
        deleted.expect("an answer")
    }

    pub(super) async fn a_batch_of_none_removes_none(&self) {
        self.insert_expiring(0..3, NOW).await;
        assert_eq!(self.delete_expired(NOW, 0).await, 0);
        assert_eq!(self.delete_expired(NOW.minus(Duration::MAX), 9).await, 0);
        for number in 0..3 {
            let user = usize::from(number % 2 == 1);
            assert!(self.load(self.numbered(user, number).id).await.is_some());
        }
        let all = if self.store.sweeps() { 3 } else { 0 };
        assert_eq!(self.delete_expired(NOW, u32::MAX).await, all);
        self.clear().await;
    }

    pub(super) async fn k_06_a_thousand_expired_rows_are_one_batch(&self) {
        if !self.store.sweeps() {
            return;
        }
        let later = NOW.plus(Duration::from_millis(1));
        self.insert_expiring(0..1100, NOW).await;
        self.insert_expiring(1100..1120, later).await;
        assert_eq!(self.delete_expired(NOW, 1000).await, 1000);
        assert_eq!(self.delete_expired(NOW, 1000).await, 100);
        assert_eq!(self.delete_expired(NOW, 1000).await, 0);
        for user in [0, 1] {
            let left = self.list(user, NOW).await.len();
            assert_eq!(left, 10, "those not expired");
        }
        self.clear().await;
    }

    pub(super) async fn k_06_a_batch_leaves_those_alone_who_read_meanwhile(&self) {
        self.insert_expiring(0..200, NOW).await;
        let living = NOW.plus(Duration::from_millis(1));
        self.insert_expiring(200..220, living).await;
        let store = self.store;
        let load = |number: u32| {
            let user = usize::from(number % 2 == 1);
            let asked = store.load(self.numbered(user, number).id);
            found(asked, |row| u64::from(row.is_some()))
        };
        let mut asked = vec![found(store.delete_expired(NOW, 500), |deleted| deleted)];
        asked.extend((200..220).map(load));
        asked.extend((0..6).map(|turn| {
            let listed = store.list(self.users[turn % 2].clone(), NOW);
            found(listed, |rows| rows.len() as u64)
        }));
        let answers: Vec<_> = together(asked).await;
        let answers = answers.into_iter().map(|answer| answer.expect("an answer"));
        let (batch, read): (Vec<_>, Vec<_>) = answers.enumerate().partition(|(at, _)| *at == 0);
        let removed = if store.sweeps() { 200 } else { 0 };
        assert_eq!(batch, [(0, removed)]);
        let right = |(at, count): &(usize, u64)| *count == if *at <= 20 { 1 } else { 10 };
        assert!(read.iter().all(right), "the living are there: {read:?}");
        self.clear().await;
    }
}

/// The answer as a number.
fn found<'a, T: Send + 'a>(
    asked: StoreFuture<'a, T>,
    number: impl FnOnce(T) -> u64 + Send + 'a,
) -> StoreFuture<'a, u64> {
    asked.and_then(|answer| Ok(number(answer)))
}
