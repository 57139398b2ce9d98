//! Two verbs at a time: it is as if one had come after the other.

use super::{
    super::{
        Suite,
        model::Model,
        names_sessions, promise,
        verb::{Answer, Asked, Verb, ask, rows},
    },
    Histories, answered, left,
    random::Random,
    world::World,
};
use crate::{
    error::StoreError,
    store::{Replaced, SessionRecord, SessionStore},
    user_id::UserId,
};
use std::{
    future::poll_fn,
    task::{Context, Poll},
};

/// Checks that of two random verbs at the same time, one by each handle and polled in a random order, the
/// answers and what is left are as if one had come after the other, whichever.
///
/// `a` and `b` are two handles to the same sessions, of two nodes for instance, or the same handle twice.
/// The store is empty and knows these two users, as for [`check`](super::super::check). 100 histories of
/// 100 are ten thousand pairs.
///
/// # Panics
///
/// At the first pair that is not as promised.
pub async fn check_interleavings(
    a: &dyn SessionStore,
    b: &dyn SessionStore,
    users: [UserId; 2],
    histories: Histories,
) {
    let can_name = names_sessions(a).await;
    let suite = Suite { store: a, users };
    for history in histories.each() {
        let name = format!("two at a time are as one after the other: {history:?}");
        let world = World::new(&suite, history.seed, can_name);
        promise(&name, suite.lives_through_pairs(b, world, history.length)).await;
    }
}

impl Suite<'_> {
    async fn lives_through_pairs(&self, other: &dyn SessionStore, mut world: World, length: u32) {
        self.clear().await;
        for step in 0..length {
            let pair = world.pair();
            let answers = at_once([self.store, other], &pair, &mut world.random).await;
            let answers = match answers {
                [Ok(first), Ok(second)] => [first, second],
                answers => panic!("step {step}, {pair:?}: {answers:?}"),
            };
            let outcomes = of_either_order(&world.model, &pair);
            let possible = answered(outcomes, &answers, &(step, &pair));
            let seen = rows(self.store, world.ids()).await;
            world.model = left(possible, &seen, &(step, &pair)).swap_remove(0);
        }
        self.agrees(&world).await;
        self.clear().await;
    }
}

fn of_either_order(model: &Model, [first, second]: &[Verb; 2]) -> Vec<([Answer; 2], Model)> {
    let mut outcomes = Vec::new();
    for (one, between) in model.outcomes_beside_others(first) {
        for (other, after) in between.outcomes_beside_others(second) {
            outcomes.push(([one.clone(), other], after));
        }
    }
    for (other, between) in model.outcomes_beside_others(second) {
        for (one, after) in between.outcomes_beside_others(first) {
            outcomes.push(([one, other.clone()], after));
        }
    }
    let late = dropped_though_changed(model, first, second).into_iter();
    outcomes.extend(late.map(|(replaced, changed, after)| ([replaced, changed], after)));
    let late = dropped_though_changed(model, second, first).into_iter();
    outcomes.extend(late.map(|(replaced, changed, after)| ([changed, replaced], after)));
    outcomes
}

/// Who goes for the limit may have been decided just before it was renewed: no promise is about the order of
/// the two, and one session goes either way.
fn dropped_though_changed(
    model: &Model,
    replace: &Verb,
    update: &Verb,
) -> Vec<(Answer, Answer, Model)> {
    let (Verb::Replace(new, _), Verb::Update(change)) = (replace, update) else {
        return Vec::new();
    };
    let id = change.session.id;
    let Some(mut row) = model.get(id).cloned() else {
        return Vec::new();
    };
    let is_alive = |row: &SessionRecord| row.deadlines.idle_until > new.record.created_at;
    let was_alive = is_alive(&row);
    if !row.update(change) {
        return Vec::new();
    }
    let is_revived = u64::from(is_alive(&row) && !was_alive);
    let is_outlived = u64::from(was_alive && !is_alive(&row));
    let mut outcomes = Vec::new();
    for (answer, after) in model.outcomes(replace) {
        let Answer::Replaced(replaced) = answer else {
            continue;
        };
        if after.get(id).is_some() {
            continue;
        }
        // Counted by what it was, or by what it has become.
        let evicted = (replaced.evicted + is_revived).saturating_sub(is_outlived);
        for evicted in [replaced.evicted, evicted] {
            let replaced = Replaced::new(replaced.ended, evicted);
            outcomes.push((
                Answer::Replaced(replaced),
                Answer::Changed(true),
                after.clone(),
            ));
        }
    }
    outcomes
}

type Answered = Result<Answer, StoreError>;

/// Asks both, in a random order, and polls them in random orders, now and then only one of them.
async fn at_once(
    stores: [&dyn SessionStore; 2],
    verbs: &[Verb; 2],
    random: &mut Random,
) -> [Answered; 2] {
    let mut asked: [Option<Asked<'_>>; 2] = [None, None];
    for at in order(random) {
        asked[at] = Some(ask(stores[at], &verbs[at]));
    }
    let mut answers: [Option<Answered>; 2] = [None, None];
    poll_fn(|context| {
        let [first, second] = order(random);
        poll_one(&mut asked[first], &mut answers[first], context);
        if random.once_in(3) && answers[second].is_none() {
            context.waker().wake_by_ref();
        } else {
            poll_one(&mut asked[second], &mut answers[second], context);
        }
        if answers.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    answers.map(|answer| answer.expect("both have answered"))
}

fn order(random: &mut Random) -> [usize; 2] {
    if random.once_in(2) { [0, 1] } else { [1, 0] }
}

fn poll_one(
    asked: &mut Option<Asked<'_>>,
    answer: &mut Option<Answered>,
    context: &mut Context<'_>,
) {
    if let Some(future) = asked
        && let Poll::Ready(given) = future.as_mut().poll(context)
    {
        *answer = Some(given);
        *asked = None;
    }
}
