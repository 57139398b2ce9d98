//! Whether a server takes writes, and whether one that does not will do.

use super::{Driver, Wants, failure::Cause};
use crate::store::postgres::target::SessionAttrs;
use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
};
use tokio_postgres::{Client, SimpleQueryMessage, error::SqlState};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Writable,
    /// It has the latest, but takes no writes: `default_transaction_read_only`, or a disk that is full.
    ReadOnly,
    /// It follows another server, at some distance.
    Standby,
}

impl Role {
    /// Why a server of this role will not do.
    pub(super) fn refused(self) -> Cause {
        Cause::NotWritable {
            is_standby: self == Self::Standby,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Best,
    /// If there is no better.
    Spare,
}

pub(super) fn fit(role: Role, wants: Wants, attrs: Option<SessionAttrs>) -> Option<Fit> {
    match (role, wants, attrs) {
        (Role::Writable, _, _) => Some(Fit::Best),
        (Role::ReadOnly, Wants::Any, None | Some(SessionAttrs::Any))
        | (Role::Standby, Wants::Any, Some(SessionAttrs::Any)) => Some(Fit::Spare),
        _ => None,
    }
}

/// One round trip, without a statement or a setting: a transaction pooler passes it on.
const QUERY: &str =
    "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";

pub(super) async fn ask(client: &Client, driver: &mut Driver) -> Result<Role, Cause> {
    match answer(client, driver).await {
        Ok(messages) => Ok(role(&messages)),
        // A relative of PostgreSQL that knows neither: its writes will tell.
        Err(Cause::Postgres(error)) if is_unknown_there(error.code()) => Ok(Role::Writable),
        Err(cause) => Err(cause),
    }
}

fn is_unknown_there(code: Option<&SqlState>) -> bool {
    let unknown = [SqlState::UNDEFINED_FUNCTION, SqlState::UNDEFINED_OBJECT];
    code.is_some_and(|code| unknown.contains(code))
}

/// The driver is not spawned yet, so it is polled here.
async fn answer(client: &Client, driver: &mut Driver) -> Result<Vec<SimpleQueryMessage>, Cause> {
    let mut answer = pin!(client.simple_query(QUERY));
    poll_fn(|cx| match answer.as_mut().poll(cx) {
        Poll::Ready(answer) => Poll::Ready(answer.map_err(Cause::Postgres)),
        Poll::Pending => drive(driver, cx),
    })
    .await
}

/// Ready only if the connection is over.
fn drive<T>(driver: &mut Driver, cx: &mut Context<'_>) -> Poll<Result<T, Cause>> {
    driver.as_mut().poll(cx).map(|over| match over {
        Ok(()) => Err(Cause::Closed),
        Err(error) => Err(Cause::Postgres(error)),
    })
}

fn role(messages: &[SimpleQueryMessage]) -> Role {
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let column = |at: usize| row.and_then(|row| row.try_get(at).ok().flatten());
    match (column(0), column(1)) {
        (Some("t"), _) => Role::Standby,
        (_, Some("on")) => Role::ReadOnly,
        _ => Role::Writable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_05_a_standby_serves_reads_only_if_somebody_said_so() {
        use {Fit::*, Role::*};
        let any = Some(SessionAttrs::Any);
        let read_write = Some(SessionAttrs::ReadWrite);
        for (role, attrs, for_reads, for_writes) in [
            (Writable, None, Some(Best), Some(Best)),
            (Writable, read_write, Some(Best), Some(Best)),
            (ReadOnly, None, Some(Spare), None),
            (ReadOnly, any, Some(Spare), None),
            (ReadOnly, read_write, None, None),
            (Standby, None, None, None),
            (Standby, any, Some(Spare), None),
            (Standby, read_write, None, None),
        ] {
            assert_eq!(
                fit(role, Wants::Any, attrs),
                for_reads,
                "{role:?} {attrs:?}"
            );
            assert_eq!(
                fit(role, Wants::ReadWrite, attrs),
                for_writes,
                "{role:?} {attrs:?}"
            );
        }
    }
}
