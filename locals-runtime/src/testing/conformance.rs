//! What every store promises, as checks that an implementor calls from a test.
//!
//! ```
//! use locals::{MemoryStore, testing::conformance};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(
//! conformance::check(&MemoryStore::new(), ["1".into(), "2".into()])
//! # );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    error::StoreError,
    lifetime::{Deadlines, Lifetimes},
    store::{
        Credential, NewSession, Renewal, Replaced, Rotation, SecretHash, SessionRecord,
        SessionStore, SessionUpdate, Store, Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Duration,
};

const NOW: Timestamp = Timestamp::from_millis(1_893_456_000_000);
const HOUR: Duration = Duration::from_secs(3600);

/// Checks every promise of [`SessionStore`] on an empty store that knows these two users.
///
/// # Panics
///
/// At the first promise that is broken.
pub async fn check(store: &dyn SessionStore, users: [UserId; 2]) {
    let suite = Suite { store, users };
    promise(
        "what is inserted is loaded",
        suite.what_is_inserted_is_loaded(),
    )
    .await;
    promise(
        "any 16 bytes may be asked for",
        suite.any_16_bytes_may_be_asked_for(),
    )
    .await;
    promise("an id is taken once", suite.an_id_is_taken_once()).await;
    promise(
        "a 09 ids that differ in one bit are two sessions",
        suite.a_09_ids_that_differ_in_one_bit_are_two_sessions(),
    )
    .await;
    promise(
        "a renewal changes a row only as it was read",
        suite.a_renewal_changes_a_row_only_as_it_was_read(),
    )
    .await;
    promise(
        "nothing brings an ended session back",
        suite.nothing_brings_an_ended_session_back(),
    )
    .await;
    promise(
        "a rotation changes the secret once",
        suite.a_rotation_changes_the_secret_once(),
    )
    .await;
    promise(
        "sessions end by their ids",
        suite.sessions_end_by_their_ids(),
    )
    .await;
    promise(
        "a replacement adds and ends or does neither",
        suite.a_replacement_adds_and_ends_or_does_neither(),
    )
    .await;
    promise(
        "sessions of a user end together or but one",
        suite.sessions_of_a_user_end_together_or_but_one(),
    )
    .await;
    promise(
        "the least recently used beyond the limit are ended",
        suite.the_least_recently_used_beyond_the_limit_are_ended(),
    )
    .await;
    promise(
        "sessions past their end make room first",
        suite.sessions_past_their_end_make_room_first(),
    )
    .await;
    promise(
        "a list is of one user and the living",
        suite.a_list_is_of_one_user_and_the_living(),
    )
    .await;
    promise(
        "expired rows go in batches at their instant",
        suite.expired_rows_go_in_batches_at_their_instant(),
    )
    .await;
    store
        .ping()
        .await
        .expect("a store that works answers a ping");
}

/// Checks every promise of [`Store`] too.
///
/// # Panics
///
/// At the first promise that is broken.
pub async fn check_with_users<U>(store: &impl Store<U>, users: [UserId; 2]) {
    let sessions = store.sessions();
    check(sessions, users.clone()).await;
    let suite = Suite {
        store: sessions,
        users,
    };
    promise(
        "only the secret brings a user",
        suite.only_the_secret_brings_a_user(store),
    )
    .await;
}

/// Runs one check; a panic in it says which promise is broken.
async fn promise(name: &str, check: impl Future<Output = ()>) {
    let mut check = pin!(check);
    let kept =
        poll_fn(
            |context| match catch_unwind(AssertUnwindSafe(|| check.as_mut().poll(context))) {
                Ok(poll) => poll.map(Ok),
                Err(panic) => Poll::Ready(Err(panic)),
            },
        );
    if let Err(panic) = kept.await {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        panic!(
            "the store breaks a promise, \"{name}\": {}",
            text.unwrap_or_default()
        );
    }
}

struct Suite<'a> {
    store: &'a dyn SessionStore,
    users: [UserId; 2],
}

