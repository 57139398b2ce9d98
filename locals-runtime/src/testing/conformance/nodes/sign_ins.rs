//! Sign-ins on two nodes at the same time.

use super::{
    super::{HOUR, NOW, together},
    Nodes,
};
use crate::{
    error::StoreError,
    store::{NewSession, SecretHash, SessionRecord, UserSessions},
};

impl Nodes<'_> {
    /// All but one are refused, and have ended nothing.
    pub(super) async fn a_08_an_id_is_taken_once_over_both_nodes(&self) {
        const CONTENDERS: u8 = 40;
        let hash = |number| SecretHash::from_bytes([number; 32]);
        let old = |number: u8| self.a.numbered(usize::from(number % 2), u32::from(number));
        for number in 0..CONTENDERS {
            self.a.insert(old(number)).await;
        }
        let users = if self.a.shares_ids() { 2 } else { 1 };
        let asked = (0..CONTENDERS).map(|number| {
            let record = SessionRecord {
                secret_hash: hash(number),
                ..self.a.record(usize::from(number % users), 1)
            };
            let node = self.node(usize::from(number / 2));
            node.store
                .replace(NewSession::new(record, 100), vec![old(number).id])
        });
        let answers = together(asked.collect()).await;
        let told = (0..).zip(&answers);
        let made: Vec<u8> = told
            .filter_map(|(number, answer)| answer.is_ok().then_some(number))
            .collect();
        assert_eq!(made.len(), 1, "one has the id");
        let others = answers
            .iter()
            .filter(|answer| matches!(answer, Err(StoreError::DuplicateId)))
            .count();
        assert_eq!(others + 1, usize::from(CONTENDERS), "the others were told");
        let row = self
            .b
            .load(self.b.record(0, 1).id)
            .await
            .expect("a session");
        assert!(
            row.secret_hash.matches(&hash(made[0])),
            "of the one that was told so"
        );
        for number in 0..CONTENDERS {
            let is_left = self.b.load(old(number).id).await.is_some();
            assert_eq!(is_left, !made.contains(&number), "{number}");
        }
        self.a.clear().await;
    }

    pub(super) async fn e_07_the_cap_is_exact_under_fifty_sign_ins(&self) {
        const SIGN_INS: u32 = 50;
        const LIMIT: u32 = 7;
        let stays = self.a.insert(self.a.record(1, 1)).await;
        let asked = (0..SIGN_INS).zip(0..).map(|(number, turn)| {
            let record = SessionRecord {
                renewed_at: NOW.plus(number * HOUR),
                ..self.a.numbered(0, number)
            };
            self.node(turn)
                .store
                .replace(NewSession::new(record, LIMIT), Vec::new())
        });
        let mut evicted = 0;
        for answer in together(asked.collect()).await {
            evicted += answer.expect("a new session").evicted;
        }
        for node in [&self.a, &self.b] {
            let listed = node.list(0, NOW).await;
            assert_eq!(listed.len(), LIMIT as usize, "sessions of one user");
        }
        assert_eq!(evicted, u64::from(SIGN_INS - LIMIT), "as they were told");
        assert!(self.b.load(stays.id).await.is_some(), "another user's");
        self.a.clear().await;
    }

    /// Neither both sessions nor none of them.
    pub(super) async fn a_list_sees_a_replacement_as_a_whole(&self) {
        let mut present = self.a.insert(self.a.numbered(0, 0)).await;
        for (number, turn) in (1..=20).zip(0..) {
            let next = self.a.numbered(0, number);
            let (one, other) = (self.node(turn), self.node(turn + 1));
            let next_id = next.id;
            let replaced = one
                .store
                .replace(NewSession::new(next, 100), vec![present.id]);
            let lists = || {
                let user = || self.a.users[0].clone();
                [one, other].map(|node| node.store.list(user(), NOW))
            };
            let mut asked: Vec<_> = lists().into();
            asked.push(replaced.and_then(|replaced| {
                assert_eq!((replaced.ended, replaced.evicted), (1, 0));
                Ok(Vec::new())
            }));
            asked.extend(lists());
            let answers = together(asked).await.into_iter().enumerate();
            for (_, listed) in answers.filter(|(turn, _)| *turn != 2) {
                let listed: Vec<SessionRecord> = listed.expect("an answer");
                let ids: Vec<_> = listed.iter().map(|row| row.id).collect();
                assert!(
                    ids == [present.id] || ids == [next_id],
                    "before or after, not {} sessions",
                    ids.len()
                );
            }
            present.id = next_id;
        }
        self.a.clear().await;
    }

    /// Twenty sign-ins, each in the place of another session, meet the end of all: whatever the order,
    /// each of the forty sessions ends once or is there.
    pub(super) async fn sign_ins_come_before_or_after_the_end_of_all(&self) {
        for round in 0..5 {
            let former = |number| self.a.numbered(0, number);
            let latter = |number| self.a.numbered(0, 100 + number);
            for number in 0..20 {
                self.a.insert(former(number)).await;
            }
            let mut asked = Vec::new();
            for (number, turn) in (0..20).zip(round..) {
                let node = self.node(turn);
                let new = NewSession::new(latter(number), 100);
                let replaced = node.store.replace(new, vec![former(number).id]);
                asked.push(replaced.and_then(|replaced| Ok(replaced.ended)));
                if turn % 8 == 7 {
                    let user = self.a.users[0].clone();
                    asked.push(node.store.delete_of_user(user, UserSessions::All));
                }
            }
            let mut ended = 0;
            for answer in together(asked).await {
                ended += answer.expect("an answer");
            }
            let listed = self.b.list(0, NOW).await;
            for number in 0..20 {
                let is_left = self.a.load(former(number).id).await.is_some();
                assert!(!is_left, "a session that was replaced");
            }
            assert_eq!(
                ended + listed.len() as u64,
                40,
                "each ends once, or is there"
            );
            self.a.clear().await;
        }
    }
}
