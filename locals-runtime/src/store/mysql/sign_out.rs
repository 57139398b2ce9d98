//! [`SignOut`] and [`EndSeveral`]: sessions end that are named by something, or are several.

use super::{
    error::Failed,
    statement::StatementId,
    work::{Live, Steps},
};
use crate::error::StoreError;
use mysql_async::Value;

/// How often sessions are looked for that were made meanwhile.
const MOST: usize = 8;

/// All of a user, or of one external reference.
///
/// One transaction. A statement that waits for a sign-in may have passed the place where the new session is then: it is
/// looked for whether one is left, until none is.
pub(super) struct SignOut {
    pub(super) delete: StatementId,
    /// Answers a row if there is one to delete still.
    pub(super) left: StatementId,
    /// Of both.
    pub(super) params: Vec<Value>,
}

impl Steps for SignOut {
    type Answer = u64;

    async fn run(&self, live: &mut Live) -> Result<u64, Failed> {
        let mut ended = 0;
        for _ in 0..MOST {
            ended += live.ask(self.delete, self.params.clone()).await?.changed;
            let left = live.ask(self.left, self.params.clone()).await?;
            if left.rows.is_empty() {
                return Ok(ended);
            }
        }
        Err(without_end())
    }
}

/// The same for sessions that are named one by one.
pub(super) struct EndSeveral {
    pub(super) end: String,
    pub(super) left: String,
}

impl Steps for EndSeveral {
    type Answer = u64;

    async fn run(&self, live: &mut Live) -> Result<u64, Failed> {
        let mut ended = 0;
        for _ in 0..MOST {
            ended += live.tell(&self.end).await?;
            if !live.finds(&self.left).await? {
                return Ok(ended);
            }
        }
        Err(without_end())
    }
}

/// Nothing has ended then.
fn without_end() -> Failed {
    StoreError::unavailable("as fast as sessions were ended, others were made").into()
}
