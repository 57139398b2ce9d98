//! The statements that make our tables.

use super::{UNREFERRED, Wanted, reference::Reference};
use crate::{
    error::StoreError,
    store::{
        mysql::{columns::FoundUsers, key::KeyColumn, sql, tables::hash},
        sql::{backquoted, filled},
    },
};
use mysql_async::Conn;

/// The reference to the users table.
pub(super) struct NewReference {
    /// Where there is none, what stands for the users table, if there is one.
    pub(super) name: String,
    /// How it is declared; empty where there is none.
    clause: String,
}

/// What of `user_id` is changed.
pub(super) struct Changes {
    /// The new name of its reference.
    pub(super) name: String,
    /// One statement, or two.
    pub(super) statements: String,
}

impl Wanted<'_> {
    /// The statements that make the tables and the database that was named, for whoever applies them by hand.
    pub(in crate::store::mysql) fn ddl(&self) -> Result<String, StoreError> {
        let mut statements = String::new();
        if self.names_database {
            let database = backquoted(&self.names.database);
            statements.push_str(&filled(sql::CREATE_DATABASE, &[("database", &database)]));
        }
        let reference = self.reference()?;
        statements.push_str(sql::CREATE_META);
        statements.push_str(sql::INSERT_META);
        statements.push_str(sql::CREATE_SESSIONS);
        let mark = self.mark_by_hand(&reference.name).unwrap_or_default();
        Ok(self.filled_in(&statements, &reference) + &mark)
    }

    /// Makes the tables. There are no transactions for that: the sessions come last, so that what was begun and not
    /// ended is made whole by the next. The mark of those that were dropped goes as long as its name is known.
    pub(super) async fn make(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let found = super::Found::look(conn, self.names).await?;
        let reference = self.reference()?;
        let meta = if found.has_meta {
            self.find_meta(conn).await?
        } else {
            None
        };
        if let Some(before) = &meta {
            self.forget_mark(conn, before).await?;
        }
        let first = match &meta {
            Some(_) => sql::SET_GUARD.to_owned(),
            // A table that its row never came into.
            None if found.has_meta => sql::INSERT_META.to_owned(),
            None => [sql::CREATE_META, sql::INSERT_META].concat(),
        };
        let statements = [&first, sql::CREATE_SESSIONS].concat();
        let statements = self.filled_in(&statements, &reference);
        self.change(conn, &statements).await
    }

    fn filled_in(&self, statements: &str, reference: &NewReference) -> String {
        let guard = match reference.clause.as_str() {
            "" => String::new(),
            clause => format!(",\n    {clause}"),
        };
        let key_type = self.key_type();
        let version = sql::SCHEMA_VERSION.to_string();
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        let values = [
            ("sessions", sessions.as_str()),
            ("meta", &meta),
            ("prefix", &self.names.prefix),
            ("key_type", key_type.sql_type()),
            ("guard", &guard),
            ("name", &reference.name),
            ("version", &version),
        ];
        filled(statements, &values)
    }

    /// What `user_id` is to be.
    pub(super) fn key_type(&self) -> KeyColumn {
        let users = self.users.map(|users| users.key_type.clone());
        users.unwrap_or_else(KeyColumn::without_users)
    }

    /// A new one each time; none where there is no users table, or none is wanted.
    fn reference(&self) -> Result<NewReference, StoreError> {
        let Some(users) = self.users.filter(|_| self.refers) else {
            return Ok(NewReference {
                name: self
                    .users
                    .map_or_else(String::new, |users| self.name_of_users(users)),
                clause: String::new(),
            });
        };
        let name = guard_name()?;
        let values = [
            ("name", name.as_str()),
            ("users", &users.qualified),
            ("key", &backquoted(&users.key)),
        ];
        let clause = filled(sql::GUARD, &values);
        Ok(NewReference { name, clause })
    }

    /// What tells users to whom nothing refers from those of another table. A dump may be restored under another name of
    /// the database, if it is ours too.
    pub(super) fn name_of_users(&self, users: &FoundUsers) -> String {
        let database = match users.database.as_str() {
            database if database == self.names.database => "",
            database => database,
        };
        let place = [database, users.table.as_str(), users.key.as_str()];
        format!(
            "{UNREFERRED}{:016x}",
            hash(&place.map(backquoted).join("."))
        )
    }

    /// What takes the place of these references, with another type of the column if there is to be one. MySQL drops and
    /// adds foreign keys in no statement that copies the table.
    pub(super) fn changes(
        &self,
        old: &[Reference],
        key_type: Option<&str>,
    ) -> Result<Changes, StoreError> {
        let NewReference { name, clause } = self.reference()?;
        let dropped = old.iter().map(|old| {
            let reference = backquoted(&old.name);
            filled(sql::DROP_REFERENCE, &[("reference", &reference)])
        });
        let retyped = key_type.map(|key_type| filled(sql::SET_KEY_TYPE, &[("key_type", key_type)]));
        let added = (!clause.is_empty()).then(|| filled(sql::ADD_GUARD, &[("guard", &clause)]));
        let dropped: Vec<_> = dropped.collect();
        let others: Vec<_> = retyped.into_iter().chain(added).collect();
        let statements = [dropped, others];
        let statements = statements.iter().filter(|changes| !changes.is_empty());
        Ok(Changes {
            name,
            statements: statements
                .map(|changes| self.alter(&changes.join(",\n    ")))
                .collect(),
        })
    }

    /// The statement that changes our table so.
    pub(super) fn alter(&self, changes: &str) -> String {
        let sessions = self.names.sessions();
        let values = [("sessions", sessions.as_str()), ("changes", changes)];
        filled(sql::ALTER_KEY, &values)
    }

    /// The statement that says which reference is ours.
    pub(super) fn set_guard(&self, name: &str) -> String {
        let meta = self.names.meta();
        filled(sql::SET_GUARD, &[("meta", &meta), ("name", name)])
    }
}

/// A name that no other reference has had: 64 random bits.
fn guard_name() -> Result<String, StoreError> {
    let random = getrandom::u64().map_err(|error| StoreError::unavailable(error.to_string()))?;
    Ok(format!("locals_user_{random:016x}"))
}
