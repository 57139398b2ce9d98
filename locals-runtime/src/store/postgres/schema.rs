//! The tables: made once, checked at every start, and emptied where a reference may have had a gap.
//!
//! What promises that a session opens the account it was made for is the foreign key. Its name is random
//! and kept beside it: dropped with the users table, or by hand, it is not what is made in its place. Which
//! table it refers to is compared by oid, never by name.

mod anew;
mod ddl;
mod found;
mod functions;
mod refusals;
mod writers;

use super::{columns::FoundUsers, error::text, key::KeyColumn, names::Names, sql};
use crate::{error::StoreError, store::sql::refuse};
use found::{Followed, Found};
use refusals::Doing;
use tokio_postgres::{
    Client, Row,
    error::SqlState,
    types::{ToSql, Type},
};

/// What is known of the tables.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) key: KeyColumn,
    /// The name of the reference to the users table; empty where there is none.
    pub(super) guard: String,
    pub(super) warnings: Vec<String>,
}

/// What the tables are to be.
pub(super) struct Wanted<'a> {
    pub(super) names: &'a Names,
    pub(super) users: Option<&'a FoundUsers>,
    /// Whether the application names their schema, which is made with them.
    pub(super) names_schema: bool,
    /// Whether they may be made and changed, and not only looked at.
    pub(super) migrates: bool,
    /// Whether a transaction pooler is in between, through which none are made.
    pub(super) is_pooled: bool,
}

/// A pooler may give what is set for a connection to somebody else, and lets go of one that waits.
const MADE_DIRECTLY: &str =
    "none are made through a transaction pooler: connect directly once, or apply this by hand:";

/// What is amiss is found one after the other: functions of somebody else beside the tables just made, a key to be
/// widened once the functions are as they have to be.
const MOST_STEPS: usize = 4;

/// What has to be done about what was found.
enum Verdict {
    Fine(Schema),
    /// Nothing is there yet.
    Make,
    /// Every session ends, for this reason.
    StartAnew(String),
    /// This makes them what they are to be, and sessions stay.
    Mend(String),
}

