//! Changes and ends of the same rows on two nodes at the same time.

use super::{
    super::{HOUR, NOW, together},
    Nodes,
};
use crate::store::{
    Credential, Extension, Promotion, Rotation, SecretHash, SessionUpdate, SuccessorNonce,
    UserSessions,
};

/// The hash that the contender of this number comes with.
fn hash(number: u8) -> SecretHash {
    SecretHash::from_bytes([0x80 | number; 32])
}

impl Nodes<'_> {
    /// Which of these changes were made, all asked for at the same time.
    async fn made(&self, updates: Vec<SessionUpdate>) -> Vec<usize> {
        let asked = updates.into_iter().enumerate();
        let asked = asked.map(|(turn, update)| self.node(turn).store.update(update));
        let answers = together(asked.collect()).await;
        let made = answers.into_iter().enumerate();
        made.filter_map(|(turn, made)| made.expect("an answer").then_some(turn))
            .collect()
    }

    /// All have read the same row.
    pub(super) async fn j_03_of_a_hundred_renewals_one_is_made(&self) {
        let session = self.a.insert(self.a.record(0, 1)).await;
        let read = self.a.record(0, 1).deadlines;
        let extension = |number: u32| {
            let later = NOW.plus(number * HOUR);
            let mut deadlines = read;
            deadlines.active_until = read.active_until.plus(number * HOUR);
            Extension::new(read.active_until, later, deadlines)
        };
        let renewal = |number| SessionUpdate::extension(session, extension(number));
        let made = self.made((1..=100).map(renewal).collect()).await;
        assert_eq!(made.len(), 1, "renewals that were made");
        let row = self.b.load(session.id).await.expect("the same row");
        let number = u32::try_from(made[0] + 1).expect("of a hundred");
        assert_eq!(
            row.renewed_at,
            extension(number).renewed_at,
            "by whom it was told"
        );
        assert_eq!(row.deadlines, extension(number).deadlines);
        self.a.clear().await;
    }

    /// Half of them renew too.
    pub(super) async fn of_fifty_rotations_one_is_made(&self) {
        let session = self.a.insert(self.a.record(0, 1)).await;
        let read = self.a.record(0, 1).deadlines;
        let extension = Extension::new(read.active_until, NOW.plus(HOUR), read);
        let rotations = (0..50_u8).map(|number| {
            if number.is_multiple_of(2) {
                return SessionUpdate::rotation(session, Rotation::new(hash(number), None));
            }
            let nonce = SuccessorNonce::from_bytes([number; 32]);
            let rotation = Rotation::to_successor(hash(number), nonce);
            SessionUpdate::rotating_extension(session, extension, rotation)
        });
        let updates: Vec<_> = rotations.collect();
        let made = self.made(updates.clone()).await;
        assert_eq!(made.len(), 1, "rotations that were made");
        let row = self.b.load(session.id).await.expect("the same row");
        let rotation = updates[made[0]].rotation.expect("it is one");
        assert!(
            row.secret_hash.matches(&rotation.secret_hash),
            "by whom it was told"
        );
        let former = row.former_hash.as_ref().expect("the secret it had");
        assert!(former.matches(&session.secret_hash));
        assert_eq!(row.is_pending(), rotation.successor_nonce.is_some());
        self.a.clear().await;
    }

    pub(super) async fn d_07_of_fifty_promotions_one_is_made(&self) {
        let session = self.a.insert(self.a.record(0, 1)).await;
        let nonce = SuccessorNonce::from_bytes([0x99; 32]);
        let rotation = Rotation::to_successor(hash(1), nonce);
        assert!(
            self.a
                .changes(SessionUpdate::rotation(session, rotation))
                .await
        );
        let successor = Credential {
            secret_hash: hash(1),
            ..session
        };
        let promotion = |hours: u32| Promotion::new(NOW.plus(hours * HOUR));
        let promote = |hours| SessionUpdate::promotion(successor, promotion(hours));
        let made = self.made((1..=50).map(promote).collect()).await;
        assert_eq!(made.len(), 1, "promotions that were made");
        self.a.clear().await;
    }

    pub(super) async fn d_12_no_change_brings_back_what_another_node_ends(&self) {
        for (round, ender) in [&self.a, &self.b, &self.a, &self.b].into_iter().enumerate() {
            let session = self.a.insert(self.a.record(0, 1)).await;
            let store = ender.store;
            let change = |number: u8| {
                let rotation = Rotation::new(hash(number), None);
                let update = SessionUpdate::rotation(session, rotation);
                let changed = self.node(usize::from(number)).store.update(update);
                changed.and_then(|_| Ok(0))
            };
            let renew = |number: u8| {
                let update = self.a.rotating_extension(session);
                let changed = self.node(usize::from(number)).store.update(update);
                changed.and_then(|_| Ok(0))
            };
            let mut asked: Vec<_> = (0..4).map(change).collect();
            asked.push(match round {
                0 | 1 => store.end(vec![session.id]),
                2 => store
                    .delete(session.id)
                    .and_then(|ended| Ok(u64::from(ended))),
                _ => store.delete_of_user(self.a.users[0].clone(), UserSessions::All),
            });
            asked.extend((4..8).map(renew));
            let mut ended = 0;
            for answer in together(asked).await {
                ended += answer.expect("an answer");
            }
            assert_eq!(ended, 1, "it was there to be ended");
            for node in [&self.a, &self.b] {
                assert!(node.load(session.id).await.is_none(), "it is back");
                assert!(node.list(0, NOW).await.is_empty(), "it is back in the list");
            }
        }
    }

    /// Asked for in one order by one node and in the other by the other: in a database, a deadlock.
    pub(super) async fn sessions_that_both_nodes_end_count_once(&self) {
        for _ in 0..5 {
            let mut ids = Vec::new();
            for number in 0..20 {
                ids.push(self.a.insert(self.a.numbered(0, number)).await.id);
            }
            let reversed: Vec<_> = ids.iter().rev().copied().collect();
            let orders = [ids.clone(), reversed.clone(), ids.clone(), reversed];
            let end = |(turn, ids)| self.node(turn).store.end(ids);
            let mut asked: Vec<_> = orders.into_iter().enumerate().map(end).collect();
            asked.extend(ids.iter().enumerate().map(|(turn, id)| {
                let deleted = self.node(turn).store.delete(*id);
                deleted.and_then(|deleted| Ok(u64::from(deleted)))
            }));
            let mut ended = 0;
            for answer in together(asked).await {
                ended += answer.expect("an answer");
            }
            assert_eq!(ended, 20, "each ends once");
            assert!(self.b.list(0, NOW).await.is_empty());
        }
    }

    /// Either may leave some to the other, or to the next batch.
    pub(super) async fn l_07_expired_rows_that_both_nodes_remove_count_once(&self) {
        const ROWS: u32 = 200;
        if !self.a.store.sweeps() {
            return;
        }
        self.a.insert_expiring(0..ROWS, NOW).await;
        let stays = self.a.insert(self.a.record(0, 1)).await;
        let mut deleted = 0;
        for _ in 0..ROWS {
            let batches = (0..4).map(|turn| self.node(turn).store.delete_expired(NOW, 17));
            let mut of_all = 0;
            for answer in together(batches.collect()).await {
                let batch = answer.expect("an answer");
                assert!(batch <= 17, "{batch} rows in a batch of 17");
                of_all += batch;
            }
            deleted += of_all;
            if of_all == 0 {
                break;
            }
        }
        let last = self.a.store.delete_expired(NOW, ROWS).await;
        deleted += last.expect("an answer");
        assert_eq!(deleted, u64::from(ROWS), "rows that were removed");
        for number in 0..ROWS {
            let user = usize::from(number % 2 == 1);
            let id = self.b.numbered(user, number).id;
            assert!(self.b.load(id).await.is_none());
        }
        assert!(self.b.load(stays.id).await.is_some());
        self.a.clear().await;
    }
}
