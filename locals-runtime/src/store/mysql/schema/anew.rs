//! Every session ends and the tables stay, with whatever of the application refers to them.

use super::{Wanted, found::Meta, reference::Reference};
use crate::{
    error::StoreError,
    event::TARGET,
    store::{
        mysql::{columns::key_of_sessions, record::number, setup::ask, sql},
        sql::{backquoted, filled},
    },
};
use mysql_async::{Conn, Params};

/// What ends every session.
struct Anew {
    statements: Vec<String>,
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
        for statement in self.anew(conn).await?.statements {
            self.change(conn, &statement).await?;
        }
        self.forget_mark(conn, &steps.before).await?;
        self.change(conn, &steps.set_guard).await?;
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
        let Anew { statements, name } = self.anew(conn).await?;
        let mark = self.mark_by_hand(&name).unwrap_or_default();
        Ok(statements.concat() + &mark)
    }

    async fn anew(&self, conn: &mut Conn) -> Result<Anew, StoreError> {
        let references = Reference::of_sessions(conn, self.names).await?;
        let declared = key_of_sessions(conn, self.names).await?;
        let key_type = self.key_type();
        let retyped = (declared.as_ref() != Some(&key_type)).then(|| key_type.sql_type());
        let changes = self.changes(&references, retyped)?;
        let mut statements = vec![self.names.about(sql::END_ALL)];
        if !changes.statements.is_empty() {
            statements.push(changes.statements);
        }
        statements.push(self.set_guard(&changes.name));
        let meta = self.read_meta(conn).await?;
        statements.extend(self.users.and_then(|users| self.drop_marker(&meta, users)));
        Ok(Anew {
            statements,
            name: changes.name,
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
