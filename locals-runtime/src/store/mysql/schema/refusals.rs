//! Why the tables cannot be used as they are, and what to do.

use super::{Wanted, reference::Reference};
use crate::{
    error::StoreError,
    store::{
        mysql::{
            columns::FoundUsers,
            error::{code, failure, is_denied, number, text},
        },
        sql::refuse,
    },
};
use mysql_async::{Conn, Error};

impl Wanted<'_> {
    pub(super) async fn refuse_other<T>(
        &self,
        conn: &mut Conn,
        users: &FoundUsers,
        followed: &Reference,
    ) -> Result<T, StoreError> {
        let statements = self.anew_by_hand(conn).await?;
        refuse(format!(
            "the sessions in {} follow table `{}` with the key `{}`, now they are wanted for {} with the key \
             `{}`: name that one, give these a database or prefix of their own, or start anew (everybody signs in \
             again) by\n\n{statements}",
            self.names.sessions(),
            followed.table,
            followed.key,
            users.qualified,
            users.key
        ))
    }

    /// The same where nothing refers to the users.
    pub(super) async fn refuse_others<T>(
        &self,
        conn: &mut Conn,
        users: &FoundUsers,
    ) -> Result<T, StoreError> {
        let statements = self.anew_by_hand(conn).await?;
        refuse(format!(
            "the sessions in {} are those of another users table than {} with the key `{}`, or of one that had another \
             name: name that one, give these a database or prefix of their own, or start anew (everybody signs in \
             again) by what follows, if they are the same users without its first statement\n\n{statements}",
            self.names.sessions(),
            users.qualified,
            users.key
        ))
    }

    pub(super) fn refuse_half<T>(&self) -> Result<T, StoreError> {
        let (there, missing) = (self.names.sessions(), self.names.meta());
        refuse(format!(
            "there is a table {there}, but no {missing} beside it: rename it if it is the application's own, or \
             give ours a database or prefix of their own; if it is left over, drop it"
        ))
    }

    pub(super) fn refuse_meta<T>(&self) -> Result<T, StoreError> {
        refuse(format!(
            "table {} cannot be read: another program made it",
            self.names.meta()
        ))
    }

    pub(super) fn refuse_to_make<T>(&self) -> Result<T, StoreError> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        refuse(format!(
            "the session tables {sessions} and {meta} are not there, or this user may not see them, and \
             `migrations(false)` makes none: if they are there, `GRANT SELECT, INSERT, UPDATE, DELETE ON {sessions} TO ..; \
             GRANT SELECT ON {meta} TO ..`; else apply\n\n{}",
            self.ddl()?
        ))
    }

    pub(super) fn refuse_to_start_anew<T>(
        &self,
        why: &str,
        statements: &str,
    ) -> Result<T, StoreError> {
        refuse(format!(
            "every session in {} has to end (everybody signs in again), since {why}; and `migrations(false)` changes \
             nothing: apply\n\n{statements}",
            self.names.sessions()
        ))
    }

    pub(super) fn refuse_to_mend<T>(&self, mend: &str) -> Result<T, StoreError> {
        refuse(format!(
            "the session table {} is not quite what it has to be, and `migrations(false)` changes nothing: \
             apply\n\n{mend}",
            self.names.sessions()
        ))
    }

    pub(super) fn refuse_to_wait<T>(&self) -> Result<T, StoreError> {
        refuse(format!(
            "another program is changing the session tables {} and {}: start this one again",
            self.names.sessions(),
            self.names.meta()
        ))
    }

    /// What the server says to whoever reads our tables.
    pub(super) fn refuse_to_look<T>(&self, error: Error) -> Result<T, StoreError> {
        match code(&error) {
            Some(code) if is_denied(code) => refuse(format!(
                "this user may not use the session tables ({}): `GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO ..; \
                 GRANT SELECT ON {} TO ..`",
                text(&error),
                self.names.sessions(),
                self.names.meta()
            )),
            _ => Err(failure(error)),
        }
    }

    /// What the server says to statements that make or change the tables.
    pub(super) fn refuse_failed<T>(
        &self,
        error: &Error,
        statements: &str,
    ) -> Result<T, StoreError> {
        let said = text(error);
        refuse(match code(error) {
            Some(code) if is_denied(code) => format!(
                "this user may not make or change the session tables ({said}): grant it `SELECT, INSERT, UPDATE, DELETE, \
                 CREATE, ALTER, REFERENCES` on the database, or apply this as a user that may, and set \
                 `migrations(false)`\n\n{statements}"
            ),
            Some(number::LOCK_WAIT) => format!(
                "the session tables could not be changed: a transaction of somebody else holds the users table, or \
                 one that refers to the sessions ({said})"
            ),
            Some(1451) => format!(
                "every session in {} has to end, and a table that refers to it does not let them go ({said}): delete \
                 its rows, or make its reference `ON DELETE CASCADE` or `ON DELETE SET NULL`, and start the program \
                 again",
                self.names.sessions()
            ),
            _ => format!("the session tables could not be made or changed: {said}"),
        })
    }
}
