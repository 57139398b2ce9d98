//! [`SignIn`]: a session is made, others end, and the user's sessions beyond the limit.

use super::{
    error::Failed,
    record::{self, bytes, literals},
    statement::StatementId,
    work::{Live, Steps},
};
use crate::{
    store::{Replaced, sql::filled},
    token::SessionId,
};
use mysql_async::{Row, Value};
use std::cmp::Reverse;

/// One transaction. Of two for one user at the same time on two machines, the second waits for the sessions of the
/// user that the first has locked; if there was none yet, they find each other's new one, and one of them is undone and
/// tried again.
pub(super) struct SignIn {
    pub(super) lock_of_user: StatementId,
    pub(super) insert: StatementId,
    pub(super) others: StatementId,
    /// What ends the sessions that this one takes the place of, if there are any.
    pub(super) end_ended: Option<String>,
    /// What ends those beyond the limit: `{ids}`.
    pub(super) end_evicted: String,
    pub(super) inserted: Vec<Value>,
    pub(super) user: Value,
    pub(super) id: SessionId,
    /// How many sessions the user may have beside this one.
    pub(super) kept_besides: u32,
    pub(super) now: i64,
}

impl Steps for SignIn {
    type Answer = Replaced;

    async fn run(&self, live: &mut Live) -> Result<Replaced, Failed> {
        if self.is_limited() {
            live.ask(self.lock_of_user, vec![self.user.clone()]).await?;
        }
        live.ask(self.insert, self.inserted.clone()).await?;
        let ended = match &self.end_ended {
            Some(end) => live.tell(end).await?,
            None => 0,
        };
        let evicted = if self.is_limited() {
            self.evict(live).await?
        } else {
            0
        };
        Ok(Replaced::new(ended, evicted))
    }
}

impl SignIn {
    fn is_limited(&self) -> bool {
        self.kept_besides < u32::MAX - 1
    }

    /// First those that are past their end, then the least recently used. How many of them were alive.
    async fn evict(&self, live: &mut Live) -> Result<u64, Failed> {
        let parameters = vec![self.user.clone(), bytes(self.id.as_bytes())];
        let others = live.ask(self.others, parameters).await?.rows;
        let kept_besides = usize::try_from(self.kept_besides).unwrap_or(usize::MAX);
        if others.len() <= kept_besides {
            return Ok(0);
        }
        let mut others: Vec<_> = others
            .iter()
            .map(|row| self.rank(row))
            .collect::<Result<_, _>>()?;
        others.sort_unstable();
        let gone = &others[kept_besides..];
        let ids: Vec<_> = gone.iter().map(|(.., id)| *id).collect();
        let text = filled(&self.end_evicted, &[("ids", &literals(&ids))]);
        live.tell(&text).await?;
        let alive = gone.iter().filter(|(is_over, ..)| !is_over);
        Ok(alive.count() as u64)
    }

    /// Whether it is past its end, when it was last used, and which it is.
    fn rank(&self, row: &Row) -> Result<(bool, Reverse<i64>, SessionId), Failed> {
        let number = |column| record::number(row, column).unwrap_or(i64::MIN);
        let is_over = number(1) <= self.now;
        Ok((is_over, Reverse(number(2)), record::id(row)?))
    }
}
