//! [`Guard`]: what tells that sessions open the accounts they were made for, and the mark of the users table.

use super::{
    Schema, Wanted,
    found::{Found, Meta},
    reference::{Reference, Referred},
};
use crate::{
    error::StoreError,
    store::{
        mysql::{
            asking::{ask, literal, text_in},
            columns::FoundUsers,
            error::{code, failure, text},
            names::Names,
            record::number,
            sql,
        },
        sql::{backquoted, filled},
    },
};
use mysql_async::{Conn, Error, Params, Row, prelude::Queryable};

/// A trigger of this name is there already, or none is.
const IS_THERE: u16 = 1359;
const IS_NOT_THERE: u16 = 1360;

/// The reference to the users table, and its mark if it has one.
#[derive(Clone, Debug)]
pub(in crate::store::mysql) struct Guard {
    names: Names,
    /// Of both.
    name: String,
    pub(super) is_marked: bool,
    pub(super) users: Referred,
}

impl Wanted<'_> {
    pub(super) fn guard(&self, users: &FoundUsers, meta: &Meta, found: &Found) -> Guard {
        Guard {
            names: self.names.clone(),
            name: meta.guard.clone(),
            is_marked: meta.is_marked,
            users: Referred {
                database: users.database.clone(),
                table: users.table.clone(),
                key: users.key.clone(),
                folds_names: found.folds_names,
            },
        }
    }

    /// Whether [`marked`](Self::marked) has anything to do.
    pub(super) async fn wants_other_mark(
        &self,
        conn: &mut Conn,
        schema: &Schema,
    ) -> Result<bool, StoreError> {
        match &schema.guard {
            Some(guard) if self.migrates && guard.is_marked == self.marks => {
                Ok(guard.is_marked && guard.is_made_by_another(conn).await?)
            }
            guard => Ok(self.migrates && guard.is_some()),
        }
    }

    /// Marks the users table, if it is not marked and may be. Where it cannot be, sessions without a user are looked for.
    pub(super) async fn marked(
        &self,
        conn: &mut Conn,
        mut schema: Schema,
    ) -> Result<Schema, StoreError> {
        let (Some(guard), true) = (&mut schema.guard, self.migrates) else {
            return Ok(schema);
        };
        let warning = match (guard.is_marked, self.marks) {
            (false, true) => guard.mark(conn).await?,
            (true, false) => guard.unmark(conn).await?,
            (true, true) => guard.take_over(conn).await?,
            (false, false) => None,
        };
        schema.warnings.extend(warning);
        Ok(schema)
    }
}

impl Guard {
    /// What is wrong with it by now, if anything. One round trip where nothing is.
    pub(in crate::store::mysql) async fn flaw(
        &self,
        conn: &mut Conn,
    ) -> Result<Option<String>, Error> {
        let [before, sessions, marks, after] = self.look(conn).await?;
        let references = Reference::all(&sessions, &self.names);
        let is_ours = |reference: &&Reference| reference.name == self.name && reference.is_whole;
        let followed = references.iter().find(is_ours);
        let is_followed = followed.is_some_and(|followed| self.users.is_referred_to(followed));
        // Another program may make the mark, and says so last, or take it away, and says so first.
        let told = [before, after].map(|meta| Meta::read(&meta));
        let wants_mark = told.iter().flatten().all(|meta| meta.is_marked);
        let is_marked = !wants_mark || !marks.is_empty() || self.is_mark_hidden(conn).await?;
        Ok((!is_followed || !is_marked).then(|| {
            format!(
                "the sessions no longer refer to {} and its key by the reference that they \
                 were made with: a migration has changed one of them; start the program again",
                self.users
            )
        }))
    }

