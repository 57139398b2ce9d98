//! Every session ends and the tables stay, with whatever of the application refers to them.

use super::{Wanted, found::Meta, reference::Reference};
use crate::{
    error::StoreError,
    event::TARGET,
    store::{
        mysql::{asking::ask, columns::key_of_sessions, record::number, sql},
        sql::{backquoted, filled},
    },
};
use mysql_async::{Conn, Params};

/// What ends every session, and has the table refer to the users that are wanted.
struct Steps {
    before: Meta,
    changes: Vec<String>,
    /// Of the reference by then.
    name: String,
}

impl Wanted<'_> {
    /// Ends every session, and has the table refer to the users that are wanted.
    ///
    /// There are no transactions for that. The name of the reference that is made is written last: what is stopped in
    /// between begins anew at the next start. The mark of the former goes as long as its name is known.
    pub(super) async fn start_anew(&self, conn: &mut Conn, reason: &str) -> Result<(), StoreError> {
        let ended = self.count(conn).await?;
        self.end_in_pieces(conn).await?;
        let steps = self.steps(conn).await?;
        for change in &steps.changes {
            self.change(conn, change).await?;
        }
        self.forget_mark(conn, &steps.before).await?;
        self.change(conn, &self.set_guard(&steps.name)).await?;
        if ended > 0 {
            tracing::warn!(
                target: TARGET,
                ended,
                reason,
                "every session ended: it cannot be told that the users table was referred to all the time. \
                 A table that is dropped loses its references: change it by ALTER TABLE"
            );
        }
        Ok(())
    }

    /// The server ends a statement that takes too long, and a cluster one that changes too much: what was ended stays so.
    async fn end_in_pieces(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let end = self.names.about(sql::END_SOME);
        loop {
            self.change(conn, &end).await?;
            if conn.affected_rows() == 0 {
                return Ok(());
            }
        }
    }

    /// The same, and the mark, for whoever applies it by hand.
    pub(super) async fn anew_by_hand(&self, conn: &mut Conn) -> Result<String, StoreError> {
        let steps = self.steps(conn).await?;
        let unmark = self.drop_marker(&steps.before).unwrap_or_default();
        let mark = self.mark_by_hand(&steps.name).unwrap_or_default();
        Ok(steps.changes.concat() + &self.set_guard(&steps.name) + &unmark + &mark)
    }

    async fn steps(&self, conn: &mut Conn) -> Result<Steps, StoreError> {
        let references = Reference::of_sessions(conn, self.names).await?;
        let declared = key_of_sessions(conn, self.names).await?;
        let key_type = self.key_type();
        let retyped = (declared.as_ref() != Some(&key_type)).then(|| key_type.sql_type());
        let changes = self.changes(&references, retyped)?;
        let end = self.names.about(sql::END_ALL);
        let is_change = |statement: &String| !statement.is_empty();
        Ok(Steps {
            before: self.read_meta(conn).await?,
            name: changes.name,
            changes: [end, changes.statements]
                .into_iter()
                .filter(is_change)
                .collect(),
        })
    }

    /// Whether a session's user is gone.
    pub(super) async fn has_orphan(
        &self,
        conn: &mut Conn,
        users: &super::FoundUsers,
    ) -> Result<bool, StoreError> {
        let sessions = self.names.sessions();
        let values = [
            ("sessions", sessions.as_str()),
            ("users", &users.qualified),
            ("key", &backquoted(&users.key)),
        ];
        let rows = ask(conn, &filled(sql::FIND_ORPHAN, &values), Params::Empty).await?;
        Ok(!rows.is_empty())
    }

    async fn count(&self, conn: &mut Conn) -> Result<i64, StoreError> {
        let count = self.names.about(sql::COUNT_SESSIONS);
        let rows = ask(conn, &count, Params::Empty).await?;
        Ok(rows.first().and_then(|row| number(row, 0)).unwrap_or(0))
    }
}
