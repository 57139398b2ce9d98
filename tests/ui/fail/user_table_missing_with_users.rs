use locals::{Auth, MemoryStore};

#[derive(serde::Deserialize)]
struct Account {
    id: i64,
}

fn main() {
    let _ = Auth::<Account>::builder(MemoryStore::new()).build();
}
