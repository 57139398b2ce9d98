//! Why the tables cannot be used as they are, and what to do.

use super::{Wanted, found::Followed};
use crate::{
    error::StoreError,
    store::{
        postgres::{columns::FoundUsers, sql},
        sql::refuse,
    },
};

impl Wanted<'_> {
    pub(super) fn refuse_other<T>(
        &self,
        users: &FoundUsers,
        followed: &Followed,
    ) -> Result<T, StoreError> {
        refuse(format!(
            "the sessions in {} follow table `{}` with the key `{}`, now they are wanted for {} with the key \
             `{}`: name that one, give these a schema or prefix of their own, or start anew by `{}` (everybody \
             signs in again)",
            self.names.sessions(),
            followed.table,
            followed.key,
            users.qualified,
            users.key,
            self.names.about(sql::DROP_ALL)
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

    pub(super) fn refuse_to_make_anew<T>(&self, why: &str, refusal: &str) -> Result<T, StoreError> {
        refuse(format!(
            "the session tables {} and {} have to be made anew (everybody signs in again), since {why}; and \
             {refusal}\n\n{}\n{}",
            self.names.sessions(),
            self.names.meta(),
            self.names.about(sql::DROP_ALL),
            self.ddl()?
        ))
    }

    pub(super) fn refuse_hidden<T>(&self) -> Result<T, StoreError> {
        refuse(format!(
            "row security hides the rows of table {} from this role: let the role that the program connects as \
             own the table, or disable row security on it",
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
            "the session table {} is not quite what it has to be, and {refusal}\n\n{mend};",
            self.names.sessions()
        ))
    }
}
