//! The store's own tables: made, found again, made by hand, and what is left alone.

mod anew;
mod by_hand;
mod copies;
mod found;
mod named_database;
mod rights;
mod running;
mod servers;
mod starts;
mod takeover;
mod unreferenced;
mod words;

use crate::rig::Database;

/// The name of the reference to the users table.
pub(crate) fn guard(database: &Database) -> String {
    database.text(
        "SELECT constraint_name FROM information_schema.referential_constraints
         WHERE constraint_schema = DATABASE() AND table_name = 'locals_sessions'",
    )
}

/// How many triggers there are on the users table.
fn triggers(database: &Database) -> String {
    database.text(
        "SELECT count(*) FROM information_schema.triggers
         WHERE event_object_schema = DATABASE() AND event_object_table = 'users'",
    )
}

/// How many sessions there are, whoever's.
fn sessions(database: &Database) -> String {
    database.text("SELECT count(*) FROM locals_sessions")
}

/// Whether there is a table of this name.
fn has_table(database: &Database, table: &str) -> bool {
    let count = database.text(&format!(
        "SELECT count(*) FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name = '{table}'"
    ));
    count == "1"
}
