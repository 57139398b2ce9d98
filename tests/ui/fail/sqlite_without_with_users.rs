use locals::{Auth, SqliteStore};

#[derive(serde::Deserialize)]
struct Account {
    id: i64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth: Auth<Account> = Auth::builder(SqliteStore::open("app.db")?).build()?;
    Ok(())
}