impl Wanted<'_> {
    /// Makes the tables, or checks that those there are what is wanted.
    ///
    /// Nothing is locked where all is well, so that nodes start while others serve.
    pub(super) async fn prepare(&self, client: &Client) -> Result<Schema, StoreError> {
        let verdict = self.verdict(client).await?;
        match (verdict, self.refusal()) {
            (Verdict::Fine(schema), _) => return Ok(schema),
            (Verdict::Make, Some(refusal)) => return self.refuse_to_make(refusal),
            (Verdict::StartAnew(why), Some(refusal)) => {
                let statements = self.anew_by_hand(client).await?;
                return self.refuse_to_start_anew(&why, refusal, &statements);
            }
            (Verdict::Mend(mend), Some(refusal)) => return self.refuse_to_mend(&mend, refusal),
            (Verdict::Make | Verdict::StartAnew(_), None) => self.check_reference()?,
            (Verdict::Mend(_), None) => {}
        }
        self.run(client, sql::BEGIN, Doing::Change).await?;
        let made = self.make_under_lock(client).await;
        let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.run(client, end, Doing::Change).await;
        let schema = made?;
        ended?;
        Ok(schema)
    }

    /// Whether this role can make a table that refers to the users.
    fn check_reference(&self) -> Result<(), StoreError> {
        self.users.map_or(Ok(()), FoundUsers::check_reference)
    }

    /// Why tables are only looked at, and what to do instead, if they are.
    fn refusal(&self) -> Option<&'static str> {
        if !self.migrates {
            Some("`migrations(false)` makes none: apply")
        } else if self.is_pooled {
            Some(MADE_DIRECTLY)
        } else {
            None
        }
    }

    async fn make_under_lock(&self, client: &Client) -> Result<Schema, StoreError> {
        self.take_turn(client).await?;
        for _ in 0..MOST_STEPS {
            match self.verdict(client).await? {
                // At first, if another node has made them meanwhile.
                Verdict::Fine(schema) => return Ok(schema),
                Verdict::Make => {
                    let statements = self.tables_ddl()?;
                    self.run(client, &statements, Doing::Make).await?;
                }
                Verdict::StartAnew(reason) => self.start_anew(client, &reason).await?,
                Verdict::Mend(mend) => self.run(client, &mend, Doing::Change).await?,
            }
        }
        refuse("the session tables were made, and are not what they were made as".to_owned())
    }

    /// Waits for other nodes as long as a statement may run: one may be rewriting the table.
    async fn take_turn(&self, client: &Client) -> Result<(), StoreError> {
        let lock = self.names.lock(b"migrations");
        let parameter: (&(dyn ToSql + Sync), Type) = (&lock, Type::INT8);
        match client.query_typed(sql::LOCK, &[parameter]).await {
            Ok(_) => self.run(client, sql::LIMIT_WAITING, Doing::Change).await,
            Err(error) if is_waited_out(&error) => self.refuse_to_wait(),
            Err(error) => Err(explained(error)),
        }
    }

    async fn verdict(&self, client: &Client) -> Result<Verdict, StoreError> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        let function = self.names.guard_function();
        let lookup = self.names.guard_lookup();
        let call = self.names.about(sql::GUARD_CALL);
        let parameters: [(&(dyn ToSql + Sync), Type); 6] = [
            (&sessions, Type::TEXT),
            (&meta, Type::TEXT),
            (&function, Type::TEXT),
            (&lookup, Type::TEXT),
            (&call, Type::TEXT),
            (&sql::GUARD_LOOKUP, Type::TEXT),
        ];
        let rows = ask(client, sql::FIND_TABLES, &parameters).await?;
        let found = Found::read(&rows)?;
        found.check_encoding()?;
        let key = match (found.sessions, found.meta) {
            (None, None) => return Ok(Verdict::Make),
            (Some(_), Some(_)) => found.key.clone(),
            (Some(_), None) => return self.refuse_half(&sessions, &meta),
            (None, Some(_)) => return self.refuse_half(&meta, &sessions),
        };
        if found.is_hidden {
            return self.refuse_hidden();
        }
        if !found.may_be_changed {
            return self.refuse_unprivileged();
        }
        let Some(key) = key else {
            return refuse(format!(
                "table {sessions} has no column `user_id` of a type that is a key"
            ));
        };
        let guard = self.read_meta(client).await?;
        if let Some(functions) = self.functions_anew(&found) {
            return Ok(Verdict::Mend(functions));
        }
        let warnings = self.warnings(client, &found).await?;
        self.compare(client, &sessions, &guard, key, warnings).await
    }

    async fn read_meta(&self, client: &Client) -> Result<String, StoreError> {
        let read = self.names.about(sql::READ_META);
        let meta = match client.query_typed(&read, &[]).await {
            Ok(rows) => rows.first().and_then(version_and_guard),
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_COLUMN) => None,
            Err(error) => return Err(explained(error)),
        };
        match meta {
            Some((sql::SCHEMA_VERSION, guard)) => Ok(guard),
            Some((version, _)) if version > sql::SCHEMA_VERSION => refuse(format!(
                "the session tables have version {version}, this program knows version {}: a newer release \
                 of `locals` made them; run that release, or restore a backup",
                sql::SCHEMA_VERSION
            )),
            _ => refuse(format!(
                "table {} cannot be read: another program made it",
                self.names.meta()
            )),
        }
    }

    async fn compare(
        &self,
        client: &Client,
        sessions: &str,
        guard: &str,
        key: KeyColumn,
        warnings: Vec<String>,
    ) -> Result<Verdict, StoreError> {
        let parameters: [(&(dyn ToSql + Sync), Type); 2] =
            [(&sessions, Type::TEXT), (&guard, Type::TEXT)];
        let rows = ask(client, sql::FIND_GUARD, &parameters).await?;
        let followed = rows.first().map(Followed::read).transpose()?;
        let fine = |key| {
            Ok(Verdict::Fine(Schema {
                key,
                guard: guard.to_owned(),
                warnings,
            }))
        };
        match (self.users, followed) {
            (None, None) if guard.is_empty() => fine(key),
            (None, Some(followed)) if followed.is_whole => fine(key),
            (Some(_), None) if guard.is_empty() => Ok(Verdict::StartAnew(
                "its sessions were made for no users table".to_owned(),
            )),
            (_, None) => Ok(Verdict::StartAnew(
                "the reference to the users table is gone: the table was dropped, or made again"
                    .to_owned(),
            )),
            (_, Some(followed)) if !followed.is_whole => Ok(Verdict::StartAnew(
                "the reference to the users table does not end sessions with their user".to_owned(),
            )),
            (Some(users), Some(followed)) if !followed.is(users) => {
                let statements = self.anew_by_hand(client).await?;
                self.refuse_other(users, &followed, &statements)
            }
            (Some(users), Some(_)) if key.parameter_type() != users.key_type.parameter_type() => {
                Ok(self.widen(users))
            }
            (Some(_) | None, Some(_)) => fine(key),
        }
    }

    /// The key of the users table was given another type: ours follows.
    fn widen(&self, users: &FoundUsers) -> Verdict {
        Verdict::Mend(format!(
            "ALTER TABLE {} ALTER COLUMN user_id TYPE {};\n",
            self.names.sessions(),
            users.key_type.sql_type()
        ))
    }

    /// Runs statements that answer nothing.
    async fn run(&self, client: &Client, statements: &str, doing: Doing) -> Result<(), StoreError> {
        match client.batch_execute(statements).await {
            Ok(()) => Ok(()),
            Err(error) => self.refuse_failed(&error, doing, statements),
        }
    }
}

/// Asks with an unnamed statement, which a pooler passes on.
pub(super) async fn ask(
    client: &Client,
    statement: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Vec<Row>, StoreError> {
    let rows = client.query_typed(statement, parameters).await;
    rows.map_err(explained)
}

/// Whether the server has given up the wait for a lock.
fn is_waited_out(error: &tokio_postgres::Error) -> bool {
    let waited_out = [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED];
    error.code().is_some_and(|code| waited_out.contains(code))
}

fn explained(error: tokio_postgres::Error) -> StoreError {
    match error.code() {
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Setup(format!(
            "this role may not look at the session tables ({}): grant it USAGE on their schema, and SELECT, \
             INSERT, UPDATE and DELETE on them",
            text(&error)
        )),
        _ => super::error::failure(error),
    }
}

fn version_and_guard(row: &Row) -> Option<(i32, String)> {
    Some((row.try_get(0).ok()?, row.try_get(1).ok()?))
}
