//! [`MemoryStore`]: sessions in this process, for tests and for applications of one process.

mod id_hasher;

use super::{
    AnswersAtOnce, Credential, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate,
    Store, StoreFuture, Timestamp, UserSessions,
};
use crate::{error::StoreError, token::SessionId, user_id::UserId};
use id_hasher::IdHasher;
use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasher, BuildHasherDefault, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

const SHARDS: usize = 64;
const DEFAULT_CAPACITY: usize = 1_000_000;

/// Sessions in memory: gone when the process ends, seen by no other process.
///
/// It holds at most its capacity. When that is reached, expired sessions are dropped; if all are
/// alive, signing in fails with [`StoreError::Full`] and nobody is signed out.
///
/// Cloning gives another handle to the same sessions.
///
/// ```
/// use locals::{Auth, MemoryStore};
///
/// let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
/// # Ok::<(), locals::BuildError>(())
/// ```
#[derive(Clone)]
pub struct MemoryStore(Arc<Shards>);

/// Writers of one user's sessions hold that user's shard throughout and take session shards one
/// at a time below it; readers take one session shard only.
struct Shards {
    sessions: [RwLock<SessionShard>; SHARDS],
    users: [Mutex<UserShard>; SHARDS],
    hasher: RandomState,
    len: AtomicUsize,
    capacity: usize,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("sessions", &self.len())
            .field("capacity", &self.0.capacity)
            .finish()
    }
}

impl MemoryStore {
    /// A store for up to a million sessions.
    pub fn new() -> Self {
        Self::with_capacity(DEFAULT_CAPACITY)
    }

    /// A store for up to `capacity` sessions.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Arc::new(Shards {
            sessions: std::array::from_fn(|_| RwLock::default()),
            users: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
            len: AtomicUsize::new(0),
            capacity,
        }))
    }

    /// How many sessions it holds, expired ones included.
    pub fn len(&self) -> usize {
        self.0.len.load(Ordering::Relaxed)
    }

    /// Whether it holds no session at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

type SessionShard = HashMap<SessionId, SessionRecord, BuildHasherDefault<IdHasher>>;
type UserShard = HashMap<UserId, Vec<SessionId>>;

impl Shards {
    /// An id is random, so any of its bytes spreads sessions evenly.
    fn session_shard(&self, id: SessionId) -> &RwLock<SessionShard> {
        &self.sessions[usize::from(id.as_bytes()[0]) % SHARDS]
    }