impl Suite<'_> {
    fn record(&self, user: usize, id: u8) -> SessionRecord {
        SessionRecord {
            id: SessionId::from_bytes([id; 16]),
            secret_hash: SecretHash::from_bytes([id.wrapping_add(1); 32]),
            former_hash: None,
            user_id: self.users[user].clone(),
            created_at: NOW,
            authenticated_at: NOW,
            renewed_at: NOW,
            deadlines: Lifetimes::default().deadlines(NOW),
            device: Some("Firefox on Linux; drop table \"x\"' é".into()),
        }
    }

    async fn insert(&self, record: SessionRecord) -> Credential {
        let credential = Credential {
            id: record.id,
            secret_hash: record.secret_hash,
        };
        let new = NewSession { record, limit: 100 };
        self.insert_new(new).await.expect("a new session");
        credential
    }

    async fn insert_new(&self, new: NewSession) -> Result<Replaced, StoreError> {
        self.store.replace(new, Vec::new()).await
    }

    async fn load(&self, id: SessionId) -> Option<SessionRecord> {
        self.store.load(id).await.expect("an answer")
    }

    async fn clear(&self) {
        for user in &self.users {
            let all = self.store.delete_of_user(user.clone(), UserSessions::All);
            all.await.expect("an answer");
        }
    }

    async fn what_is_inserted_is_loaded(&self) {
        let record = self.record(0, 1);
        assert!(self.load(record.id).await.is_none());
        self.insert(record.clone()).await;
        let loaded = self.load(record.id).await.expect("what was inserted");
        assert_eq!(format!("{loaded:?}"), format!("{record:?}"));
        assert!(loaded.secret_hash.matches(&record.secret_hash));
        self.clear().await;
    }

    async fn any_16_bytes_may_be_asked_for(&self) {
        for byte in [0, 0x27, 0x80, 0xff] {
            assert!(self.load(SessionId::from_bytes([byte; 16])).await.is_none());
        }
        let random = SessionId::from_bytes([0x5a; 16]);
        let other = SessionId::from_bytes([0xa5; 16]);
        let new_id = |random| self.store.new_id(&self.users[0], random);
        assert_ne!(new_id(random), new_id(other), "of other random bytes");
    }

    async fn an_id_is_taken_once(&self) {
        self.insert(self.record(0, 1)).await;
        let other = SessionRecord {
            secret_hash: SecretHash::from_bytes([9; 32]),
            ..self.record(1, 1)
        };
        let again = self.insert_new(NewSession {
            record: other,
            limit: 100,
        });
        assert!(matches!(again.await, Err(StoreError::DuplicateId)));
        let kept = self
            .load(SessionId::from_bytes([1; 16]))
            .await
            .expect("kept");
        assert_eq!(kept.user_id, self.users[0]);
        self.clear().await;
    }

    async fn a_09_ids_that_differ_in_one_bit_are_two_sessions(&self) {
        // 0x41 and 0x61 are `A` and `a`: a store must not fold case.
        let upper = self.insert(self.record(0, 0x41)).await;
        let lower = self.insert(self.record(1, 0x61)).await;
        assert_eq!(self.load(upper.id).await.expect("A").user_id, self.users[0]);
        assert_eq!(self.load(lower.id).await.expect("a").user_id, self.users[1]);
        self.clear().await;
    }

    async fn a_renewal_changes_a_row_only_as_it_was_read(&self) {
        let session = self.insert(self.record(0, 1)).await;
        let read = self.record(0, 1).deadlines;
        let later = Lifetimes::default().renewed(read, NOW.plus(30 * HOUR));
        let renewal = Renewal::new(read.active_until, NOW.plus(30 * HOUR), later);
        let renew = |session, renewal| async move {
            let update = SessionUpdate::renewal(session, renewal);
            self.store.update(update).await.expect("an answer")
        };
        let wrong_secret = Credential {
            secret_hash: SecretHash::from_bytes([7; 32]),
            ..session
        };
        assert!(!renew(wrong_secret, renewal).await);
        assert!(renew(session, renewal).await);
        assert!(
            !renew(session, renewal).await,
            "the second of two renewals finds it changed"
        );
        let renewed = self.load(session.id).await.expect("renewed");
        assert_eq!(renewed.deadlines, later);
        assert_eq!(renewed.renewed_at, renewal.renewed_at);
        assert!(renewed.secret_hash.matches(&session.secret_hash));
        assert!(renewed.former_hash.is_none());
        assert_eq!(renewed.created_at, NOW);
        // Setting the values that are there already still counts as a change.
        let same = Renewal {
            read_active_until: later.active_until,
            ..renewal
        };
        assert!(renew(session, same).await);
        self.clear().await;
    }

    async fn nothing_brings_an_ended_session_back(&self) {
        let session = self.insert(self.record(0, 1)).await;
        assert!(self.store.delete(session.id).await.expect("an answer"));
        assert!(!self.store.delete(session.id).await.expect("an answer"));
        let deadlines = self.record(0, 1).deadlines;
        let renewal = Renewal::new(deadlines.active_until, NOW, deadlines);
        let rotation = Rotation::new(session.secret_hash, None);
        for update in [
            SessionUpdate::renewal(session, renewal),
            SessionUpdate::rotation(session, rotation),
        ] {
            assert!(!self.store.update(update).await.expect("an answer"));
        }
        assert!(self.load(session.id).await.is_none());
    }

    async fn a_rotation_changes_the_secret_once(&self) {
        let session = self.insert(self.record(0, 1)).await;
        let rotation = Rotation::new(SecretHash::from_bytes([8; 32]), Some(NOW.plus(HOUR)));
        let rotate = SessionUpdate::rotation(session, rotation);
        assert!(self.store.update(rotate).await.expect("an answer"));
        assert!(!self.store.update(rotate).await.expect("an answer"));
        let rotated = self.load(session.id).await.expect("the same row");
        assert!(rotated.secret_hash.matches(&rotation.secret_hash));
        let former = rotated.former_hash.expect("the secret it had");
        assert!(former.matches(&session.secret_hash));
        assert_eq!(rotated.authenticated_at, NOW.plus(HOUR));
        assert_eq!(rotated.deadlines, self.record(0, 1).deadlines);
        self.clear().await;
    }

    async fn sessions_end_by_their_ids(&self) {
        let mut sessions = Vec::new();
        for id in 1..=3 {
            sessions.push(self.insert(self.record(0, id)).await.id);
        }
        let end = |ids| async move { self.store.end(ids).await.expect("an answer") };
        let [first, second, third] = sessions[..] else {
            unreachable!("three were made")
        };
        assert_eq!(end(vec![SessionId::from_bytes([9; 16])]).await, 0);
        assert_eq!(end(vec![first, second, first]).await, 2);
        assert!(self.load(first).await.is_none());
        assert!(self.load(second).await.is_none());
        assert!(self.load(third).await.is_some());
        assert_eq!(end(Vec::new()).await, 0);
        self.clear().await;
    }

    async fn a_replacement_adds_and_ends_or_does_neither(&self) {
        let old = self.insert(self.record(1, 1)).await;
        let taken = NewSession {
            record: self.record(0, 1),
            limit: 100,
        };
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
        let nobody = SessionId::from_bytes([9; 16]);
        let replaced = self.store.replace(new, vec![old.id, nobody]).await;
        assert_eq!(replaced.expect("a new session"), Replaced::new(1, 0));
        assert!(self.load(old.id).await.is_none());
        assert!(self.load(id).await.is_some());
        self.clear().await;
    }

    async fn sessions_of_a_user_end_together_or_but_one(&self) {
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
        assert_eq!(
            end(UserSessions::Only(SessionId::from_bytes([1; 16]))).await,
            1
        );
        assert_eq!(
            end(UserSessions::AllBut(SessionId::from_bytes([2; 16]))).await,
            1
        );
        assert!(self.load(SessionId::from_bytes([2; 16])).await.is_some());
        assert_eq!(end(UserSessions::All).await, 1);
        assert!(self.load(other.id).await.is_some());
        self.clear().await;
    }

    async fn the_least_recently_used_beyond_the_limit_are_ended(&self) {
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
            let found = self.load(SessionId::from_bytes([id; 16])).await;
            left.extend(found.map(|_| id));
        }
        assert_eq!(left, [2, 3, 4]);
        assert!(self.load(other.id).await.is_some());
        self.clear().await;
    }

    /// However lately they were used.
    async fn sessions_past_their_end_make_room_first(&self) {
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
            let found = self.load(SessionId::from_bytes([id; 16])).await;
            left.extend(found.map(|_| id));
        }
        assert_eq!(left, [2, 3], "of a limit of two");
        self.clear().await;
    }

    async fn a_list_is_of_one_user_and_the_living(&self) {
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
        let ids: Vec<_> = listed
            .iter()
            .map(|record| record.id.as_bytes()[0])
            .collect();
        assert_eq!(ids, [3, 2], "most recently renewed first");
        self.clear().await;
    }

    async fn expired_rows_go_in_batches_at_their_instant(&self) {
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
        assert_eq!(delete(4, 3).await, 3);
        assert_eq!(
            delete(4, 3).await,
            1,
            "the one at its instant goes, the one after it stays"
        );
        assert_eq!(delete(5, 100).await, 1);
    }
}

impl Suite<'_> {
    async fn only_the_secret_brings_a_user<U>(&self, store: &impl Store<U>) {
        let session = self.insert(self.record(0, 1)).await;
        let found = store.load_with_user(session).await;
        let (record, _) = found.expect("an answer").expect("a session and its user");
        assert_eq!(record.id, session.id);
        let stranger = Credential {
            secret_hash: SecretHash::from_bytes([7; 32]),
            ..session
        };
        let found = store.load_with_user(stranger).await;
        assert!(found.expect("an answer").is_none(), "the id alone");
        self.clear().await;
    }
}

#[cfg(test)]
mod tests;
