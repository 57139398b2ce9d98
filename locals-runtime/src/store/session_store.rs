//! [`SessionStore`]: what keeps sessions, and what holds for each of its verbs.

use super::{
    NewSession, Replaced, SessionRecord, SessionUpdate, StoreFuture, Timestamp, UserSessions,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};

/// Keeps sessions: ten verbs, each one statement or one transaction.
///
/// What holds for each of them:
///
/// - **All or nothing.** (Of one user; see [`spans_users`](Self::spans_users).) A future that is dropped at any
///   point leaves the store as it was before or as it is after, never between, and gives back its connection or
///   place in a queue. The engine drops a future at the [deadline](crate::AuthBuilder::store_deadline), or when its
///   request is gone; whether a write took place is unknown then, and doing it again does no harm.
/// - **Byte for byte.** Ids, hashes and user ids are compared as bytes: no collation, no folding of
///   case, no padding. (User ids as the key of a users table is compared, where its collation takes two for one:
///   `MySqlStore`.)
/// - **No row but by [`replace`](Self::replace)**: [`update`](Self::update) of a row that is gone makes none.
/// - **Never "not there" for "could not look"**, nor "done" for a write that changed nothing: what did not
///   work is an error, [`StoreError::Unavailable`] if it has none of its own;
///   [`ConnectionLost`](crate::StoreError::ConnectionLost) where the connection broke: a read is tried once more
///   then. A row that is there and cannot be read is [`corrupt`](crate::StoreError::corrupt), and hides no other.
/// - **Another node** may do anything between two calls. What must not be lost to it is a condition of
///   the one statement.
/// - **Time is the caller's**: a store compares the instants it is given, and has no clock.
///
/// Implement this and [`Store`](super::Store) to keep sessions elsewhere; `locals::testing::conformance` (feature
/// `testing`) tells whether the promises are kept. A complete store, of one lock:
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use locals::{SessionId, StoreError, UserId, store::*, testing::conformance};
/// use std::{collections::BTreeMap, sync::Mutex};
///
/// #[derive(Default)]
/// struct OneLock(Mutex<BTreeMap<SessionId, SessionRecord>>);
///
/// impl OneLock {
///     /// Removes what is asked for; how many there were.
///     fn remove(&self, is_asked: impl Fn(&SessionRecord) -> bool, limit: usize) -> u64 {
///         let mut rows = self.0.lock().unwrap();
///         let mut asked: Vec<_> = rows.values().filter(|row| is_asked(row)).collect();
///         asked.sort_by_key(|row| row.deadlines.idle_until);
///         let ids: Vec<_> = asked.iter().take(limit).map(|row| row.id).collect();
///         ids.iter().filter(|id| rows.remove(id).is_some()).count() as u64
///     }
/// }
///
/// impl SessionStore for OneLock {
///     fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
///         let NewSession { record, limit, .. } = new;
///         let (id, now) = (record.id, record.created_at);
///         let mut rows = self.0.lock().unwrap();
///         if rows.contains_key(&id) {
///             return StoreFuture::ready(Err(StoreError::DuplicateId));
///         }
///         let mut replaced = Replaced::default();
///         replaced.ended = ended.iter().filter(|id| rows.remove(id).is_some()).count() as u64;
///         let user = record.user_id.clone();
///         rows.insert(id, record);
///         let mut others: Vec<_> = rows
///             .values()
///             .filter(|row| row.user_id == user && row.id != id)
///             .map(|row| (row.deadlines.idle_until > now, row.renewed_at, row.id))
///             .collect();
///         others.sort_by_key(|(is_alive, renewed_at, _)| (*is_alive, *renewed_at));
///         let excess = (others.len() + 1).saturating_sub(limit as usize);
///         for (is_alive, _, id) in others.into_iter().take(excess) {
///             rows.remove(&id);
///             replaced.evicted += u64::from(is_alive);
///         }
///         StoreFuture::ready(Ok(replaced))
///     }
///
///     fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
///         StoreFuture::ready(Ok(self.0.lock().unwrap().get(&id).cloned()))
///     }
///
///     fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
///         let mut rows = self.0.lock().unwrap();
///         let row = rows.get_mut(&update.session.id);
///         StoreFuture::ready(Ok(row.is_some_and(|row| row.update(&update))))
///     }
///
///     fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
///         StoreFuture::ready(Ok(self.remove(|row| sessions.contains(&row.id), usize::MAX)))
///     }
///
///     fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
///         StoreFuture::ready(Ok(self.remove(|row| row.id == id, 1) > 0))
///     }
///
///     fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
///         let is_asked = |row: &SessionRecord| {
///             row.user_id == user
///                 && match which {
///                     UserSessions::All => true,
///                     UserSessions::AllBut(kept) => row.id != kept,
///                     UserSessions::Only(one) => row.id == one,
///                 }
///         };
///         StoreFuture::ready(Ok(self.remove(is_asked, usize::MAX)))
///     }
///
///     fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
///         let rows = self.0.lock().unwrap();
///         let is_listed =
///             |row: &&SessionRecord| row.user_id == user && row.deadlines.idle_until > now;
///         let mut listed: Vec<_> = rows.values().filter(is_listed).cloned().collect();
///         listed.sort_by_key(|row| std::cmp::Reverse(row.renewed_at));
///         StoreFuture::ready(Ok(listed))
///     }
///
///     fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
///         let is_expired = |row: &SessionRecord| row.deadlines.idle_until <= deadline;
///         StoreFuture::ready(Ok(self.remove(is_expired, limit as usize)))
///     }
///
///     fn ping(&self) -> StoreFuture<'_, ()> {
///         StoreFuture::ready(Ok(()))
///     }
/// }
///
/// // It knows no users: the user of a session is the id.
/// impl Store<UserId> for OneLock {
///     fn sessions(&self) -> &dyn SessionStore {
///         self
///     }
///
///     fn load_with_user(
///         &self,
///         credential: Credential,
///     ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
///         let rows = self.0.lock().unwrap();
///         let row = rows.get(&credential.id);
///         let opened = row.filter(|row| row.is_opened_by(&credential.secret_hash));
///         StoreFuture::ready(Ok(opened.map(|row| (row.clone(), row.user_id.clone()))))
///     }
///
///     fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
///         StoreFuture::ready(Ok(Some((id.clone(), id))))
///     }
/// }
///
/// impl AnswersAtOnce for OneLock {}
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(
/// conformance::check_with_users(&OneLock::default(), ["1".into(), "2".into()])
/// # );
/// let auth: locals::Auth = locals::Auth::builder(OneLock::default()).build()?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait SessionStore: Send + Sync + 'static {
    /// The id of a session about to be made, of which `random` is 16 random bytes: a store may choose a
    /// part of it, such as a shard that follows from the user. Ids stay unique, and as many bytes
    /// random as an id needs for that; the secret is none of its business.
    fn new_id(&self, user: &UserId, random: SessionId) -> SessionId {
        let _ = user;
        random
    }

    /// Adds a session, removes those with the ids `ended`, then drops the user's sessions beyond the
    /// limit: first those that have ended by their deadlines, then the least recently used, never the one
    /// just made. All of it, or nothing. For the deadlines, now is the new record's
    /// `created_at`. For sessions of several users, in [some stores](Self::spans_users), one user after the
    /// other.
    ///
    /// That the id is free is looked at before `ended` are removed.
    ///
    /// # Errors
    ///
    /// [`StoreError::DuplicateId`] if the id is taken: the row that is there stays as it is, and the engine
    /// comes with another id. [`StoreError::UnknownUser`] if the store knows the users and this is none of
    /// them.
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced>;

    /// The row with this id, expired or not; `None` for any 16 bytes that are the id of none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] if the row cannot be read.
    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>>;

    /// Changes a row if it still has the id, the hash and, for new deadlines, the `active_until` that were
    /// read, and for a promotion is pending; in one statement, for two nodes may come with the same. `true`
    /// if a row was changed, also if to the values it had.
    ///
    /// [`SessionRecord::update`] is what it comes to.
    ///
    /// `false` is no error: the engine reads the row again.
    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool>;

    /// Removes the sessions with these ids, all or nothing; how many there were. Those of several users, in
    /// [some stores](Self::spans_users), one user after the other.
    ///
    /// Whoever asks has proved that they may: [`Auth`](crate::Auth) looks at the secret first, so that
    /// a stranger with a made-up token causes no write.
    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64>;

    /// Removes the sessions with this [`external_ref`](SessionRecord::external_ref), byte for byte, all or
    /// nothing; how many there were.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unsupported`], unless implemented: a store that keeps the
    /// field and cannot look for it does not say that there was none.
    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        let _ = external_ref;
        StoreFuture::ready(Err(StoreError::Unsupported(
            "to end sessions by an external reference",
        )))
    }

    /// Removes the session with this id; whether there was one.
    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool>;

    /// Removes sessions of one user, all or nothing; how many there were. A session of this user that
    /// another node makes at the same time comes before or after it, as a whole.
    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64>;

    /// The sessions of one user that are not past `idle_until` at `now`, most recently renewed
    /// first. One whose row cannot be read is left out.
    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>>;

    /// Removes at most `limit` sessions whose `idle_until` is at or before `deadline`; how many. Several
    /// nodes may do it at once. None where expired sessions go [by themselves](Self::sweeps).
    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64>;

    /// Whether [`delete_expired`](Self::delete_expired) is what removes expired sessions. `false` for a store from
    /// which they go by themselves: it is not asked to, and answers 0; a session that is long past its `idle_until`
    /// may be gone at any time.
    fn sweeps(&self) -> bool {
        true
    }

    /// Whether what is done to sessions of several users is all or nothing, too: by [`replace`](Self::replace) with
    /// `ended` of others than the new session's user, and by [`end`](Self::end). `false` for a store whose users are on
    /// different servers. It makes the new session first, and then ends the others user by user. If it is stopped in
    /// between, an old session may still be alive beside the new one; there is never a moment with neither. To ask
    /// again is safe.
    fn spans_users(&self) -> bool {
        true
    }

    /// Whether the store can answer now, for a readiness check.
    fn ping(&self) -> StoreFuture<'_, ()>;
}
