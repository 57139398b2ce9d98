//! Each type of PostgreSQL's, in each type of Rust's that it may be.
//!
//! The cells of a test are the columns of one table with one user, who is read at the sign-in and twice
//! after it: what a column was taken as is remembered.

mod clock;
mod documents;
mod fields;
mod migrations;
mod network;
mod numbers;
mod restrictions;
mod texts;
mod unreadable;

use crate::users::User;
use locals::{Auth, PostgresStore};
use store_tests::{cells, columns::read, refused_cells};
use test_servers::{Database, Postgres};

/// Types of the application's own. The settings change what a cast to text says, and no value.
const TYPES: &str = "
CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE SCHEMA auth;
CREATE DOMAIN auth.pk0 AS integer; CREATE DOMAIN auth.pk AS auth.pk0 CHECK (VALUE > 0);
CREATE DOMAIN auth.email AS citext;
CREATE TYPE auth.role AS ENUM ('admin', 'user'); CREATE TYPE auth.pair AS (a int, b text);
ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'; ALTER DATABASE {name} SET datestyle = 'German';
ALTER DATABASE {name} SET bytea_output = 'escape'; ALTER DATABASE {name} SET extra_float_digits = 0;
ALTER DATABASE {name} SET lc_monetary = 'C'";

fn database() -> Option<Database> {
    let database = Postgres::shared()?.database();
    database.execute(&TYPES.replace("{name}", database.name()));
    Some(database)
}

/// A table of one user.
struct Cells {
    store: PostgresStore,
    _database: Database,
}

impl Cells {
    /// Names, types and values of columns.
    async fn of(database: Database, cells: &[(&str, &str, &str)]) -> Self {
        let columns = cells
            .iter()
            .map(|(name, ty, _)| format!(", \"{name}\" {ty}"));
        let values = cells.iter().map(|(.., literal)| match *literal {
            "NULL" => ", NULL".to_owned(),
            literal => format!(", '{literal}'"),
        });
        let (columns, values): (String, String) = (columns.collect(), values.collect());
        database.execute(&format!(
            "CREATE TABLE users (id integer PRIMARY KEY{columns}); INSERT INTO users VALUES (1{values})"
        ));
        let store = PostgresStore::connect(database.url()).await;
        Self {
            store: store.expect("a store"),
            _database: database,
        }
    }

    async fn auth<U: User>(&self) -> Auth<U> {
        let users = self.store.clone().with_users("users");
        Auth::builder(users).connect().await.expect("an Auth")
    }

    async fn read<U: User>(&self) -> [U; 2] {
        read(&self.auth().await).await
    }
}