    /// How the sessions were made and the mark, between the row of `{meta}` twice.
    async fn look(&self, conn: &mut Conn) -> Result<[Vec<Row>; 4], Error> {
        let statements = [
            sql::READ_META,
            sql::SHOW_SESSIONS,
            sql::FIND_MARKER,
            sql::READ_META,
        ];
        let statements = self.names.about(&self.about(&statements.join("; ")));
        let mut looked = conn.query_iter(statements).await?;
        let rows = [
            looked.collect().await?,
            looked.collect().await?,
            looked.collect().await?,
            looked.collect().await?,
        ];
        looked.drop_result().await?;
        Ok(rows)
    }

    /// Whether the users table has the mark. One that may not be seen is there.
    pub(super) async fn has_mark(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        let has_mark = async {
            let marks = self.marks(conn).await?;
            Ok(!marks.is_empty() || self.is_mark_hidden(conn).await?)
        };
        has_mark.await.map_err(failure)
    }

    async fn is_mark_hidden(&self, conn: &mut Conn) -> Result<bool, Error> {
        let shown: Result<Option<Row>, _> = conn.query_first(self.about(sql::SHOW_MARKER)).await;
        match shown {
            // It is another table's by now.
            Ok(_) => Ok(false),
            Err(error) => match code(&error) {
                Some(IS_NOT_THERE) => Ok(false),
                Some(_) => Ok(true),
                None => Err(error),
            },
        }
    }

    /// What may be seen of the mark of the users table.
    async fn marks(&self, conn: &mut Conn) -> Result<Vec<Row>, Error> {
        conn.query(self.about(sql::FIND_MARKER)).await
    }

    /// Why it cannot be marked, if so. In this order: a mark that is missed would be a gap.
    async fn mark(&mut self, conn: &mut Conn) -> Result<Option<String>, StoreError> {
        let refusal = self.make_trigger(conn, &self.name).await?;
        if refusal.is_none() {
            self.set_marked(conn, true).await?;
        }
        Ok(refusal)
    }

    /// Makes a trigger as the mark is one, of this name. Why there is none, if so.
    async fn make_trigger(
        &self,
        conn: &mut Conn,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let place = ask(conn, sql::CURRENT_DATABASE, Params::Empty).await?;
        let create = self.about_trigger(name, sql::CREATE_MARKER);
        let made = conn.query_drop(create).await;
        // What the application computes may name tables by where the connection was.
        if let Some(place) = place.first().and_then(|row| text_in(row, 0)) {
            let back = filled(sql::USE, &[("database", &backquoted(&place))]);
            conn.query_drop(back).await.map_err(failure)?;
        }
        match made {
            Ok(()) => Ok(None),
            Err(error) if code(&error) == Some(IS_THERE) => Ok(None),
            Err(error) if code(&error).is_some() => Ok(Some(self.refusal(&text(&error)))),
            Err(error) => Err(failure(error)),
        }
    }

    fn refusal(&self, said: &str) -> String {
        format!(
            "{} can be given no trigger ({said}): if it is dropped with `foreign_key_checks = 0` and made again, that \
             may not be noticed. `GRANT TRIGGER` on it, or with a binary log `log_bin_trust_function_creators = 1`, or \
             say `users_trigger(false)`",
            self.users
        )
    }

    async fn set_marked(&mut self, conn: &mut Conn, is_marked: bool) -> Result<(), StoreError> {
        let meta = self.names.meta();
        let number = if is_marked { "1" } else { "0" };
        let guard = literal(&self.name);
        let values = [
            ("meta", meta.as_str()),
            ("is_marked", number),
            ("guard", &guard),
        ];
        let set = filled(sql::SET_MARKED, &values);
        conn.query_drop(set).await.map_err(failure)?;
        self.is_marked = is_marked;
        Ok(())
    }

    /// In this order, for the same reason. What is said of one that may not be dropped: nothing relies on it any more.
    async fn unmark(&mut self, conn: &mut Conn) -> Result<Option<String>, StoreError> {
        self.set_marked(conn, false).await?;
        match conn.query_drop(self.about(sql::DROP_MARKER)).await {
            Ok(()) => Ok(None),
            Err(error) if code(&error).is_some() => Ok(Some(self.left_over(&text(&error)))),
            Err(error) => Err(failure(error)),
        }
    }

