//! Who has to go for a new session, and who has not.

use super::{HOUR, NOW, Suite, until};
use crate::{
    error::StoreError,
    store::{NewSession, Replaced, SessionRecord},
    token::SessionId,
};

impl Suite<'_> {
    /// Renewed so many hours from now.
    fn renewed(&self, user: usize, id: u8, hours: u8) -> SessionRecord {
        SessionRecord {
            renewed_at: NOW.plus(u32::from(hours) * HOUR),
            ..self.record(user, id)
        }
    }

    /// Sessions 1, 2, .. of the first user, each renewed an hour after the one before.
    async fn insert_up_to(&self, last: u8) {
        for id in 1..=last {
            self.insert(self.renewed(0, id, id)).await;
        }
    }

    /// Of whichever user.
    async fn left(&self, up_to: u8) -> Vec<u8> {
        let mut left = Vec::new();
        for byte in 1..=up_to {
            let found = match self.load(self.id(0, byte)).await {
                None => self.load(self.id(1, byte)).await,
                found => found,
            };
            left.extend(found.map(|_| byte));
        }
        left
    }

    async fn replace(&self, record: SessionRecord, limit: u32, ended: Vec<SessionId>) -> Replaced {
        let replaced = self.store.replace(NewSession::new(record, limit), ended);
        replaced.await.expect("a new session")
    }

    /// Also if it is the least recently used, or past its own end.
    pub(super) async fn e_07_a_limit_of_one_leaves_the_new_session(&self) {
        for new in [
            self.renewed(0, 4, 9),
            self.renewed(0, 4, 0),
            until(self.record(0, 4), NOW),
        ] {
            self.insert_up_to(3).await;
            let replaced = self.replace(new, 1, Vec::new()).await;
            assert_eq!(replaced, Replaced::new(0, 3));
            assert_eq!(self.left(4).await, [4]);
            self.clear().await;
        }
    }

    pub(super) async fn e_07_the_highest_limit_drops_nobody(&self) {
        self.insert_up_to(9).await;
        let replaced = self.replace(self.record(0, 10), u32::MAX, Vec::new());
        assert_eq!(replaced.await, Replaced::new(0, 0));
        assert_eq!(self.left(10).await.len(), 10);
        self.clear().await;
    }

    pub(super) async fn what_a_replacement_ends_makes_room_first(&self) {
        self.insert_up_to(3).await;
        let replaced = self
            .replace(self.renewed(0, 4, 4), 3, vec![self.id(0, 3)])
            .await;
        assert_eq!(replaced, Replaced::new(1, 0), "there was room then");
        assert_eq!(self.left(4).await, [1, 2, 4]);
        let replaced = self
            .replace(self.renewed(0, 5, 5), 2, vec![self.id(0, 2)])
            .await;
        assert_eq!(replaced, Replaced::new(1, 1), "one ended, one dropped");
        assert_eq!(self.left(5).await, [4, 5]);
        self.clear().await;
    }

    pub(super) async fn d_04_a_refused_replacement_drops_nobody_for_the_limit(&self) {
        self.insert_up_to(3).await;
        self.insert(self.record(1, 4)).await;
        for taken in [self.id(0, 3), self.id(1, 4)] {
            let record = SessionRecord {
                id: taken,
                ..self.renewed(0, 3, 9)
            };
            let new = NewSession::new(record, 1);
            let refused = self.store.replace(new, vec![self.id(0, 1), taken]).await;
            assert!(matches!(refused, Err(StoreError::DuplicateId)));
            assert_eq!(self.left(4).await, [1, 2, 3, 4]);
        }
        let kept = self.load(self.id(0, 3)).await.expect("it has the id");
        assert_eq!(kept.renewed_at, NOW.plus(3 * HOUR), "as it was");
        self.clear().await;
    }

    /// A thousand of them, most of which nobody has, and some twice.
    pub(super) async fn ids_count_once_and_only_if_they_are_there(&self) {
        let nobody = |number| self.numbered(0, number).id;
        let mut ids: Vec<_> = (0..1000).map(nobody).collect();
        let [one, two, four] = [self.id(0, 1), self.id(0, 2), self.id(1, 4)];
        ids.extend([one, two, one, four, two]);
        self.insert_up_to(3).await;
        self.insert(self.record(1, 4)).await;
        let replaced = self.replace(self.record(0, 5), 100, ids.clone()).await;
        assert_eq!(replaced, Replaced::new(3, 0));
        assert_eq!(self.left(5).await, [3, 5]);
        ids.push(self.id(0, 5));
        let ended = self.store.end(ids.clone()).await;
        assert_eq!(ended.expect("an answer"), 1);
        assert_eq!(self.store.end(ids).await.expect("an answer"), 0);
        assert_eq!(self.left(5).await, [3]);
        self.clear().await;
    }
}
