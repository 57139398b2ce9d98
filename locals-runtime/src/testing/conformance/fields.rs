//! Fields at their longest, and instants at the ends of time.

use super::{HOUR, NOW, Suite};
use crate::{
    lifetime::Deadlines,
    store::{
        Extension, Periods, Rotation, SecretHash, SessionRecord, SessionUpdate, Succession,
        SuccessorNonce, Timestamp,
    },
};
use std::{sync::Arc, time::Duration};

/// So many bytes, as many of them as may be of this text.
fn filled(text: &str, bytes: usize) -> Option<Arc<str>> {
    let whole = text.repeat(bytes / text.len());
    let rest = "-".repeat(bytes - whole.len());
    Some(format!("{whole}{rest}").into())
}

impl Suite<'_> {
    async fn comes_back(&self, record: SessionRecord) {
        self.insert(record.clone()).await;
        let loaded = self.load(record.id).await.expect("what was inserted");
        assert_eq!(format!("{loaded:?}"), format!("{record:?}"));
        assert_eq!(loaded.succession, record.succession);
        assert!(loaded.secret_hash.matches(&record.secret_hash));
        for (kept, made) in [
            (loaded.former_hash, record.former_hash),
            (
                loaded.user_stamp.map(Box::new),
                record.user_stamp.map(Box::new),
            ),
        ] {
            assert!(
                kept.zip(made)
                    .is_none_or(|(kept, made)| kept.matches(&made))
            );
        }
        self.clear().await;
    }

    pub(super) async fn the_longest_fields_come_back_as_they_were(&self) {
        for text in ["x", "é", "日", "🦀"] {
            self.comes_back(SessionRecord {
                device: filled(text, 1024),
                assurance: filled(text, 16),
                external_ref: filled(text, 255),
                ..self.record(0, 1)
            })
            .await;
        }
        for device in ["", " ", "a ", "\\x00 %_ $1 ?1 :a {b}", "\u{e9}", "e\u{301}"] {
            self.comes_back(SessionRecord {
                device: Some(device.into()),
                ..self.record(0, 1)
            })
            .await;
        }
        self.comes_back(SessionRecord {
            device: None,
            ..self.record(0, 1)
        })
        .await;
    }

    pub(super) async fn ids_and_hashes_are_any_bytes(&self) {
        let counting: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap_or(0));
        for (id, hash) in [
            ([0; 16], [0; 32]),
            ([0xff; 16], [0xff; 32]),
            (*b"'; DROP TABLE --", counting),
        ] {
            let hash = SecretHash::from_bytes(hash);
            self.comes_back(SessionRecord {
                id: self.id_of(0, id),
                secret_hash: hash,
                former_hash: Some(Box::new(hash)),
                user_stamp: Some(hash),
                succession: Some(Succession::pending(SuccessorNonce::from_bytes(
                    *hash.as_bytes(),
                ))),
                ..self.record(0, 1)
            })
            .await;
        }
    }

    pub(super) async fn h_01_instants_and_periods_reach_to_the_ends_of_time(&self) {
        for millis in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            let at = Timestamp::from_millis(millis);
            let length = Duration::from_millis(millis.unsigned_abs().clamp(1, i64::MAX as u64));
            self.comes_back(SessionRecord {
                created_at: at,
                authenticated_at: at,
                renewed_at: at,
                deadlines: Deadlines {
                    active_until: at,
                    idle_until: at,
                    expires_at: at,
                },
                periods: Some(Periods {
                    active: length,
                    idle: length,
                }),
                former_hash: Some(Box::new(SecretHash::from_bytes([0x66; 32]))),
                succession: Some(Succession::Promoted(at)),
                ..self.record(0, 1)
            })
            .await;
        }
    }

    /// Nor is it a condition that is not set.
    pub(super) async fn the_first_instant_is_no_missing_one(&self) {
        let epoch = Timestamp::from_millis(0);
        let session = self.insert(self.record(0, 1)).await;
        let read = self.record(0, 1).deadlines;
        let deadlines = Deadlines {
            active_until: epoch,
            idle_until: epoch,
            ..read
        };
        let stale = Extension::new(epoch, epoch, deadlines);
        let update = SessionUpdate::extension(session, stale);
        assert!(!self.changes(update).await, "it was read at another");
        let extension = Extension::new(read.active_until, epoch, deadlines);
        let rotation = Rotation::new(SecretHash::from_bytes([8; 32]), Some(epoch));
        let update = SessionUpdate::rotating_extension(session, extension, rotation);
        assert!(self.changes(update).await);
        let row = self.load(session.id).await.expect("the same row");
        assert_eq!(row.deadlines, deadlines);
        assert_eq!((row.renewed_at, row.authenticated_at), (epoch, epoch));
        self.clear().await;
    }

    pub(super) async fn a_list_has_all_who_were_renewed_at_one_instant(&self) {
        for id in 1..=9_u8 {
            let record = SessionRecord {
                renewed_at: NOW.plus(u32::from(id / 3) * HOUR),
                ..self.record(0, id)
            };
            self.insert(record).await;
        }
        let listed = self.list(0, NOW).await;
        let hours = listed
            .iter()
            .map(|row| row.renewed_at.since(NOW).as_secs() / 3600);
        assert_eq!(hours.collect::<Vec<_>>(), [3, 2, 2, 2, 1, 1, 1, 0, 0]);
        let mut ids: Vec<_> = listed.iter().map(|row| row.id).collect();
        ids.sort_unstable();
        let mut all: Vec<_> = (1..=9).map(|id| self.id(0, id)).collect();
        all.sort_unstable();
        assert_eq!(ids, all);
        self.clear().await;
    }
}
