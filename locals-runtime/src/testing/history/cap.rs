//! No user has more sessions than the cap, as far as it can be known.

use super::{Action, Operation, Outcome, Violation, endings::Given};
use std::collections::HashMap;

pub(super) fn check(
    cap: u64,
    operations: &[Operation],
    given: &HashMap<u64, Given>,
) -> Result<(), Violation> {
    let mut alive: HashMap<u64, Alive> = HashMap::new();
    for operation in operations {
        if let (Action::Count { user }, Outcome::Counted(sessions)) =
            (operation.action, operation.outcome)
            && sessions > cap
        {
            let at = operation.end;
            return Err(Violation::CapExceeded { user, sessions, at });
        }
        if let Some(given) = seen_alive(operation).and_then(|token| given.get(&token)) {
            let alive = alive.entry(given.session).or_insert(Alive {
                user: given.user,
                since: operation.end,
                until: operation.start,
            });
            alive.since = alive.since.min(operation.end);
            alive.until = alive.until.max(operation.start);
        }
    }
    overlap_at_most(cap, alive.into_values())
}

/// The token that an operation shows to be alive, at some instant between its beginning and its end.
fn seen_alive(operation: &Operation) -> Option<u64> {
    match (operation.action, operation.outcome) {
        (Action::SignIn { token, .. }, Outcome::Done) => token,
        (Action::Rotate { successor, .. }, Outcome::Done) => successor,
        (Action::Read { token }, Outcome::Valid { .. }) => Some(token),
        _ => None,
    }
}

/// A session that was there all the time, from when it was surely seen first until it was surely seen last.
struct Alive {
    user: u64,
    since: u64,
    until: u64,
}

fn overlap_at_most(cap: u64, alive: impl Iterator<Item = Alive>) -> Result<(), Violation> {
    let certain = alive.filter(|alive| alive.since < alive.until);
    let turns = certain.flat_map(|alive| {
        let Alive { user, since, until } = alive;
        // What ends at an instant goes before what begins at it.
        [(since, true, user), (until, false, user)]
    });
    let mut turns: Vec<_> = turns.collect();
    turns.sort_unstable();
    let mut counts: HashMap<u64, u64> = HashMap::new();
    for (at, begins, user) in turns {
        let sessions = counts.entry(user).or_default();
        if !begins {
            *sessions -= 1;
            continue;
        }
        *sessions += 1;
        if *sessions > cap {
            let sessions = *sessions;
            return Err(Violation::CapExceeded { user, sessions, at });
        }
    }
    Ok(())
}
