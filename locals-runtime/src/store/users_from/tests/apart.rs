//! What a store says of itself, said by the two as well.

use super::*;

/// Sessions of which the expired go by themselves, those of each user apart, and with ids of its own.
struct Apart(MemoryStore);

const OWN: SessionId = SessionId::from_bytes([7; 16]);

impl SessionStore for Apart {
    fn new_id(&self, _: &UserId, _: SessionId) -> SessionId {
        OWN
    }

    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        self.0.replace(new, ended)
    }

    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        self.0.load(id)
    }

    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        self.0.update(update)
    }

    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        self.0.end(sessions)
    }

    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        self.0.delete(id)
    }

    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        self.0.delete_of_user(user, which)
    }

    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        self.0.list(user, now)
    }

    fn delete_expired(&self, _: Timestamp, _: u32) -> StoreFuture<'_, u64> {
        StoreFuture::ready(Ok(0))
    }

    fn sweeps(&self) -> bool {
        false
    }

    fn spans_users(&self) -> bool {
        false
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.0.ping()
    }
}

impl Store<UserId> for Apart {
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, UserId)>> {
        self.0.load_with_user(credential)
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, UserId)>> {
        StoreFuture::ready(Ok(Some((id.clone(), id))))
    }
}

#[test]
fn what_the_first_store_says_of_itself_holds_for_both() {
    let sessions = Apart(MemoryStore::new());
    let store = UsersFrom::<_, _, Account>::new(sessions, Accounts::default());
    let random = SessionId::from_bytes([0; 16]);
    assert!(store.new_id(&"ada".into(), random) == OWN);
    assert!(!store.sweeps());
    assert!(!store.spans_users());
}
