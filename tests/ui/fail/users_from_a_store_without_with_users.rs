use locals::{Auth, MemoryStore, SqliteStore};

#[derive(serde::Deserialize)]
struct Account {
    id: i64,
}

fn auth(store: SqliteStore) {
    let _ = Auth::<Account>::builder(MemoryStore::new()).users_from(store);
}

fn main() {}
