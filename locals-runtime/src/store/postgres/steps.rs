//! [`Steps`]: questions that are asked one behind the other, without waiting for the answers in between.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

pub(super) struct Steps<'a, T, E>(Vec<Step<'a, T, E>>);

struct Step<'a, T, E> {
    asked: Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>,
    answer: Option<Result<T, E>>,
}

impl<T, E> Default for Steps<'_, T, E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, T, E> Steps<'a, T, E> {
    pub(super) fn add(&mut self, asked: impl Future<Output = Result<T, E>> + Send + 'a) {
        self.0.push(Step {
            asked: Box::pin(asked),
            answer: None,
        });
    }

    /// In order; whether all are answered.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> bool {
        let mut is_over = true;
        for Step { asked, answer } in &mut self.0 {
            if answer.is_none()
                && let Poll::Ready(answered) = asked.as_mut().poll(context)
            {
                *answer = Some(answered);
            }
            is_over &= answer.is_some();
        }
        is_over
    }

    pub(super) fn have_failed(&self) -> bool {
        self.0
            .iter()
            .any(|step| matches!(step.answer, Some(Err(_))))
    }

    /// Each of them, once all are there.
    pub(super) async fn each(mut self) -> impl Iterator<Item = Result<T, E>> {
        poll_fn(|context| match self.poll(context) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        self.0.into_iter().filter_map(|step| step.answer)
    }

    /// All of them, or the first failure.
    pub(super) async fn answers(self) -> Result<Vec<T>, E> {
        self.each().await.collect()
    }
}
