//! What ends tokens, for sure or perhaps.

use super::{Action, Operation};
use std::collections::HashMap;

/// A token that a client was given.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) token: u64,
    pub(super) user: u64,
    /// The first token of the session, which names it: rotations give others.
    pub(super) session: u64,
    pub(super) by: Operation,
}

/// An operation that ends sessions, but perhaps one of them.
#[derive(Clone, Copy)]
struct End {
    operation: Operation,
    spares: Option<u64>,
}

/// The best end, and the best of those that do not spare the same session.
#[derive(Clone, Copy, Default)]
struct Best {
    first: Option<End>,
    second: Option<End>,
}

impl Best {
    fn or(self, end: End, is_better: impl Fn(&Operation, &Operation) -> bool) -> Self {
        let beats = |other: Option<End>| {
            other.is_none_or(|other| is_better(&end.operation, &other.operation))
        };
        let spares_another = self.first.is_some_and(|first| first.spares != end.spares);
        if beats(self.first) {
            return Self {
                first: Some(end),
                second: if spares_another {
                    self.first
                } else {
                    self.second
                },
            };
        }
        let second = if spares_another && beats(self.second) {
            Some(end)
        } else {
            self.second
        };
        Self { second, ..self }
    }

    fn of(self, session: u64) -> Option<Operation> {
        let spares_it = self
            .first
            .is_some_and(|first| first.spares == Some(session));
        let end = if spares_it { self.second } else { self.first };
        end.map(|end| end.operation)
    }
}

/// The ends of one session, token or user.
#[derive(Default)]
struct Ends {
    by_start: Vec<End>,
    /// Of those from here on, the answered one that was over first.
    first_over: Vec<Best>,
    /// Of those up to here, the one that may take place last.
    last_over: Vec<Best>,
}

impl Ends {
    fn sort(&mut self) {
        self.by_start.sort_by_key(|end| end.operation.start);
        let mut last = Best::default();
        for end in &self.by_start {
            last = last.or(*end, |one, other| one.done_by() > other.done_by());
            self.last_over.push(last);
        }
        let mut first = Best::default();
        for end in self.by_start.iter().rev() {
            if end.operation.is_done() {
                first = first.or(*end, |one, other| one.end < other.end);
            }
            self.first_over.push(first);
        }
        self.first_over.reverse();
    }

    /// The answered end that was over first, of those that begin when the token is there.
    fn certain(&self, given: &Given) -> Option<Operation> {
        let starts = |end: &End| end.operation.start < given.by.end;
        let at = self.by_start.partition_point(starts);
        self.first_over.get(at)?.of(given.session)
    }

    /// Whether one may have taken place after the token was made and before this instant.
    fn perhaps(&self, given: &Given, by: u64) -> bool {
        let count = self
            .by_start
            .partition_point(|end| end.operation.start < by);
        let last = count.checked_sub(1).and_then(|at| self.last_over.get(at));
        let last = last.and_then(|best| best.of(given.session));
        last.is_some_and(|end| end.done_by() > given.by.start)
    }
}

/// All ends of a history.
#[derive(Default)]
pub(super) struct Endings {
    sessions: HashMap<u64, Ends>,
    tokens: HashMap<u64, Ends>,
    users: HashMap<u64, Ends>,
    grace: u64,
}

impl Endings {
    pub(super) fn new(operations: &[Operation], given: &HashMap<u64, Given>, grace: u64) -> Self {
        let session_of = |token: u64| given.get(&token).map_or(token, |given| given.session);
        let mut endings = Self {
            grace,
            ..Self::default()
        };
        for operation in operations
            .iter()
            .filter(|operation| operation.may_be_done())
        {
            let (ends, spares) = match operation.action {
                Action::SignOut { token } => (endings.sessions.entry(session_of(token)), None),
                Action::Rotate { token, .. } => (endings.tokens.entry(token), None),
                Action::SignOutAll { user, but } => {
                    (endings.users.entry(user), but.map(session_of))
                }
                _ => continue,
            };
            ends.or_default().by_start.push(End {
                operation: *operation,
                spares,
            });
        }
        let Self {
            sessions,
            tokens,
            users,
            ..
        } = &mut endings;
        for ends in [sessions, tokens, users]
            .into_iter()
            .flat_map(HashMap::values_mut)
        {
            ends.sort();
        }
        endings
    }

    /// From when on a token is dead for sure, and by what.
    pub(super) fn certain(&self, given: &Given) -> Option<(u64, Operation)> {
        let rotated = self.tokens.get(&given.token);
        let rotated = rotated.and_then(|ends| ends.certain(given));
        let rotated = rotated.map(|end| (end.end.saturating_add(self.grace), end));
        let ended = self.of_session(given).map(|end| (end.end, end));
        ended.into_iter().chain(rotated).min_by_key(|(at, _)| *at)
    }

    /// The answered end of the session itself that was over first.
    pub(super) fn of_session(&self, given: &Given) -> Option<Operation> {
        let of_session = self.sessions.get(&given.session);
        let ends = of_session.into_iter().chain(self.users.get(&given.user));
        ends.filter_map(|ends| ends.certain(given))
            .min_by_key(|end| end.end)
    }

    /// Whether a token may be dead at this instant.
    pub(super) fn perhaps(&self, given: &Given, by: u64) -> bool {
        let kinds = [
            self.sessions.get(&given.session),
            self.tokens.get(&given.token),
            self.users.get(&given.user),
        ];
        kinds
            .into_iter()
            .flatten()
            .any(|ends| ends.perhaps(given, by))
    }
}