    // A panic cannot happen while a lock is held, and if it did the maps would still be whole.
    fn read(&self, id: SessionId) -> RwLockReadGuard<'_, SessionShard> {
        let shard = self.session_shard(id);
        shard.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, id: SessionId) -> RwLockWriteGuard<'_, SessionShard> {
        let shard = self.session_shard(id);
        shard.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn user(&self, user: &UserId) -> MutexGuard<'_, UserShard> {
        let shard = &self.users[(self.hasher.hash_one(user) as usize) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes a session if it is still as `condition` wants it.
    fn remove(&self, id: SessionId, condition: impl Fn(&SessionRecord) -> bool) -> bool {
        let owner = match self.read(id).get(&id) {
            Some(record) if condition(record) => record.user_id.clone(),
            _ => return false,
        };
        let mut users = self.user(&owner);
        self.remove_of(&mut users, &owner, id, condition)
    }

    fn remove_of(
        &self,
        users: &mut UserShard,
        owner: &UserId,
        id: SessionId,
        condition: impl Fn(&SessionRecord) -> bool,
    ) -> bool {
        let mut sessions = self.write(id);
        if !sessions.get(&id).is_some_and(condition) {
            return false;
        }
        sessions.remove(&id);
        drop(sessions);
        self.len.fetch_sub(1, Ordering::Relaxed);
        if let Some(ids) = users.get_mut(owner) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                users.remove(owner);
            }
        }
        true
    }

    fn insert(&self, record: SessionRecord) -> Result<(), StoreError> {
        self.make_room(record.created_at)?;
        let (id, owner) = (record.id, record.user_id.clone());
        let mut users = self.user(&owner);
        match self.write(id).entry(id) {
            std::collections::hash_map::Entry::Occupied(_) => {
                self.len.fetch_sub(1, Ordering::Relaxed);
                return Err(StoreError::DuplicateId);
            }
            std::collections::hash_map::Entry::Vacant(place) => place.insert(record),
        };
        users.entry(owner).or_default().push(id);
        Ok(())
    }

    /// Ends the sessions of a user beyond the limit, first those that are past their end, then the
    /// least recently used; never the one just made. How many of them were alive.
    fn evict(&self, owner: &UserId, made: SessionId, now: Timestamp, limit: u32) -> u64 {
        let mut users = self.user(owner);
        let ids = users.get(owner).map_or(&[][..], Vec::as_slice);
        let excess = ids.len().saturating_sub(limit.max(1) as usize);
        if excess == 0 {
            return 0;
        }
        let mut others: Vec<_> = ids
            .iter()
            .filter(|other| **other != made)
            .filter_map(|other| {
                let shard = self.read(*other);
                let record = shard.get(other)?;
                Some((record.deadlines.idle_until > now, record.renewed_at, *other))
            })
            .collect();
        others.sort_unstable();
        let evicted = others.into_iter().take(excess);
        evicted
            .map(|(is_alive, _, other)| {
                u64::from(self.remove_of(&mut users, owner, other, |_| true) && is_alive)
            })
            .sum()
    }

    /// Counts one more session in, dropping expired ones if there would be too many.
    fn make_room(&self, now: Timestamp) -> Result<(), StoreError> {
        if self.len.fetch_add(1, Ordering::Relaxed) < self.capacity {
            return Ok(());
        }
        if self.delete_expired(now, u32::MAX) == 0 {
            self.len.fetch_sub(1, Ordering::Relaxed);
            return Err(StoreError::Full {
                capacity: self.capacity,
            });
        }
        Ok(())
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> u64 {
        let expired = |record: &SessionRecord| record.deadlines.idle_until <= deadline;
        let mut deleted = 0;
        for shard in &self.sessions {
            let left = u64::from(limit) - deleted;
            let ids: Vec<_> = shard
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .values()
                .filter(|record| expired(record))
                .map(|record| record.id)
                .take(usize::try_from(left).unwrap_or(usize::MAX))
                .collect();
            deleted += ids
                .into_iter()
                .map(|id| u64::from(self.remove(id, expired)))
                .sum::<u64>();
            if deleted >= u64::from(limit) {
                break;
            }
        }
        deleted
    }

    fn end(&self, sessions: &[SessionId]) -> u64 {
        let ended = sessions.iter().map(|id| self.remove(*id, |_| true));
        ended.map(u64::from).sum()
    }

    fn delete_by_external_ref(&self, external_ref: &str) -> u64 {
        let is_named =
            |record: &SessionRecord| record.external_ref.as_deref() == Some(external_ref);
        let ids = self.sessions.iter().flat_map(|shard| {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let named = shard.values().filter(|record| is_named(record));
            named.map(|record| record.id).collect::<Vec<_>>()
        });
        ids.map(|id| u64::from(self.remove(id, is_named))).sum()
    }

    fn delete_of_user(&self, user: &UserId, which: UserSessions) -> u64 {
        let mut users = self.user(user);
        let ids = users.get(user).cloned().unwrap_or_default();
        ids.into_iter()
            .filter(|id| match which {
                UserSessions::All => true,
                UserSessions::AllBut(kept) => *id != kept,
                UserSessions::Only(one) => *id == one,
            })
            .map(|id| u64::from(self.remove_of(&mut users, user, id, |_| true)))
            .sum()
    }
}

impl SessionStore for MemoryStore {
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        // First the new one, then the old: nobody finds neither, and only the first can fail.
        let NewSession { record, limit } = new;
        let (id, owner, now) = (record.id, record.user_id.clone(), record.created_at);
        StoreFuture::ready(self.0.insert(record).map(|()| Replaced {
            ended: self.0.end(&ended),
            evicted: self.0.evict(&owner, id, now, limit),
        }))
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        StoreFuture::ready(Ok(self.0.read(id).get(&id).cloned()))
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        let mut sessions = self.0.write(update.session.id);
        let record = sessions.get_mut(&update.session.id);
        StoreFuture::ready(Ok(record.is_some_and(|record| record.update(&update))))
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        StoreFuture::ready(Ok(self.0.end(&sessions)))
    }

    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        StoreFuture::ready(Ok(self.0.delete_by_external_ref(external_ref)))
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        StoreFuture::ready(Ok(self.0.remove(id, |_| true)))
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        StoreFuture::ready(Ok(self.0.delete_of_user(&user, which)))
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        let users = self.0.user(&user);
        let mut records: Vec<_> = users
            .get(&user)
            .into_iter()
            .flatten()
            .filter_map(|id| self.0.read(*id).get(id).cloned())
            .filter(|record| record.deadlines.idle_until > now)
            .collect();
        records.sort_unstable_by_key(|record| std::cmp::Reverse((record.renewed_at, record.id)));
        StoreFuture::ready(Ok(records))
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        StoreFuture::ready(Ok(self.0.delete_expired(deadline, limit)))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(Ok(()))
    }
}

super::no_other_users!(MemoryStore);

impl AnswersAtOnce for MemoryStore {}

impl Store<UserId> for MemoryStore {
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        let record = self.0.read(credential.id).get(&credential.id).cloned();
        let opened = record.and_then(|record| record.opened_by(&credential.secret_hash));
        StoreFuture::ready(Ok(opened))
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
        StoreFuture::ready(Ok(Some((id.clone(), id))))
    }
}
