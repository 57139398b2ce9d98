//! Two handles to the same sessions: what one does the other sees, and what both do counts once.

mod races;
mod sign_ins;

use super::{HOUR, NOW, Suite, promise, promises, until};
use crate::{
    error::StoreError,
    store::{
        Credential, NewSession, Promotion, Replaced, Rotation, SecretHash, SessionRecord,
        SessionStore, SessionUpdate, UserSessions,
    },
    user_id::UserId,
};
use std::time::Duration;

/// Checks that two handles to the same sessions, of two nodes for instance, are as one: what one ends the
/// other has no longer, and of what both are asked at the same time each is done as a whole, and once.
///
/// `a` and `b` may be the same handle twice. The store is empty and knows these two users, as for
/// [`check`](super::check).
///
/// # Panics
///
/// At the first promise that is broken.
pub async fn check_nodes(a: &dyn SessionStore, b: &dyn SessionStore, users: [UserId; 2]) {
    let a = Suite {
        store: a,
        users: users.clone(),
    };
    let b = Suite { store: b, users };
    let nodes = Nodes { a, b };
    promises! { nodes:
        j_01_what_one_node_ends_the_other_has_no_longer,
        what_one_node_changes_the_other_reads,
        a_08_an_id_is_taken_once_over_both_nodes,
        e_07_the_cap_is_exact_under_fifty_sign_ins,
        a_list_sees_a_replacement_as_a_whole,
        sign_ins_come_before_or_after_the_end_of_all,
        j_03_of_a_hundred_renewals_one_is_made,
        of_fifty_rotations_one_is_made,
        d_07_of_fifty_promotions_one_is_made,
        d_12_no_change_brings_back_what_another_node_ends,
        sessions_that_both_nodes_end_count_once,
        l_07_expired_rows_that_both_nodes_remove_count_once,
    }
}

struct Nodes<'a> {
    a: Suite<'a>,
    b: Suite<'a>,
}

/// How a session may end.
#[derive(Clone, Copy, Debug)]
enum Way {
    Delete,
    End,
    OfUser,
    AllBut,
    Only,
    ExternalRef,
    Replaced,
    Dropped,
    Expired,
}

const WAYS: [Way; 9] = [
    Way::Delete,
    Way::End,
    Way::OfUser,
    Way::AllBut,
    Way::Only,
    Way::ExternalRef,
    Way::Replaced,
    Way::Dropped,
    Way::Expired,
];

const MILLISECOND: Duration = Duration::from_millis(1);

impl Suite<'_> {
    /// Ends a session that is the first user's only one, and nothing else.
    async fn end_by(&self, way: Way, record: &SessionRecord) {
        let replace = |limit, ended| async move {
            let new = SessionRecord {
                renewed_at: NOW.plus(HOUR),
                ..self.record(0, 2)
            };
            let replaced = self.store.replace(NewSession::new(new, limit), ended);
            replaced.await.expect("a new session")
        };
        let of_user = |which| async move {
            let ended = self.store.delete_of_user(self.users[0].clone(), which);
            ended.await.expect("an answer")
        };
        match way {
            Way::Delete => assert!(self.store.delete(record.id).await.expect("an answer")),
            Way::End => {
                let ended = self.store.end(vec![record.id]).await;
                assert_eq!(ended.expect("an answer"), 1);
            }
            Way::OfUser => assert_eq!(of_user(UserSessions::All).await, 1),
            Way::AllBut => {
                let other = self.id(0, 9);
                assert_eq!(of_user(UserSessions::AllBut(other)).await, 1);
            }
            Way::Only => assert_eq!(of_user(UserSessions::Only(record.id)).await, 1),
            Way::ExternalRef => match self.store.delete_by_external_ref("node").await {
                Err(StoreError::Unsupported(_)) => {
                    assert!(self.store.delete(record.id).await.expect("an answer"));
                }
                ended => assert_eq!(ended.expect("an answer"), 1),
            },
            Way::Replaced => {
                let replaced = replace(100, vec![record.id]).await;
                assert_eq!(replaced, Replaced::new(1, 0));
            }
            Way::Dropped => assert_eq!(replace(1, Vec::new()).await, Replaced::new(0, 1)),
            Way::Expired if !self.store.sweeps() => {
                assert!(self.store.delete(record.id).await.expect("an answer"));
            }
            Way::Expired => {
                let deadline = record.deadlines.idle_until;
                let deleted = self.store.delete_expired(deadline, 100).await;
                assert_eq!(deleted.expect("an answer"), 1);
            }
        }
    }
}

impl Nodes<'_> {
    /// Alternately one and the other.
    fn node(&self, number: usize) -> &Suite<'_> {
        if number.is_multiple_of(2) {
            &self.a
        } else {
            &self.b
        }
    }

    pub(super) async fn j_01_what_one_node_ends_the_other_has_no_longer(&self) {
        for (one, other) in [(&self.a, &self.b), (&self.b, &self.a)] {
            for way in WAYS {
                let record = one.record(0, 1);
                let earlier = record.deadlines.idle_until.minus(MILLISECOND);
                let record = SessionRecord {
                    external_ref: Some("node".into()),
                    ..until(record, earlier)
                };
                let session = one.insert(record.clone()).await;
                let stays = one.insert(one.record(1, 9)).await;
                for node in [one, other] {
                    assert!(node.load(session.id).await.is_some(), "it is on both");
                }
                one.end_by(way, &record).await;
                let found = other.load(session.id).await;
                assert!(found.is_none(), "{way:?}: the other node has it still");
                let listed = other.list(0, NOW).await;
                assert!(listed.iter().all(|row| row.id != session.id), "{way:?}");
                let rotation = Rotation::new(SecretHash::from_bytes([8; 32]), None);
                let rotation = SessionUpdate::rotation(session, rotation);
                assert!(!other.changes(rotation).await, "{way:?}");
                assert!(one.load(session.id).await.is_none(), "{way:?}");
                assert!(other.load(stays.id).await.is_some(), "{way:?}");
                one.clear().await;
            }
        }
    }

    pub(super) async fn what_one_node_changes_the_other_reads(&self) {
        for (one, other) in [(&self.a, &self.b), (&self.b, &self.a)] {
            let session = one.insert(one.record(0, 1)).await;
            assert!(other.load(session.id).await.is_some());
            let update = one.rotating_extension(session);
            assert!(one.changes(update).await);
            let rotation = update.rotation.expect("it rotates");
            let read = other.load(session.id).await.expect("the same row");
            assert!(read.secret_hash.matches(&rotation.secret_hash));
            assert_eq!(
                Some(read.renewed_at),
                update.extension.map(|e| e.renewed_at)
            );
            let successor = Credential {
                secret_hash: rotation.secret_hash,
                ..session
            };
            let promotion = Promotion::new(NOW.plus(40 * HOUR));
            let promotion = SessionUpdate::promotion(successor, promotion);
            assert!(other.changes(promotion).await);
            assert!(!one.changes(promotion).await, "the other node has done it");
            let [read, its_own] = [one.load(session.id).await, other.load(session.id).await];
            assert_eq!(format!("{read:?}"), format!("{its_own:?}"));
            one.clear().await;
        }
    }
}
