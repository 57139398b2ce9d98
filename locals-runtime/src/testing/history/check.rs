//! The invariants, each in one pass over the operations.

use super::{
    Action, History, Operation, Outcome, Violation, cap,
    endings::{Endings, Given},
};
use std::collections::{HashMap, hash_map::Entry};

pub(super) fn check(history: &History) -> Result<(), Violation> {
    for operation in &history.operations {
        is_well_recorded(operation)?;
        is_answered(operation, history)?;
    }
    let mut operations = history.operations.clone();
    operations.sort_by_key(|operation| (operation.start, operation.end));
    let tokens = Tokens::new(&operations, history)?;
    for operation in &operations {
        match (operation.action, operation.outcome) {
            (Action::Read { token }, Outcome::Valid { user }) => {
                tokens.may_be_valid(*operation, token, user)?;
            }
            (Action::Read { token }, Outcome::Invalid) => {
                tokens.may_be_invalid(*operation, token)?;
            }
            _ => {}
        }
    }
    match history.cap {
        Some(cap) => cap::check(cap.into(), &operations, &tokens.given),
        None => Ok(()),
    }
}

fn is_well_recorded(operation: &Operation) -> Result<(), Violation> {
    let fits = match (operation.action, operation.outcome) {
        (_, Outcome::NotDone | Outcome::Unknown) => true,
        (Action::SignIn { token, .. }, Outcome::Done) => token.is_some(),
        (Action::Rotate { successor, .. }, Outcome::Done) => successor.is_some(),
        (Action::SignOut { .. } | Action::SignOutAll { .. }, Outcome::Done) => true,
        (Action::Read { .. }, Outcome::Valid { .. } | Outcome::Invalid) => true,
        (Action::Count { .. }, Outcome::Counted(_)) => true,
        _ => false,
    };
    if fits && operation.start <= operation.end {
        Ok(())
    } else {
        Err(Violation::Misrecorded(*operation))
    }
}

fn is_answered(operation: &Operation, history: &History) -> Result<(), Violation> {
    let is_excused = |outage: &std::ops::Range<u64>| {
        operation.start < outage.end && outage.start <= operation.end
    };
    let outages = &history.outages;
    let is_unknown = operation.outcome == Outcome::Unknown;
    if is_unknown && !outages.is_empty() && !outages.iter().any(is_excused) {
        return Err(Violation::Unanswered(*operation));
    }
    Ok(())
}

/// What is known of each token and user.
struct Tokens {
    given: HashMap<u64, Given>,
    endings: Endings,
    /// For each token, the read that was over first of those that found it dead.
    dead: HashMap<u64, Operation>,
    cap: Option<u64>,
    sign_ins: HashMap<u64, SignIns>,
}

/// Of one user, sorted.
#[derive(Default)]
struct SignIns {
    starts: Vec<u64>,
    /// When those sessions are dead for sure that ever are.
    ends: Vec<u64>,
}

impl Tokens {
    /// Of operations that are sorted by their beginnings.
    fn new(operations: &[Operation], history: &History) -> Result<Self, Violation> {
        let mut given = HashMap::new();
        for operation in operations {
            give(&mut given, operation)?;
        }
        let endings = Endings::new(operations, &given, history.grace);
        let mut tokens = Self {
            given,
            endings,
            dead: HashMap::new(),
            cap: history.cap.map(u64::from),
            sign_ins: HashMap::new(),
        };
        for operation in operations {
            tokens.note_dead(operation);
            tokens.note_sign_in(operation);
        }
        for sign_ins in tokens.sign_ins.values_mut() {
            sign_ins.starts.sort_unstable();
            sign_ins.ends.sort_unstable();
        }
        Ok(tokens)
    }

