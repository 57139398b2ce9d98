//! How sessions end, and which are listed.

use super::{HOUR, NOW, Suite};
use crate::{
    error::StoreError,
    lifetime::Deadlines,
    store::{NewSession, Replaced, SessionRecord, UserSessions},
};
use std::time::Duration;

impl Suite<'_> {
    pub(super) async fn sessions_end_by_their_ids(&self) {
        let mut sessions = Vec::new();
        for id in 1..=3 {
            sessions.push(self.insert(self.record(0, id)).await.id);
        }
        let end = |ids| async move { self.store.end(ids).await.expect("an answer") };
        let [first, second, third] = sessions[..] else {
            unreachable!("three were made")
        };
        assert_eq!(end(vec![self.id(0, 9)]).await, 0);
        assert_eq!(end(vec![first, second, first]).await, 2);
        assert!(self.load(first).await.is_none());
        assert!(self.load(second).await.is_none());
        assert!(self.load(third).await.is_some());
        assert_eq!(end(Vec::new()).await, 0);
        self.clear().await;
    }

    /// A store may say that it is not able to.
    pub(super) async fn e_09_sessions_end_by_their_external_ref(&self) {
        let named = |user, id, name: &str| SessionRecord {
            external_ref: Some(name.into()),
            ..self.record(user, id)
        };
        for record in [
            named(0, 1, "sid"),
            named(1, 2, "sid"),
            named(0, 3, "SID"),
            named(0, 4, "sid2"),
            self.record(0, 5),
        ] {
            self.insert(record).await;
        }
        match self.store.delete_by_external_ref("sid").await {
            Err(StoreError::Unsupported(_)) => return self.clear().await,
            ended => assert_eq!(ended.expect("an answer"), 2),
        }
        let again = self.store.delete_by_external_ref("sid").await;
        assert_eq!(again.expect("an answer"), 0);
        for (user, id, stays) in [
            (0, 1, false),
            (1, 2, false),
            (0, 3, true),
            (0, 4, true),
            (0, 5, true),
        ] {
            let found = self.load(self.id(user, id)).await;
            assert_eq!(found.is_some(), stays, "{id}");
        }
        self.clear().await;
    }

    pub(super) async fn a_replacement_adds_and_ends_or_does_neither(&self) {
        let old = self.insert(self.record(1, 1)).await;
        let record = SessionRecord {
            id: old.id,
            ..self.record(0, 1)
        };
        let taken = NewSession { record, limit: 100 };
        let failed = self.store.replace(taken, vec![old.id]).await;
        assert!(matches!(failed, Err(StoreError::DuplicateId)));
        assert!(
            self.load(old.id).await.is_some(),
            "a failed sign-in ends nothing"
        );
        let new = NewSession {
            record: self.record(0, 2),
            limit: 100,
        };
        let id = new.record.id;
        let nobody = self.id(0, 9);
        let replaced = self.store.replace(new, vec![old.id, nobody]).await;
        assert_eq!(replaced.expect("a new session"), Replaced::new(1, 0));
        assert!(self.load(old.id).await.is_none());
        assert!(self.load(id).await.is_some());
        self.clear().await;
    }

    pub(super) async fn sessions_of_a_user_end_together_or_but_one(&self) {
        for id in 1..=3 {
            self.insert(self.record(0, id)).await;
        }
        let other = self.insert(self.record(1, 4)).await;
        let end = |which| async move {
            let user = self.users[0].clone();
            self.store
                .delete_of_user(user, which)
                .await
                .expect("an answer")
        };
        assert_eq!(
            end(UserSessions::Only(other.id)).await,
            0,
            "somebody else's"
        );
        assert_eq!(end(UserSessions::Only(self.id(0, 1))).await, 1);
        assert_eq!(end(UserSessions::AllBut(self.id(0, 2))).await, 1);
        assert!(self.load(self.id(0, 2)).await.is_some());
        assert_eq!(end(UserSessions::All).await, 1);
        assert!(self.load(other.id).await.is_some());
        self.clear().await;
    }

    pub(super) async fn the_least_recently_used_beyond_the_limit_are_ended(&self) {
        for id in 1..=4_u8 {
            let record = SessionRecord {
                renewed_at: NOW.plus(u32::from(id) * HOUR),
                ..self.record(0, id)
            };
            let new = NewSession { record, limit: 3 };
            let replaced = self.insert_new(new).await.expect("a new session");
            assert_eq!(replaced, Replaced::new(0, u64::from(id == 4)));
        }
        let other = self.insert(self.record(1, 5)).await;
        let mut left = Vec::new();
        for id in 1..=4 {
            let found = self.load(self.id(0, id)).await;
            left.extend(found.map(|_| id));
        }
        assert_eq!(left, [2, 3, 4]);
        assert!(self.load(other.id).await.is_some());
        self.clear().await;
    }

    /// However lately they were used.
    pub(super) async fn sessions_past_their_end_make_room_first(&self) {
        let past = Deadlines {
            active_until: NOW,
            idle_until: NOW,
            expires_at: NOW,
        };
        let dead = SessionRecord {
            renewed_at: NOW.plus(9 * HOUR),
            deadlines: past,
            ..self.record(0, 1)
        };
        for record in [dead, self.record(0, 2), self.record(0, 3)] {
            let new = NewSession { record, limit: 2 };
            let replaced = self.insert_new(new).await.expect("a new session");
            assert_eq!(replaced.evicted, 0, "it had ended by itself");
        }
        let mut left = Vec::new();
        for id in 1..=3 {
            let found = self.load(self.id(0, id)).await;
            left.extend(found.map(|_| id));
        }
        assert_eq!(left, [2, 3], "of a limit of two");
        self.clear().await;
    }

    pub(super) async fn a_list_is_of_one_user_and_the_living(&self) {
        let deadlines = Deadlines {
            idle_until: NOW,
            ..self.record(0, 1).deadlines
        };
        self.insert(SessionRecord {
            deadlines,
            ..self.record(0, 1)
        })
        .await;
        self.insert(self.record(0, 2)).await;
        let renewed_at = NOW.plus(HOUR);
        self.insert(SessionRecord {
            renewed_at,
            ..self.record(0, 3)
        })
        .await;
        self.insert(self.record(1, 4)).await;
        let listed = self
            .store
            .list(self.users[0].clone(), NOW)
            .await
            .expect("an answer");
        let ids: Vec<_> = listed.iter().map(|record| record.id).collect();
        let renewed_last = [self.id(0, 3), self.id(0, 2)];
        assert_eq!(ids, renewed_last, "most recently renewed first");
        self.clear().await;
    }

    pub(super) async fn expired_rows_go_in_batches_at_their_instant(&self) {
        for id in 1..=5 {
            let idle_until = NOW.plus(Duration::from_millis(u64::from(id)));
            let deadlines = Deadlines {
                idle_until,
                ..self.record(0, id).deadlines
            };
            self.insert(SessionRecord {
                deadlines,
                ..self.record(0, id)
            })
            .await;
        }
        let delete = |millis, limit| async move {
            let deadline = NOW.plus(Duration::from_millis(millis));
            self.store
                .delete_expired(deadline, limit)
                .await
                .expect("an answer")
        };
        assert_eq!(delete(0, 100).await, 0);
        if !self.store.sweeps() {
            assert_eq!(delete(5, 100).await, 0, "they go by themselves");
            return self.clear().await;
        }
        assert_eq!(delete(4, 3).await, 3);
        assert_eq!(
            delete(4, 3).await,
            1,
            "the one at its instant goes, the one after it stays"
        );
        assert_eq!(delete(5, 100).await, 1);
    }
}
