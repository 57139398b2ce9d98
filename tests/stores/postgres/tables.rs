//! The store's own tables: made, found again, made by hand, and what is left alone.

mod bloat;
mod by_hand;
mod found;
mod grants;
mod named_schema;
mod other_roles;
mod referred;
mod roles;
mod running;
mod starts;
mod takeover;
mod words;

use test_servers::Schema;

/// The name of the reference to the users table.
fn guard(schema: &Schema) -> String {
    schema.text("SELECT guard FROM locals_meta")
}

/// How many sessions there are, whoever's.
fn sessions(schema: &Schema) -> String {
    schema.text("SELECT count(*) FROM locals_sessions")
}
