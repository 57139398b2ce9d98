//! How one secret takes the place of another where renewals rotate.

use super::{HOUR, NOW, Suite};
use crate::{
    lifetime::Lifetimes,
    store::{
        Credential, Extension, Promotion, Rotation, SecretHash, SessionUpdate, Store, Succession,
        SuccessorNonce,
    },
};

const NEXT: SecretHash = SecretHash::from_bytes([0x77; 32]);
const NONCE: SuccessorNonce = SuccessorNonce::from_bytes([0x99; 32]);

impl Suite<'_> {
    pub(super) fn rotating_extension(&self, session: Credential) -> SessionUpdate {
        let read = self.record(0, 1).deadlines;
        let now = NOW.plus(30 * HOUR);
        let later = Lifetimes::default().periods().renewed(read, now);
        let extension = Extension::new(read.active_until, now, later);
        SessionUpdate::rotating_extension(session, extension, Rotation::to_successor(NEXT, NONCE))
    }

    pub(super) async fn d_07_a_renewal_that_rotates_is_one_change(&self) {
        let session = self.insert(self.record(0, 1)).await;
        let update = self.rotating_extension(session);
        assert!(self.changes(update).await);
        assert!(!self.changes(update).await, "the second finds it changed");
        let row = self.load(session.id).await.expect("the same row");
        assert!(row.secret_hash.matches(&NEXT));
        let former = row.former_hash.expect("the secret it had");
        assert!(former.matches(&session.secret_hash));
        assert_eq!(row.succession, Some(Succession::pending(NONCE)));
        assert_eq!(row.renewed_at, NOW.plus(30 * HOUR));
        self.clear().await;
    }

    pub(super) async fn d_07_a_secret_is_promoted_once_and_only_if_it_succeeds_another(&self) {
        let session = self.insert(self.record(0, 1)).await;
        let promote = |secret_hash, hours: u32| {
            let session = Credential {
                secret_hash,
                ..session
            };
            SessionUpdate::promotion(session, Promotion::new(NOW.plus(hours * HOUR)))
        };
        assert!(!self.changes(promote(session.secret_hash, 1)).await);
        assert!(self.changes(self.rotating_extension(session)).await);
        let by_the_former = promote(session.secret_hash, 2);
        assert!(!self.changes(by_the_former).await, "it is out already");
        assert!(self.changes(promote(NEXT, 3)).await);
        assert!(!self.changes(promote(NEXT, 4)).await, "a second time");
        let row = self.load(session.id).await.expect("the same row");
        let promoted = Succession::Promoted(NOW.plus(3 * HOUR));
        assert_eq!(row.succession, Some(promoted));
        assert_eq!(row.renewed_at, NOW.plus(30 * HOUR), "else as it was");
        let next = Credential {
            secret_hash: NEXT,
            ..session
        };
        let other = Rotation::new(SecretHash::from_bytes([3; 32]), None);
        assert!(self.changes(SessionUpdate::rotation(next, other)).await);
        let row = self.load(session.id).await.expect("the same row");
        assert_eq!(row.succession, None, "a rotation that was asked for");
        self.clear().await;
    }

    pub(super) async fn d_08_the_former_secret_brings_a_user_only_in_a_succession<U>(
        &self,
        store: &impl Store<U>,
    ) {
        let session = self.insert(self.record(0, 1)).await;
        let is_brought = |secret_hash| async move {
            let credential = Credential {
                secret_hash,
                ..session
            };
            let found = store.load_with_user(credential).await;
            found.expect("an answer").is_some()
        };
        assert!(self.changes(self.rotating_extension(session)).await);
        assert!(is_brought(session.secret_hash).await);
        assert!(is_brought(NEXT).await);
        let next = Credential {
            secret_hash: NEXT,
            ..session
        };
        let other = SecretHash::from_bytes([3; 32]);
        let rotation = SessionUpdate::rotation(next, Rotation::new(other, None));
        assert!(self.changes(rotation).await);
        assert!(!is_brought(NEXT).await, "its rotation was asked for");
        assert!(!is_brought(session.secret_hash).await, "two ago");
        assert!(is_brought(other).await);
        self.clear().await;
    }
}
