//! Why the tables cannot be used as they are, and what to do.

use super::{Wanted, found::Followed};
use crate::{
    error::StoreError,
    store::{
        postgres::{columns::FoundUsers, error::text},
        sql::{quoted, refuse},
    },
};
use tokio_postgres::{Error, error::DbError};

/// What was done to the tables when the server refused it.
#[derive(Clone, Copy)]
pub(super) enum Doing {
    Make,
    /// They are somebody's, who alone may change them.
    Change,
}

impl Wanted<'_> {
    pub(super) fn refuse_other<T>(
        &self,
        users: &FoundUsers,
        followed: &Followed,
        statements: &str,
    ) -> Result<T, StoreError> {
        refuse(format!(
            "the sessions in {} follow table `{}` with the key `{}`, now they are wanted for {} with the key \
             `{}`: name that one, give these a schema or prefix of their own, or start anew (everybody signs in \
             again) by\n\n{statements}",
            self.names.sessions(),
            followed.table,
            followed.key,
            users.qualified,
            users.key
        ))
    }

    pub(super) fn refuse_half<T>(&self, there: &str, missing: &str) -> Result<T, StoreError> {
        refuse(format!(
            "there is a table {there}, but no {missing} beside it: rename it if it is the application's own, or \
             give ours a schema or prefix of their own; if it is left over, drop it"
        ))
    }

    pub(super) fn refuse_to_make<T>(&self, refusal: &str) -> Result<T, StoreError> {
        refuse(format!(
            "the session tables {} and {} are not there, and {refusal}\n\n{}",
            self.names.sessions(),
            self.names.meta(),
            self.ddl()?
        ))
    }

    pub(super) fn refuse_to_start_anew<T>(
        &self,
        why: &str,
        refusal: &str,
        statements: &str,
    ) -> Result<T, StoreError> {
        refuse(format!(
            "every session in {} has to end (everybody signs in again), since {why}; and {refusal}\n\n{statements}",
            self.names.sessions()
        ))
    }

    /// By a table of the application.
    pub(super) fn refuse_kept<T>(&self, why: &str, error: &Error) -> Result<T, StoreError> {
        let table = error.as_db_error().and_then(table_of);
        refuse(format!(
            "every session in {} has to end, since {why}; and {} does not let them go ({}): delete its rows, or \
             make its reference `ON DELETE CASCADE` or `ON DELETE SET NULL`, and start the program again",
            self.names.sessions(),
            table.map_or_else(|| "a table".to_owned(), |table| format!("table {table}")),
            text(error)
        ))
    }

    pub(super) fn refuse_left<T>(&self, why: &str) -> Result<T, StoreError> {
        refuse(format!(
            "every session in {} has to end, since {why}; and a trigger or rule of the application keeps some: \
             drop it, and start the program again",
            self.names.sessions()
        ))
    }

    /// What the server says to statements that make or change the tables.
    pub(super) fn refuse_failed<T>(
        &self,
        error: &Error,
        doing: Doing,
        statements: &str,
    ) -> Result<T, StoreError> {
        let text = text(error);
        let done = match doing {
            Doing::Make => "made",
            Doing::Change => "changed",
        };
        // Insufficient privilege, and the lock timeout.
        refuse(match (error.code().map_or("", |code| code.code()), doing) {
            ("42501", Doing::Make) => format!(
                "this role may not make the session tables ({text}): grant it `CREATE` on the schema and let it \
                 own them, or apply this as a role that may, and set `migrations(false)`\n\n{statements}"
            ),
            ("42501", Doing::Change) => format!(
                "this role may not change the session tables ({text}): let their owner run this, and set \
                 `migrations(false)`\n\n{statements}"
            ),
            ("55P03", _) => format!(
                "the session tables could not be {done}: a transaction of somebody else holds the users table, or \
                 one that refers to the sessions ({text})"
            ),
            _ => format!("the session tables could not be {done}: {text}"),
        })
    }

    pub(super) fn refuse_to_wait<T>(&self) -> Result<T, StoreError> {
        refuse(format!(
            "another program is changing the session tables {} and {}: start this one again",
            self.names.sessions(),
            self.names.meta()
        ))
    }

    pub(super) fn refuse_hidden<T>(&self) -> Result<T, StoreError> {
        refuse(format!(
            "row security hides the rows of table {} from this role: let the role that the program connects as \
             own the table or have `BYPASSRLS`; disable row security on it only where nobody else may write it",
            self.names.sessions()
        ))
    }

    pub(super) fn refuse_unprivileged<T>(&self) -> Result<T, StoreError> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        refuse(format!(
            "this role may not use the session tables: let their owner run `GRANT SELECT, INSERT, UPDATE, DELETE \
             ON {sessions} TO ..; GRANT SELECT ON {meta} TO ..; GRANT EXECUTE ON FUNCTION {function}, {lookup} TO ..`",
            function = self.names.guard_function(),
            lookup = self.names.guard_lookup()
        ))
    }

    pub(super) fn refuse_to_mend<T>(&self, mend: &str, refusal: &str) -> Result<T, StoreError> {
        refuse(format!(
            "the session table {} is not quite what it has to be, and {refusal}\n\n{mend}",
            self.names.sessions()
        ))
    }
}

/// Whose constraint it is.
fn table_of(refusal: &DbError) -> Option<String> {
    let (schema, table) = (refusal.schema()?, refusal.table()?);
    Some(format!("{}.{}", quoted(schema), quoted(table)))
}
