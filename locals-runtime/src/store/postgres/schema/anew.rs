//! Every session ends and the tables stay, with whatever of the application refers to them.

use super::{Wanted, ask, ddl::Reference, refusals::Doing};
use crate::{
    error::StoreError,
    event::TARGET,
    store::{
        postgres::{error::failure, sql},
        sql::filled,
    },
};
use tokio_postgres::{
    Client, Error,
    types::{ToSql, Type},
};

impl Wanted<'_> {
    /// Ends every session, and has the table refer to the users that are wanted. In a transaction.
    pub(super) async fn start_anew(&self, client: &Client, reason: &str) -> Result<(), StoreError> {
        let ended = self.count(client).await?;
        let statements = self.anew(client).await?;
        match client.batch_execute(&statements).await {
            Ok(()) => {}
            Err(error) if violates(&error) => return self.refuse_kept(reason, &error),
            Err(error) => {
                let statements = in_one_transaction(&statements);
                return self.refuse_failed(&error, Doing::Change, &statements);
            }
        }
        if self.count(client).await? > 0 {
            return self.refuse_left(reason);
        }
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

    /// The same, for whoever applies it by hand.
    pub(super) async fn anew_by_hand(&self, client: &Client) -> Result<String, StoreError> {
        let statements = self.anew(client).await?;
        Ok(in_one_transaction(&statements))
    }

    async fn anew(&self, client: &Client) -> Result<String, StoreError> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        let reference = self.reference()?;
        let changes = self.changes(client, reference.as_ref()).await?;
        let statements = if changes.is_empty() {
            [sql::END_ALL, "", sql::SET_GUARD]
        } else {
            [sql::END_ALL, sql::ALTER_KEY, sql::SET_GUARD]
        };
        let values = [
            ("sessions", sessions.as_str()),
            ("meta", &meta),
            ("changes", &changes),
            (
                "name",
                reference.as_ref().map_or("", |new| new.name.as_str()),
            ),
        ];
        Ok(filled(&statements.concat(), &values))
    }

    /// What of `user_id` is not as it is to be, as ALTER TABLE takes it: whatever it refers to by now, and its type.
    async fn changes(
        &self,
        client: &Client,
        reference: Option<&Reference>,
    ) -> Result<String, StoreError> {
        let sessions = self.names.sessions();
        let parameter: &(dyn ToSql + Sync) = &sessions;
        let rows = ask(client, sql::FIND_KEY, &[(parameter, Type::TEXT)]).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::unavailable("the session tables are gone"))?;
        let declared: String = row.try_get(0).map_err(failure)?;
        let references: Vec<String> = row.try_get(1).map_err(failure)?;
        let key_type = self.key_type();
        let dropped = references
            .iter()
            .map(|old| filled(sql::DROP_REFERENCE, &[("reference", old.as_str())]));
        let retyped =
            (declared != key_type).then(|| filled(sql::SET_KEY_TYPE, &[("key_type", key_type)]));
        let added = reference.map(|new| filled(sql::ADD_GUARD, &[("guard", &new.clause)]));
        let changes: Vec<_> = dropped.chain(retyped).chain(added).collect();
        Ok(changes.join(",\n    "))
    }

    async fn count(&self, client: &Client) -> Result<i64, StoreError> {
        let rows = ask(client, &self.names.about(sql::COUNT_SESSIONS), &[]).await?;
        rows.first()
            .map_or(Ok(0), |row| row.try_get(0))
            .map_err(failure)
    }
}

fn in_one_transaction(statements: &str) -> String {
    format!("BEGIN;\n{statements}COMMIT;\n")
}

/// Whether a constraint forbids it: those that refer to sessions, and those of the tables behind them.
fn violates(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| code.code().starts_with("23"))
}
