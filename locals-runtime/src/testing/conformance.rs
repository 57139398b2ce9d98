//! What every store promises, as checks that an implementor calls from a test.
//!
//! | function | what it checks | needs |
//! |---|---|---|
//! | [`check`] | each verb by itself and one after the other; fields at their longest and instants at the ends of time; batches beside reads | two users, or ids of users where there is no table of them |
//! | [`check_with_users`] | the same, and that users come by their sessions | a [`Store`] |
//! | [`check_text_ids`] | any text is a user of its own, byte for byte, or refused | a store without a table of users |
//! | [`check_nodes`] | two handles are as one: ends are seen at once, what is done by both is done as a whole, and once | two handles, or one twice |
//! | [`check_cancellation`] | a future that is dropped after any poll leaves the store as before or as after, and gives back what it held | tokio with time |
//! | [`check_histories`] | random verbs, each answer compared with a model | |
//! | [`check_interleavings`] | two random verbs at a time are as one after the other | two handles, or one twice |
//!
//! Each wants an empty store and leaves an empty one, so they can be called one after the other. Only
//! `check_cancellation` sleeps; the others need no runtime but the one the store needs, and take a moment on
//! a store in memory, but for the histories, which are as long as they are asked to be.
//!
//! Of a store from which expired sessions go [by themselves](SessionStore::sweeps) it is not checked that they do,
//! nor of one that ends sessions [user by user](SessionStore::spans_users) that another verb sees all or nothing of it.
//! Not checked are outages: what a store says when its server is gone, and that a change which fails half-way
//! is rolled back, but for a taken id. What clients saw of several programs that were killed meanwhile,
//! [`history`](super::history) checks.
//!
//! For a store of your own, in a test:
//!
//! ```
//! use locals::{MemoryStore, UserId, testing::conformance};
//!
//! # async fn show() {
//! let store = MemoryStore::new();
//! let users: [UserId; 2] = ["1".into(), "2".into()];
//! conformance::check(&store, users.clone()).await;
//! conformance::check_nodes(&store, &store.clone(), users.clone()).await;
//! conformance::check_cancellation(&store, users).await;
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(show());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batches;
mod cancellation;
mod caps;
mod ends;
mod fields;
mod histories;
mod model;
mod nodes;
mod rows;
mod succession;
mod text_ids;
mod verb;

pub use cancellation::check_cancellation;
pub use histories::{Histories, check_histories, check_interleavings};
pub use nodes::check_nodes;
pub use text_ids::check_text_ids;

use crate::{
    error::StoreError,
    lifetime::{Deadlines, Lifetimes},
    store::{
        Credential, NewSession, Replaced, SecretHash, SessionRecord, SessionStore, SessionUpdate,
        Store, StoreFuture, Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
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
pub(crate) use promises;

/// Checks the promises of [`SessionStore`] that can be seen by one handle, on an empty store that knows these
/// two users: the [module](self) has the others.
///
/// ```
/// use locals::{MemoryStore, testing::conformance};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(
/// conformance::check(&MemoryStore::new(), ["1".into(), "2".into()])
/// # );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        the_longest_fields_come_back_as_they_were,
        ids_and_hashes_are_any_bytes,
        h_01_instants_and_periods_reach_to_the_ends_of_time,
        the_first_instant_is_no_missing_one,
        a_list_has_all_who_were_renewed_at_one_instant,
        e_07_a_limit_of_one_leaves_the_new_session,
        e_07_the_highest_limit_drops_nobody,
        what_a_replacement_ends_makes_room_first,
        d_04_a_refused_replacement_drops_nobody_for_the_limit,
        ids_count_once_and_only_if_they_are_there,
        a_batch_of_none_removes_none,
        k_06_a_thousand_expired_rows_are_one_batch,
        k_06_a_batch_leaves_those_alone_who_read_meanwhile,
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

/// Whether the store can end sessions by an external reference; that it cannot, it says.
async fn names_sessions(store: &dyn SessionStore) -> bool {
    match store.delete_by_external_ref("nobody's").await {
        Err(StoreError::Unsupported(_)) => false,
        ended => {
            assert_eq!(ended.expect("an answer"), 0);
            true
        }
    }
}

/// The answers of all that is asked, at the same time.
async fn together<T>(asked: Vec<StoreFuture<'_, T>>) -> Vec<Result<T, StoreError>> {
    let mut answers: Vec<Option<Result<T, StoreError>>> = asked.iter().map(|_| None).collect();
    let mut asked: Vec<_> = asked.into_iter().map(Some).collect();
    poll_fn(|context| {
        for (place, answer) in asked.iter_mut().zip(&mut answers) {
            if let Some(future) = place
                && let Poll::Ready(given) = Pin::new(future).poll(context)
            {
                *answer = Some(given);
                *place = None;
            }
        }
        if asked.iter().all(Option::is_none) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

/// A session that ends by itself at this instant.
fn until(record: SessionRecord, idle_until: Timestamp) -> SessionRecord {
    let deadlines = Deadlines {
        active_until: record.deadlines.active_until.min(idle_until),
        idle_until,
        ..record.deadlines
    };
    SessionRecord {
        deadlines,
        ..record
    }
}

/// Others for each number.
fn numbered_bytes(number: u32) -> [u8; 16] {
    let mut bytes = [0xa7; 16];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes
}

struct Suite<'a> {
    store: &'a dyn SessionStore,
    users: [UserId; 2],
}

impl Suite<'_> {
    /// The id that the store makes of these bytes for this user.
    fn id_of(&self, user: usize, random: [u8; 16]) -> SessionId {
        let random = SessionId::from_bytes(random);
        self.store.new_id(&self.users[user], random)
    }

    fn id(&self, user: usize, byte: u8) -> SessionId {
        self.id_of(user, [byte; 16])
    }

    /// Whether a user may be given an id that another had.
    fn shares_ids(&self) -> bool {
        self.id(0, 1) == self.id(1, 1)
    }

    fn record(&self, user: usize, id: u8) -> SessionRecord {
        let credential = Credential {
            id: self.id(user, id),
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
        let new = NewSession {
            record,
            limit: 10_000,
        };
        self.insert_new(new).await.expect("a new session");
        credential
    }

    async fn insert_new(&self, new: NewSession) -> Result<Replaced, StoreError> {
        self.store.replace(new, Vec::new()).await
    }

    async fn load(&self, id: SessionId) -> Option<SessionRecord> {
        self.store.load(id).await.expect("an answer")
    }

    async fn changes(&self, update: SessionUpdate) -> bool {
        self.store.update(update).await.expect("an answer")
    }

    async fn list(&self, user: usize, now: Timestamp) -> Vec<SessionRecord> {
        let listed = self.store.list(self.users[user].clone(), now).await;
        listed.expect("an answer")
    }

    /// A record for each number; others than those of [`record`](Self::record).
    fn numbered(&self, user: usize, number: u32) -> SessionRecord {
        let mut secret_hash = [0xa8; 32];
        secret_hash[..4].copy_from_slice(&number.to_le_bytes());
        SessionRecord {
            id: self.id_of(user, numbered_bytes(number)),
            secret_hash: SecretHash::from_bytes(secret_hash),
            ..self.record(user, 0)
        }
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
