//! The statements that make our tables.

use super::Wanted;
use crate::{
    error::StoreError,
    store::{
        postgres::sql,
        sql::{filled, quoted},
    },
};

/// The reference to the users table.
pub(super) struct Reference {
    pub(super) name: String,
    /// How it is declared.
    pub(super) clause: String,
}

impl Wanted<'_> {
    /// The statements that make the tables and the schema that was named, for whoever applies them by hand.
    pub(in crate::store::postgres) fn ddl(&self) -> Result<String, StoreError> {
        let mut statements = String::new();
        if self.names_schema {
            statements.push_str(&self.names.create_schema());
        }
        statements.push_str(&self.tables_ddl()?);
        Ok(statements)
    }

    /// The statements that make the tables.
    pub(super) fn tables_ddl(&self) -> Result<String, StoreError> {
        let (name, guard) = match self.reference()? {
            None => (String::new(), String::new()),
            Some(Reference { name, clause }) => (name, format!(",\n    {clause}")),
        };
        let version = sql::SCHEMA_VERSION.to_string();
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        let function = self.names.guard_function();
        let values = [
            ("guard_function", function.as_str()),
            ("guard_lookup", &self.names.guard_lookup()),
            ("sessions", &sessions),
            ("meta", &meta),
            ("prefix", &self.names.prefix),
            ("key_type", self.key_type()),
            ("guard", &guard),
            ("name", &name),
            ("version", &version),
        ];
        let statements = [
            sql::CREATE_SESSIONS,
            sql::CREATE_META,
            sql::CREATE_GUARD_FUNCTIONS,
        ];
        let statements = statements.concat();
        Ok(filled(&statements, &values))
    }

    /// What `user_id` is to be.
    pub(super) fn key_type(&self) -> &str {
        self.users.map_or("text COLLATE pg_catalog.\"C\"", |users| {
            users.key_type.sql_type()
        })
    }

    /// A new one each time; none where there is no users table.
    pub(super) fn reference(&self) -> Result<Option<Reference>, StoreError> {
        let Some(users) = self.users else {
            return Ok(None);
        };
        let name = guard_name()?;
        let key = quoted(&users.key);
        let values = [
            ("name", name.as_str()),
            ("users", &users.qualified),
            ("key", &key),
        ];
        let clause = filled(sql::GUARD, &values);
        Ok(Some(Reference { name, clause }))
    }
}

/// A name that no other reference has had: 64 random bits.
fn guard_name() -> Result<String, StoreError> {
    let random = getrandom::u64().map_err(|error| StoreError::unavailable(error.to_string()))?;
    Ok(format!("locals_user_{random:016x}"))
}
