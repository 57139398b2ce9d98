//! [`Cluster`]: several servers, each with the keys of some users, of which any says who has which.

mod nodes;
mod redirect;
mod slots;

use super::{
    dial::{Dialer, Terms},
    error::Failed,
    place::Place,
    question::{Question, Removal},
    resp::Value,
    scripts::{Call, replaced},
};
use crate::{
    error::StoreError,
    store::link::{Dial, Task},
};
use nodes::{Nodes, slots_by};
use slots::Slots;
use std::{collections::BTreeSet, sync::Arc};

pub(super) struct Cluster {
    nodes: Arc<Nodes>,
    // Held for its end.
    _keeper: Task<()>,
}

impl Cluster {
    /// With what whoever runs the servers should mend. Nodes that are away are no reason to refuse, as long as one
    /// is there.
    pub(super) async fn connect(
        terms: Terms,
        seeds: Vec<Place>,
    ) -> Result<(Self, Vec<String>), StoreError> {
        let seeds: Vec<_> = seeds.into_iter().map(Arc::new).collect();
        let slots = known_slots(&terms, &seeds).await?;
        let warnings = check(&terms, &slots).await?;
        let runtime = terms.way.runtime.clone();
        let nodes = Arc::new(Nodes::new(terms, seeds, slots));
        let cluster = Self {
            _keeper: Task::spawn(&runtime, Arc::clone(&nodes).keep()),
            nodes,
        };
        Ok((cluster, warnings))
    }

    pub(super) async fn read(&self, question: &Question) -> Result<Value, Failed> {
        self.nodes.ask(question).await
    }

    pub(super) async fn change(&self, question: Question) -> Result<Value, Failed> {
        let nodes = Arc::clone(&self.nodes);
        let key = question.key().to_owned();
        let change = async move { nodes.ask(&question).await };
        self.nodes.run_apart(&key, change).await
    }

    /// A sign-in, and then the end of what is elsewhere: who is stopped in between has both. Where it is known before
    /// that this cannot end, nothing is done; where it turns out then, the new session is taken back.
    pub(super) async fn replace(
        &self,
        call: Call,
        undo: Vec<Removal>,
        elsewhere: Vec<Removal>,
    ) -> Result<Option<(u64, u64)>, Failed> {
        self.nodes.look(&elsewhere).await?;
        let nodes = Arc::clone(&self.nodes);
        let key = call.key().to_owned();
        let change = async move {
            let made = nodes.ask(&Question::Script(call)).await?;
            let Some((ended, evicted)) = replaced(made)? else {
                return Ok(None);
            };
            match nodes.remove(elsewhere).await {
                Ok(others) => Ok(Some((ended + others, evicted))),
                Err(failed) => {
                    // Its token is nobody's, whether this succeeds or not.
                    drop(nodes.remove(undo).await);
                    Err(failed)
                }
            }
        };
        self.nodes.run_apart(&key, change).await
    }

    pub(super) async fn remove(&self, removals: Vec<Removal>) -> Result<u64, Failed> {
        let Some(key) = removals.first().map(|removal| removal.key().to_owned()) else {
            return Ok(0);
        };
        let nodes = Arc::clone(&self.nodes);
        let change = async move { nodes.remove(removals).await };
        self.nodes.run_apart(&key, change).await
    }

    pub(super) async fn ping(&self) -> Result<(), Failed> {
        self.nodes.ping().await
    }
}

/// What only whoever runs the program can mend is said first.
fn graver(one: StoreError, other: StoreError) -> StoreError {
    if matches!(one, StoreError::Setup(_)) {
        one
    } else {
        other
    }
}

async fn known_slots(terms: &Terms, seeds: &[Arc<Place>]) -> Result<Slots, StoreError> {
    let mut failure = StoreError::unavailable("no node of the Redis Cluster has any slot");
    for seed in seeds {
        match slots_by(terms, seed).await {
            Ok(slots) if !slots.owners().is_empty() => return Ok(slots),
            Ok(_) => {}
            Err(error) => failure = graver(failure, error),
        }
    }
    Err(failure)
}

/// Connects to each node once; what it should be told apart from the others' is said once. What one node alone refuses
/// is a warning.
async fn check(terms: &Terms, slots: &Slots) -> Result<Vec<String>, StoreError> {
    let (mut warnings, mut failure) = (BTreeSet::new(), None::<StoreError>);
    let mut is_there = false;
    for place in slots.owners() {
        match terms.to((*place).clone()).connect().await {
            Ok((connection, _driver)) => {
                is_there = true;
                warnings.extend(Dialer::warnings(&connection).await);
            }
            Err(error) => {
                if let StoreError::Setup(reason) = &error {
                    warnings.insert(reason.clone());
                }
                failure = Some(match failure {
                    Some(other) => graver(error, other),
                    None => error,
                });
            }
        }
    }
    match failure {
        Some(error) if !is_there => Err(error),
        _ => Ok(warnings.into_iter().collect()),
    }
}
