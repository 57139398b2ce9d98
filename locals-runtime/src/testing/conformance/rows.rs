//! What is kept, and how it changes.

use super::{HOUR, NOW, Suite};
use crate::{
    error::StoreError,
    lifetime::Lifetimes,
    store::{
        Credential, Extension, NewSession, Periods, Rotation, SecretHash, SessionRecord,
        SessionUpdate, Store, Succession, SuccessorNonce,
    },
    token::SessionId,
    user_id::UserId,
};
use std::time::Duration;

impl Suite<'_> {
    pub(super) async fn what_is_inserted_is_loaded(&self) {
        let record = self.record(0, 1);
        assert!(self.load(record.id).await.is_none());
        self.insert(record.clone()).await;
        let loaded = self.load(record.id).await.expect("what was inserted");
        assert_eq!(format!("{loaded:?}"), format!("{record:?}"));
        assert!(loaded.secret_hash.matches(&record.secret_hash));
        self.clear().await;
        for record in self.of_every_kind() {
            self.insert(record.clone()).await;
            let loaded = self.load(record.id).await.expect("what was inserted");
            assert_eq!(format!("{loaded:?}"), format!("{record:?}"));
            let stamps = loaded.user_stamp.zip(record.user_stamp);
            assert!(stamps.is_none_or(|(loaded, made)| loaded.matches(&made)));
            assert_eq!(loaded.succession, record.succession);
        }
        self.clear().await;
    }

    /// Rows with each field that most sessions do not have.
    fn of_every_kind(&self) -> [SessionRecord; 5] {
        let record = |id| self.record(0, id);
        [
            SessionRecord {
                periods: Some(Periods {
                    active: HOUR,
                    idle: Duration::from_millis(1),
                }),
                browser_session: true,
                ..record(2)
            },
            SessionRecord {
                assurance: Some("passkey".into()),
                external_ref: Some("sid é '\" ; --".into()),
                ..record(3)
            },
            SessionRecord {
                user_stamp: Some(SecretHash::from_bytes([0x55; 32])),
                ..record(4)
            },
            SessionRecord {
                former_hash: Some(Box::new(SecretHash::from_bytes([0x66; 32]))),
                succession: Some(Succession::pending(SuccessorNonce::from_bytes([0x44; 32]))),
                ..record(5)
            },
            SessionRecord {
                former_hash: Some(Box::new(SecretHash::from_bytes([0x66; 32]))),
                succession: Some(Succession::Promoted(NOW.plus(HOUR))),
                ..record(6)
            },
        ]
    }

    pub(super) async fn any_16_bytes_may_be_asked_for(&self) {
        for byte in [0, 0x27, 0x80, 0xff] {
            assert!(self.load(SessionId::from_bytes([byte; 16])).await.is_none());
        }
        let random = SessionId::from_bytes([0x5a; 16]);
        let other = SessionId::from_bytes([0xa5; 16]);
        let new_id = |random| self.store.new_id(&self.users[0], random);
        assert_ne!(new_id(random), new_id(other), "of other random bytes");
    }

    pub(super) async fn an_id_is_taken_once(&self) {
        self.insert(self.record(0, 1)).await;
        let other = SessionRecord {
            id: self.id(0, 1),
            secret_hash: SecretHash::from_bytes([9; 32]),
            ..self.record(1, 1)
        };
        let again = self.insert_new(NewSession {
            record: other,
            limit: 100,
        });
        assert!(matches!(again.await, Err(StoreError::DuplicateId)));
        let kept = self.load(self.id(0, 1)).await.expect("kept");
        assert_eq!(kept.user_id, self.users[0]);
        self.clear().await;
    }

    pub(super) async fn a_09_ids_that_differ_in_one_bit_are_two_sessions(&self) {
        // 0x41 and 0x61 are `A` and `a`: a store must not fold case.
        let upper = self.insert(self.record(0, 0x41)).await;
        let lower = self.insert(self.record(1, 0x61)).await;
        assert_eq!(self.load(upper.id).await.expect("A").user_id, self.users[0]);
        assert_eq!(self.load(lower.id).await.expect("a").user_id, self.users[1]);
        self.clear().await;
    }

    pub(super) async fn a_renewal_changes_a_row_only_as_it_was_read(&self) {
        let session = self.insert(self.record(0, 1)).await;
        let read = self.record(0, 1).deadlines;
        let later = Lifetimes::default()
            .periods()
            .renewed(read, NOW.plus(30 * HOUR));
        let renewal = Extension::new(read.active_until, NOW.plus(30 * HOUR), later);
        let renew = |session, renewal| async move {
            let update = SessionUpdate::extension(session, renewal);
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
        let same = Extension {
            read_active_until: later.active_until,
            ..renewal
        };
        assert!(renew(session, same).await);
        self.clear().await;
    }

    pub(super) async fn nothing_brings_an_ended_session_back(&self) {
        let session = self.insert(self.record(0, 1)).await;
        assert!(self.store.delete(session.id).await.expect("an answer"));
        assert!(!self.store.delete(session.id).await.expect("an answer"));
        let deadlines = self.record(0, 1).deadlines;
        let renewal = Extension::new(deadlines.active_until, NOW, deadlines);
        let rotation = Rotation::new(session.secret_hash, None);
        for update in [
            SessionUpdate::extension(session, renewal),
            SessionUpdate::rotation(session, rotation),
        ] {
            assert!(!self.store.update(update).await.expect("an answer"));
        }
        assert!(self.load(session.id).await.is_none());
    }

    pub(super) async fn a_rotation_changes_the_secret_once(&self) {
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

    pub(super) async fn a_user_is_found_by_the_id_that_a_session_has<U>(
        &self,
        store: &impl Store<U>,
    ) {
        for user in &self.users {
            let found = store.load_user(user.clone()).await;
            let (id, _) = found.expect("an answer").expect("a user of this id");
            assert_eq!(id, *user, "as a session has it");
        }
        let nobody = UserId::from(format!("{}{}", self.users[0], self.users[1]));
        let found = store.load_user(nobody.clone()).await;
        // Where users are nothing but ids, everybody is there.
        let found = found.expect("that there is none is no error");
        assert!(found.is_none_or(|(id, _)| id == nobody), "somebody else");
    }

    pub(super) async fn only_the_secret_brings_a_user<U>(&self, store: &impl Store<U>) {
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
