//! What renewals leave behind.

use std::time::{Duration, Instant};

use locals::{
    SessionId, UserId,
    store::{
        Credential, Deadlines, Extension, NewSession, SecretHash, SessionRecord, SessionStore,
        SessionUpdate, Timestamp,
    },
};

use crate::rig::{schema, store};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn l_06_a_renewal_changes_no_column_with_an_index() {
    let Some(schema) = schema() else { return };
    let store = store(&schema).await;
    let born = Timestamp::from_millis(1_893_456_000_000);
    let until = |renewed: Timestamp| Deadlines {
        active_until: renewed.plus(DAY),
        idle_until: renewed.plus(10 * DAY),
        expires_at: born.plus(90 * DAY),
    };
    for id in 0..50_u8 {
        let credential = Credential {
            id: SessionId::from_bytes([id; 16]),
            secret_hash: SecretHash::from_bytes([id; 32]),
        };
        let record =
            SessionRecord::new(credential, UserId::from(id.to_string()), born, until(born));
        let made = store.replace(NewSession::new(record, 10), Vec::new()).await;
        made.expect("a new session");
        let mut read = until(born);
        for minute in 1..=20_u32 {
            let now = born.plus(minute * Duration::from_secs(60));
            let renewed = until(now);
            let extension = Extension::new(read.active_until, now, renewed);
            let update = SessionUpdate::extension(credential, extension);
            assert!(store.update(update).await.expect("an answer"));
            read = renewed;
        }
    }
    let share = format!(
        "SELECT coalesce(max(100 * n_tup_hot_upd / nullif(n_tup_upd, 0)), 0)
         FROM pg_stat_all_tables
         WHERE schemaname = '{}' AND relname = 'locals_sessions' AND n_tup_upd >= 1000",
        schema.name()
    );
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let share: u32 = schema.text(&share).parse().expect("a number");
        if share > 90 {
            return;
        }
        assert!(Instant::now() < deadline, "{share} % of 1000 are heap-only");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
