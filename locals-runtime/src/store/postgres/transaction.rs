//! Several questions as one transaction: queued in one poll, so that whoever drops the future afterwards leaves
//! a whole one.

use super::{
    connection::{Connection, Question},
    error::Failed,
    limits::BEGIN_WITH_LIMITS,
    steps::Steps,
};
use std::{future::poll_fn, sync::Arc, task::Poll};
use tokio_postgres::Row;

/// The default of the database may be another, under which a statement does not see what was committed
/// while it waited for the lock before it.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

impl Connection {
    /// Asks them inside one transaction: all take place, or none.
    pub(super) async fn transact(
        self: Arc<Self>,
        questions: Arc<[Question]>,
    ) -> Result<Vec<Vec<Row>>, Failed> {
        self.apart(|connection| async move {
            let answers = if connection.is_pooled() {
                step_by_step(&connection, &questions).await
            } else {
                in_one_go(&connection, &questions).await
            };
            connection.heeded(answers)
        })
        .await
    }
}

/// Everything at once, in order.
async fn in_one_go(
    connection: &Connection,
    questions: &[Question],
) -> Result<Vec<Vec<Row>>, Failed> {
    let mut steps = Steps::default();
    steps.add(connection.run(BEGIN));
    for question in questions {
        steps.add(connection.query(question));
    }
    poll_fn(|context| {
        let _queueing = connection.queueing();
        steps.poll(context);
        // Answered by nobody but ourselves: it was not sent.
        let is_whole = !steps.have_failed();
        steps.add(connection.run(if is_whole { "COMMIT" } else { "ROLLBACK" }));
        steps.poll(context);
        Poll::Ready(())
    })
    .await;
    // The first that failed says why: those after it say only that the transaction is over.
    let mut answers = steps.answers().await?;
    answers.pop();
    answers.remove(0);
    Ok(answers)
}

/// One after the other, behind a pooler; never dropped half-way.
async fn step_by_step(
    connection: &Connection,
    questions: &[Question],
) -> Result<Vec<Vec<Row>>, Failed> {
    undone_if_failed(connection, connection.run(BEGIN_WITH_LIMITS).await).await?;
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions {
        let answer = connection.query(question).await;
        answers.push(undone_if_failed(connection, answer).await?);
    }
    connection.run("COMMIT").await?;
    Ok(answers)
}

async fn undone_if_failed<T>(
    connection: &Connection,
    answer: Result<T, Failed>,
) -> Result<T, Failed> {
    if answer.is_err() {
        // If that fails too, the connection is gone, and the transaction with it.
        let _ = connection.run("ROLLBACK").await;
    }
    answer
}