    fn note_dead(&mut self, read: &Operation) {
        let (Action::Read { token }, Outcome::Invalid) = (read.action, read.outcome) else {
            return;
        };
        // Before it is given, a token may well be invalid.
        if self
            .given
            .get(&token)
            .is_none_or(|given| read.start < given.by.end)
        {
            return;
        }
        let first = self.dead.entry(token).or_insert(*read);
        if read.end < first.end {
            *first = *read;
        }
    }

    fn note_sign_in(&mut self, operation: &Operation) {
        let Action::SignIn { user, token } = operation.action else {
            return;
        };
        if !operation.may_be_done() {
            return;
        }
        let given = token.and_then(|token| self.given.get(&token));
        let end = given.and_then(|given| self.endings.of_session(given));
        let sign_ins = self.sign_ins.entry(user).or_default();
        sign_ins.starts.push(operation.start);
        sign_ins.ends.extend(end.map(|end| end.end));
    }

    fn may_be_valid(&self, read: Operation, token: u64, user: u64) -> Result<(), Violation> {
        let given = self
            .given
            .get(&token)
            .filter(|given| given.by.start <= read.end);
        let Some(given) = given else {
            return Err(Violation::NeverGiven { read });
        };
        if given.user != user {
            let (read, given) = (read.into(), given.by.into());
            return Err(Violation::AnotherUser { read, given });
        }
        let end = self.endings.certain(given);
        if let Some((_, ended)) = end.filter(|(at, _)| *at < read.start) {
            let (read, ended) = (read.into(), ended.into());
            return Err(Violation::ReadAfterEnd { read, ended });
        }
        match self.dead.get(&token) {
            Some(dead) if dead.end < read.start => {
                let (read, dead) = (read.into(), (*dead).into());
                Err(Violation::Resurrected { read, dead })
            }
            _ => Ok(()),
        }
    }

    fn may_be_invalid(&self, read: Operation, token: u64) -> Result<(), Violation> {
        match self.given.get(&token) {
            Some(given)
                if given.by.end < read.start
                    && !self.endings.perhaps(given, read.end)
                    && !self.may_be_dropped(given, read.end) =>
            {
                let (read, given) = (read.into(), given.by.into());
                Err(Violation::Lost { read, given })
            }
            _ => Ok(()),
        }
    }

    /// Whether the user may have had as many other sessions as the cap allows, since the token was given and
    /// by this instant.
    fn may_be_dropped(&self, given: &Given, by: u64) -> bool {
        let (Some(cap), Some(sign_ins)) = (self.cap, self.sign_ins.get(&given.user)) else {
            return false;
        };
        let made = sign_ins.starts.partition_point(|start| *start < by);
        let dead = sign_ins.ends.partition_point(|end| *end < given.by.start);
        let others = made.saturating_sub(dead).saturating_sub(1);
        others as u64 >= cap
    }
}

/// Notes the token that an operation gave.
fn give(given: &mut HashMap<u64, Given>, operation: &Operation) -> Result<(), Violation> {
    if !operation.is_done() {
        return Ok(());
    }
    let by = *operation;
    let new = match operation.action {
        Action::SignIn {
            user,
            token: Some(token),
        } => Given {
            token,
            user,
            session: token,
            by,
        },
        Action::Rotate {
            token,
            successor: Some(successor),
        } => match given.get(&token) {
            Some(former) => Given {
                token: successor,
                by,
                ..*former
            },
            None => return Err(Violation::NeverGiven { read: by }),
        },
        _ => return Ok(()),
    };
    match given.entry(new.token) {
        Entry::Vacant(place) => {
            place.insert(new);
            Ok(())
        }
        Entry::Occupied(before) if is_same_rotation(&before.get().by, &by) => Ok(()),
        Entry::Occupied(before) => {
            let (first, second) = (before.get().by.into(), by.into());
            Err(Violation::GivenTwice { first, second })
        }
    }
}

/// Parallel requests are given the same successor of one token.
fn is_same_rotation(one: &Operation, other: &Operation) -> bool {
    matches!(one.action, Action::Rotate { .. }) && one.action == other.action
}
