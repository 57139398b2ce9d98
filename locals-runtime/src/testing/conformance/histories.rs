//! Random verbs, one after the other and two at a time, against a model of what is promised.

mod pairs;
mod random;
mod world;

pub use pairs::check_interleavings;

use super::{
    Suite,
    model::Model,
    names_sessions, promise,
    verb::{Row, ask, rows},
};
use crate::{store::SessionStore, user_id::UserId};
use std::{
    fmt::Debug,
    hash::{BuildHasher, RandomState},
};
use world::World;

/// Which random histories a store goes through.
///
/// The same `seed` makes the same ones. The default takes another each time, and `count` and `length` for a
/// test of a few seconds. A message about a broken promise has the one history that broke it, to be run
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Histories {
    /// What they follow from; that of the second is one more, and so on.
    pub seed: u64,
    /// How many.
    pub count: u32,
    /// How many verbs, or pairs of verbs, each has.
    pub length: u32,
}

impl Default for Histories {
    /// 20 of 100.
    fn default() -> Self {
        Self {
            seed: RandomState::new().hash_one(0),
            count: 20,
            length: 100,
        }
    }
}

impl Histories {
    /// Each by itself.
    fn each(self) -> impl Iterator<Item = Self> {
        (0..self.count).map(move |number| Self {
            seed: self.seed.wrapping_add(number.into()),
            count: 1,
            ..self
        })
    }
}

/// Checks that random verbs, one after the other, answer what [`SessionStore`] promises and leave what it
/// promises: each answer is compared with that of a model, and at the end everything.
///
/// The store is empty and knows these two users, as for [`check`](super::check).
///
/// # Panics
///
/// At the first answer that is not as promised.
pub async fn check_histories(store: &dyn SessionStore, users: [UserId; 2], histories: Histories) {
    let can_name = names_sessions(store).await;
    let suite = Suite { store, users };
    for history in histories.each() {
        let name = format!("a history is as promised: {history:?}");
        let world = World::new(&suite, history.seed, can_name);
        promise(&name, suite.lives_through(world, history.length)).await;
    }
}

impl Suite<'_> {
    async fn lives_through(&self, mut world: World, length: u32) {
        self.clear().await;
        for step in 0..length {
            let verb = world.verb();
            let answer = match ask(self.store, &verb).await {
                Ok(answer) => answer,
                Err(error) => panic!("step {step}, {verb:?}: {error}"),
            };
            let outcomes = world.model.outcomes(&verb);
            let mut possible = answered(outcomes, &answer, &(step, &verb));
            if possible.len() > 1 || step + 1 == length {
                let seen = rows(self.store, world.ids()).await;
                possible = left(possible, &seen, &(step, &verb));
            }
            world.model = possible.swap_remove(0);
        }
        self.agrees(&world).await;
        self.clear().await;
    }

    /// Whether the lists have what is there.
    async fn agrees(&self, world: &World) {
        for verb in world.lists() {
            let listed = ask(self.store, &verb).await.expect("an answer");
            let outcomes = world.model.outcomes(&verb);
            assert!(
                outcomes.iter().any(|(expected, _)| *expected == listed),
                "in the end, {verb:?}: {listed:#?} of {:#?}",
                world.model.rows()
            );
        }
    }
}

/// What may be there after this answer.
fn answered<A: PartialEq + Debug>(
    outcomes: Vec<(A, Model)>,
    answer: &A,
    asked: &impl Debug,
) -> Vec<Model> {
    let (right, wrong): (Vec<_>, Vec<_>) = outcomes
        .into_iter()
        .partition(|(expected, _)| expected == answer);
    let mut expected: Vec<_> = wrong.into_iter().map(|(expected, _)| expected).collect();
    expected.dedup();
    assert!(
        !right.is_empty(),
        "{asked:?} is answered {answer:?} instead of one of {expected:?}"
    );
    right.into_iter().map(|(_, after)| after).collect()
}

/// Those of them that are as what is there.
fn left(possible: Vec<Model>, seen: &[Row], asked: &impl Debug) -> Vec<Model> {
    let (right, wrong): (Vec<_>, Vec<_>) =
        possible.into_iter().partition(|after| after.rows() == seen);
    assert!(
        !right.is_empty(),
        "{asked:?} leaves {seen:#?} instead of one of {:#?}",
        wrong.iter().map(Model::rows).collect::<Vec<_>>()
    );
    right
}
