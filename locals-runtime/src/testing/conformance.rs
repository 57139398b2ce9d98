//! What every store promises, as checks that an implementor calls from a test.
//!
//! They call one function after the other, and wait for each answer. Not checked is what becomes of a future
//! that is dropped, calls at the same time, from one node or several, and that a change which fails half-way
//! is rolled back, but for a taken id.
//!
//! ```
//! use locals::{MemoryStore, testing::conformance};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(
//! conformance::check(&MemoryStore::new(), ["1".into(), "2".into()])
//! # );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ends;
mod rows;
mod succession;

use crate::{
    error::StoreError,
    lifetime::Lifetimes,
    store::{
        Credential, NewSession, Replaced, SecretHash, SessionRecord, SessionStore, Store,
        Timestamp, UserSessions,
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

/// Checks each, under its name in words.
macro_rules! promises {
    ($suite:ident: $($promise:ident,)*) => {$(
        promise(stringify!($promise), $suite.$promise()).await;
    )*};
}

/// Checks the promises of [`SessionStore`] on an empty store that knows these two users, but for those that
/// the [module](self) leaves out.
///
/// # Panics
///
/// At the first promise that is broken.
pub async fn check(store: &dyn SessionStore, users: [UserId; 2]) {
    let suite = Suite { store, users };
    promises! { suite:
        what_is_inserted_is_loaded,
        any_16_bytes_may_be_asked_for,
        an_id_is_taken_once,
        a_09_ids_that_differ_in_one_bit_are_two_sessions,
        a_renewal_changes_a_row_only_as_it_was_read,
        nothing_brings_an_ended_session_back,
        a_rotation_changes_the_secret_once,
        d_07_a_renewal_that_rotates_is_one_change,
        d_07_a_secret_is_promoted_once_and_only_if_it_succeeds_another,
        sessions_end_by_their_ids,
        e_09_sessions_end_by_their_external_ref,
        a_replacement_adds_and_ends_or_does_neither,
        sessions_of_a_user_end_together_or_but_one,
        the_least_recently_used_beyond_the_limit_are_ended,
        sessions_past_their_end_make_room_first,
        a_list_is_of_one_user_and_the_living,
        expired_rows_go_in_batches_at_their_instant,
    }
    store
        .ping()
        .await
        .expect("a store that works answers a ping");
}

/// Checks those of [`Store`] too.
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
    let check = suite.a_user_is_found_by_the_id_that_a_session_has(store);
    promise("a_user_is_found_by_the_id_that_a_session_has", check).await;
    let check = suite.only_the_secret_brings_a_user(store);
    promise("only_the_secret_brings_a_user", check).await;
    let check = suite.d_08_the_former_secret_brings_a_user_only_in_a_succession(store);
    promise(
        "d_08_the_former_secret_brings_a_user_only_in_a_succession",
        check,
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
            "the store breaks a promise, \"{}\": {}",
            name.replace('_', " "),
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
        let credential = Credential {
            id: SessionId::from_bytes([id; 16]),
            secret_hash: SecretHash::from_bytes([id.wrapping_add(1); 32]),
        };
        let deadlines = Lifetimes::default().deadlines(NOW);
        let mut record = SessionRecord::new(credential, self.users[user].clone(), NOW, deadlines);
        record.device = Some("Firefox on Linux; drop table \"x\"' é".into());
        record
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
}

#[cfg(test)]
mod tests;