    fn left_over(&self, said: &str) -> String {
        format!(
            "{} has a trigger `{}` that is not wanted, and cannot be dropped ({said}): drop it as a user that may",
            self.users, self.name
        )
    }

    async fn is_made_by_another(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        let marks = self.marks(conn).await.map_err(failure)?;
        Ok(marks.first().and_then(|row| number(row, 0)) == Some(0))
    }

    /// One that was made by another account, which may be dropped, and no row could be deleted then. It stays where the
    /// server lets us make none, or drop none. Why there is none any more, if so.
    async fn take_over(&mut self, conn: &mut Conn) -> Result<Option<String>, StoreError> {
        if !self.is_made_by_another(conn).await? || !self.may_make_triggers(conn).await? {
            return Ok(None);
        }
        self.set_marked(conn, false).await?;
        match conn.query_drop(self.about(sql::DROP_MARKER)).await {
            Ok(()) => self.mark(conn).await,
            Err(error) if code(&error).is_some() => {
                self.set_marked(conn, true).await?;
                Ok(None)
            }
            Err(error) => Err(failure(error)),
        }
    }

    /// MySQL with a binary log lets some users drop a trigger who cannot make it again: so it is tried.
    async fn may_make_triggers(&self, conn: &mut Conn) -> Result<bool, StoreError> {
        let tried = format!("{}_tried", self.name);
        if self.make_trigger(conn, &tried).await?.is_some() {
            return Ok(false);
        }
        let drop = self.about_trigger(&tried, sql::DROP_MARKER);
        conn.query_drop(drop).await.map_err(failure)?;
        Ok(true)
    }

    fn about(&self, statement: &str) -> String {
        self.about_trigger(&self.name, statement)
    }

    fn about_trigger(&self, name: &str, statement: &str) -> String {
        let Referred {
            database, table, ..
        } = &self.users;
        let values = [
            ("database", backquoted(database)),
            ("name", backquoted(name)),
            ("table", backquoted(table)),
            ("database_text", literal(database)),
            ("name_text", literal(name)),
            ("table_text", literal(table)),
        ];
        let values = values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        filled(statement, &values)
    }
}

impl Wanted<'_> {
    /// The statements that mark the users table, for whoever applies them by hand.
    pub(super) fn mark_by_hand(&self, guard: &str) -> Option<String> {
        let users = self.users.filter(|_| self.refers && self.marks)?;
        let (database, name) = (backquoted(&users.database), backquoted(guard));
        let (table, meta) = (backquoted(&users.table), self.names.meta());
        let guard = format!("'{guard}'");
        let values = [
            ("database", database.as_str()),
            ("name", &name),
            ("table", &table),
            ("meta", &meta),
            ("is_marked", "1"),
            ("guard", &guard),
        ];
        let statements = format!("{};\n{};\n", sql::CREATE_MARKER, sql::SET_MARKED);
        Some(filled(&statements, &values))
    }

    /// Removes the mark of a reference that is gone, or will be. One that may not be removed does nothing.
    pub(super) async fn forget_mark(
        &self,
        conn: &mut Conn,
        before: &Meta,
    ) -> Result<(), StoreError> {
        let Some(drop) = self.drop_marker(before) else {
            return Ok(());
        };
        match conn.query_drop(drop).await {
            Err(error) if code(&error).is_none() => Err(failure(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// What removes the mark of the guard that was.
    pub(super) fn drop_marker(&self, meta: &Meta) -> Option<String> {
        let users = self.users?;
        let (database, name) = (backquoted(&users.database), backquoted(&meta.guard));
        let values = [("database", database.as_str()), ("name", &name)];
        meta.is_marked.then(|| filled(sql::DROP_MARKER, &values))
    }
}
