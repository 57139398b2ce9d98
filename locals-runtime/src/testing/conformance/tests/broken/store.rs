//! A store in memory with one flaw. Whatever it does, it does when it is polled.

use crate::{
    error::StoreError,
    store::{
        MemoryStore, NewSession, Replaced, SessionRecord, SessionStore, SessionUpdate, StoreFuture,
        Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::task::yield_now;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    AddsThenEnds,
    BringsBack,
    CountsBeforeItAdds,
    CountsWhatIsAsked,
    CutsOffDevices,
    DropsTheNewest,
    EndsBeforeItLooks,
    EndsOneByOne,
    FoldsIds,
    FoldsUsers,
    IgnoresWhatWasRead,
    KeepsSeconds,
    KnowsNoLimit,
    LeaksPlaces,
    ListsOneOfAnInstant,
    ListsTheDead,
    Remembers,
    SparesAll,
    SwapsUsers,
    TakesAnIdTwice,
    TrimsUsers,
    WritesBack,
}

/// How many loads may be under way.
const PLACES: usize = 50;

pub(super) struct Broken {
    store: MemoryStore,
    flaw: Flaw,
    places: AtomicUsize,
    remembered: Mutex<HashMap<SessionId, SessionRecord>>,
    last_user: Mutex<Option<UserId>>,
}

impl Broken {
    pub(super) fn of(store: &MemoryStore, flaw: Flaw) -> Self {
        Self {
            store: store.clone(),
            flaw,
            places: AtomicUsize::new(0),
            remembered: Mutex::default(),
            last_user: Mutex::default(),
        }
    }

    /// It forgets what it has read when it writes itself.
    fn write<'a, T: 'a>(
        &'a self,
        answer: impl Future<Output = Result<T, StoreError>> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        self.remembered.lock().unwrap().clear();
        StoreFuture::later(answer)
    }

    async fn others(&self, record: &SessionRecord) -> Result<Vec<SessionId>, StoreError> {
        let others = self.store.list(record.user_id.clone(), record.created_at);
        Ok(others.await?.iter().map(|row| row.id).collect())
    }

    async fn add(
        &self,
        record: SessionRecord,
        ended: Vec<SessionId>,
        dropped: Vec<SessionId>,
    ) -> Result<Replaced, StoreError> {
        let new = NewSession::new(record, u32::MAX);
        let replaced = self.store.replace(new, ended).await?;
        Ok(Replaced::new(
            replaced.ended,
            self.store.end(dropped).await?,
        ))
    }

    fn altered(&self, mut record: SessionRecord) -> SessionRecord {
        match self.flaw {
            Flaw::CutsOffDevices => {
                let cut = |text: std::sync::Arc<str>| text.chars().take(255).collect::<String>();
                record.device = record.device.map(|text| cut(text).into());
            }
            Flaw::FoldsIds => record.id = folded(record.id),
            Flaw::KeepsSeconds => {
                let millis = record.deadlines.idle_until.as_millis();
                let seconds = millis.div_euclid(1000);
                record.deadlines.idle_until = Timestamp::from_millis(seconds.saturating_mul(1000));
            }
            Flaw::TrimsUsers => record.user_id = record.user_id.as_str().trim_end().into(),
            _ => {}
        }
        record
    }

    async fn replaced(
        &self,
        new: NewSession,
        ended: Vec<SessionId>,
    ) -> Result<Replaced, StoreError> {
        let limit = new.limit as usize;
        let record = self.altered(new.record);
        let id = record.id;
        match self.flaw {
            Flaw::AddsThenEnds => {
                let new = NewSession::new(record, new.limit);
                let replaced = self.store.replace(new, Vec::new()).await?;
                yield_now().await;
                Ok(Replaced::new(
                    self.store.end(ended).await?,
                    replaced.evicted,
                ))
            }
            Flaw::CountsBeforeItAdds => {
                let others = self.others(&record).await?;
                yield_now().await;
                let dropped = others.into_iter().skip(limit.saturating_sub(1));
                self.add(record, ended, dropped.collect()).await
            }
            Flaw::DropsTheNewest => {
                let others = self.others(&record).await?;
                let excess = (others.len() + 1).saturating_sub(limit);
                let dropped = others.into_iter().take(excess);
                self.add(record, ended, dropped.collect()).await
            }
            Flaw::EndsBeforeItLooks => {
                let ended = self.store.end(ended).await?;
                let new = NewSession::new(record, new.limit);
                let replaced = self.store.replace(new, Vec::new()).await?;
                Ok(Replaced::new(ended, replaced.evicted))
            }
            Flaw::TakesAnIdTwice => {
                if self.store.load(id).await?.is_some() {
                    return Err(StoreError::DuplicateId);
                }
                yield_now().await;
                self.store.delete(id).await?;
                let new = NewSession::new(record, new.limit);
                self.store.replace(new, ended).await
            }
            _ => {
                let new = NewSession::new(record, new.limit);
                self.store.replace(new, ended).await
            }
        }
    }

    async fn loaded(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        match self.flaw {
            Flaw::FoldsIds => self.store.load(folded(id)).await,
            Flaw::LeaksPlaces => {
                if self.places.load(Ordering::Relaxed) >= PLACES {
                    return Err(StoreError::Timeout);
                }
                self.places.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                self.places.fetch_sub(1, Ordering::Relaxed);
                self.store.load(id).await
            }
            Flaw::Remembers => {
                if let Some(row) = self.remembered.lock().unwrap().get(&id) {
                    return Ok(Some(row.clone()));
                }
                let row = self.store.load(id).await?;
                let read = row.clone().map(|row| (id, row));
                self.remembered.lock().unwrap().extend(read);
                Ok(row)
            }
            Flaw::SwapsUsers => {
                let Some(mut row) = self.store.load(id).await? else {
                    return Ok(None);
                };
                let last = self.last_user.lock().unwrap().replace(row.user_id.clone());
                row.user_id = last.unwrap_or(row.user_id);
                Ok(Some(row))
            }
            _ => self.store.load(id).await,
        }
    }

    async fn updated(&self, mut update: SessionUpdate) -> Result<bool, StoreError> {
        let id = update.session.id;
        if !matches!(
            self.flaw,
            Flaw::BringsBack | Flaw::IgnoresWhatWasRead | Flaw::WritesBack
        ) {
            return self.store.update(update).await;
        }
        let Some(mut row) = self.store.load(id).await? else {
            return Ok(false);
        };
        if self.flaw == Flaw::IgnoresWhatWasRead {
            if let Some(extension) = &mut update.extension {
                extension.read_active_until = row.deadlines.active_until;
            }
            return self.store.update(update).await;
        }
        if !row.update(&update) {
            return Ok(false);
        }
        yield_now().await;
        let is_there = self.store.load(id).await?.is_some();
        if is_there && self.flaw == Flaw::BringsBack {
            return self.store.update(update).await;
        }
        self.store.delete(id).await?;
        self.add(row, Vec::new(), Vec::new()).await?;
        Ok(true)
    }

    async fn ended(&self, sessions: Vec<SessionId>) -> Result<u64, StoreError> {
        match self.flaw {
            Flaw::CountsWhatIsAsked => {
                let count = sessions.len() as u64;
                self.store.end(sessions).await?;
                Ok(count)
            }
            Flaw::EndsOneByOne => {
                let mut ended = 0;
                for id in sessions {
                    ended += u64::from(self.store.delete(id).await?);
                    yield_now().await;
                }
                Ok(ended)
            }
            _ => self.store.end(sessions).await,
        }
    }

    async fn ended_of(&self, user: UserId, which: UserSessions) -> Result<u64, StoreError> {
        if let (Flaw::SparesAll, UserSessions::AllBut(kept)) = (self.flaw, which) {
            let kept = self.store.load(kept).await?;
            if kept.is_none_or(|kept| kept.user_id != user) {
                return Ok(0);
            }
        }
        let mut ended = 0;
        let upper = user.as_str().to_uppercase();
        if self.flaw == Flaw::FoldsUsers && upper != user.as_str() {
            ended += self.store.delete_of_user(upper.into(), which).await?;
        }
        Ok(ended + self.store.delete_of_user(user, which).await?)
    }

    async fn listed(&self, user: UserId, now: Timestamp) -> Result<Vec<SessionRecord>, StoreError> {
        let now = match self.flaw {
            Flaw::ListsTheDead => Timestamp::from_millis(i64::MIN),
            _ => now,
        };
        let mut rows = self.store.list(user, now).await?;
        if self.flaw == Flaw::ListsOneOfAnInstant {
            rows.dedup_by_key(|row| row.renewed_at);
        }
        Ok(rows)
    }
}

fn folded(id: SessionId) -> SessionId {
    SessionId::from_bytes(id.as_bytes().map(|byte| byte.to_ascii_uppercase()))
}

impl SessionStore for Broken {
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        self.write(self.replaced(new, ended))
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        StoreFuture::later(self.loaded(id))
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        self.write(self.updated(update))
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        self.write(self.ended(sessions))
    }

    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        let external_ref = external_ref.to_owned();
        self.write(async move { self.store.delete_by_external_ref(&external_ref).await })
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        self.write(async move { self.store.delete(id).await })
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        self.write(self.ended_of(user, which))
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        StoreFuture::later(self.listed(user, now))
    }

    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        let limit = match self.flaw {
            Flaw::KnowsNoLimit => u32::MAX,
            _ => limit,
        };
        self.write(async move { self.store.delete_expired(deadline, limit).await })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.store.ping()
    }
}
