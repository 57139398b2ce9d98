use locals::{Auth, SqliteStore};

struct Account {
    id: i64,
}

fn auth(store: SqliteStore) {
    let _ = Auth::<Account>::builder(store.with_users("users")).build();
}

fn main() {}
