//! A database of its own for every test, and a store in it.

use locals::{MySqlStore, UserId, store::Store};
use test_servers::{MySql, MySqlInstance, MySqlOptions};

pub(crate) use test_servers::MySqlDatabase as Database;

/// Runs a test where there is a server.
pub(crate) fn database() -> Option<Database> {
    Some(MySql::shared()?.database())
}

/// A store of ids in this database, made ready.
pub(crate) async fn store(database: &Database) -> MySqlStore {
    let store = MySqlStore::connect(database.url()).await;
    ready(store.expect("a store")).await
}

/// Its tables are there.
pub(crate) async fn ready(store: MySqlStore) -> MySqlStore {
    let tables = Store::<UserId>::prepare(&store).await;
    tables.expect("tables");
    store
}

/// A server of one test, with these settings.
pub(crate) fn instance(settings: &[(&'static str, &str)]) -> Option<MySqlInstance> {
    MySqlInstance::start(MySqlOptions::with(settings))
}

/// Whether it is a MySQL that does not leave references to InnoDB, as from 9.6 on by default.
pub(crate) fn follows_references_itself(database: &Database) -> bool {
    let setting =
        "SHOW VARIABLES WHERE Variable_name = 'innodb_native_foreign_keys' AND Value = 'OFF'";
    !database.text(setting).is_empty()
}

/// Whether it is no MySQL: types and errors of its own are another's nothing.
pub(crate) fn is_mariadb(database: &Database) -> bool {
    database.text("SELECT VERSION()").contains("MariaDB")
}
