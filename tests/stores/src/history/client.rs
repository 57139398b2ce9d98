//! A client that asks one node and the other, and writes down what it saw.

use super::{CAP, Node, World, lock};
use locals::{
    SessionId, StoreError, UserId,
    store::{
        Credential, Deadlines, Extension, NewSession, Rotation, SecretHash, SessionRecord,
        SessionUpdate, Store, StoreFuture, Timestamp, UserSessions,
    },
    testing::history::{Action, Operation, Outcome},
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::time::{sleep, timeout};

const USERS: u64 = 4;

const DEADLINE: Duration = Duration::from_secs(2);

const NOW: Timestamp = Timestamp::from_millis(1_893_456_000_000);

/// A token that was given, by its number.
#[derive(Clone, Copy)]
pub(super) struct Given {
    number: u64,
    user: u64,
    credential: Credential,
}

/// What was asked, what came of it, and the token that was given.
type Seen = (Action, Outcome, Option<Given>);

/// What came of a call: `None` if that is not known.
async fn answer<T>(asked: StoreFuture<'_, T>) -> Option<T> {
    match timeout(DEADLINE, asked).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(
            StoreError::Unavailable(_) | StoreError::ConnectionLost(_) | StoreError::Timeout,
        ))
        | Err(_) => None,
        Ok(Err(error)) => panic!("this is no outage: {error}"),
    }
}

/// One after the other does what comes to its mind.
pub(super) struct Client<S> {
    pub(super) world: Arc<World>,
    pub(super) nodes: [S; 2],
    pub(super) random: fastrand::Rng,
}

impl<S: Node> Client<S> {
    pub(super) async fn live(mut self) {
        while !self.world.is_over.load(Ordering::Relaxed) {
            let node = self.random.usize(..2);
            let start = self.world.now();
            if let Some((action, outcome, given)) = self.act(node).await {
                let time = start..self.world.now();
                let by = u32::try_from(node).expect("0 or 1");
                let operation = Operation::new(by, time, action, outcome);
                lock(&self.world.history).push(operation);
                // Not before it is written down that it was given.
                lock(&self.world.given).extend(given);
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    async fn act(&mut self, node: usize) -> Option<Seen> {
        let store = self.nodes[node].clone();
        let user = self.random.u64(..USERS);
        let known = self.known();
        match (self.random.u32(..100), known) {
            (0..25, _) | (_, None) => Some(self.sign_in(&store, user).await),
            (25..65, Some(given)) => Some(read(&store, given).await),
            (65..75, Some(given)) => {
                renew(&store, given).await;
                None
            }
            (75..85, Some(given)) => Some(self.rotate(&store, given).await),
            (85..93, Some(given)) => Some(sign_out(&store, given).await),
            (93..95, _) => Some(sign_out_all(&store, user, None).await),
            (95..97, Some(given)) => Some(sign_out_all(&store, given.user, Some(given)).await),
            (97.., _) => Some(count(&store, user).await),
        }
    }

    /// One of the last that were given.
    fn known(&mut self) -> Option<Given> {
        let given = lock(&self.world.given);
        let recent = given.len().saturating_sub(24);
        self.random.choice(given.get(recent..)?).copied()
    }

    fn number(&self) -> u64 {
        self.world.numbers.fetch_add(1, Ordering::Relaxed)
    }

    async fn sign_in(&mut self, store: &impl Node, user: u64) -> Seen {
        let mut id = [0; 16];
        self.random.fill(&mut id);
        let credential = Credential {
            id: store.new_id(&user.into(), SessionId::from_bytes(id)),
            secret_hash: self.secret_hash(),
        };
        let hour = Duration::from_secs(3600);
        let deadlines = Deadlines {
            active_until: NOW.plus(hour),
            idle_until: NOW.plus(2 * hour),
            expires_at: NOW.plus(9 * hour),
        };
        let record = SessionRecord::new(credential, user.into(), NOW, deadlines);
        let replaced = answer(store.replace(NewSession::new(record, CAP), Vec::new())).await;
        let given = replaced.map(|_| Given {
            number: self.number(),
            user,
            credential,
        });
        let token = given.map(|given| given.number);
        let outcome = known_or(given.is_some());
        (Action::SignIn { user, token }, outcome, given)
    }

    fn secret_hash(&mut self) -> SecretHash {
        let mut hash = [0; 32];
        self.random.fill(&mut hash);
        SecretHash::from_bytes(hash)
    }

    async fn rotate(&mut self, store: &impl Node, given: Given) -> Seen {
        let secret_hash = self.secret_hash();
        let rotation = Rotation::new(secret_hash, None);
        let rotation = SessionUpdate::rotation(given.credential, rotation);
        let rotated = answer(store.update(rotation)).await;
        let successor = rotated.filter(|rotated| *rotated).map(|_| Given {
            number: self.number(),
            credential: Credential {
                secret_hash,
                ..given.credential
            },
            ..given
        });
        let outcome = match rotated {
            Some(true) => Outcome::Done,
            Some(false) => Outcome::NotDone,
            None => Outcome::Unknown,
        };
        let action = Action::Rotate {
            token: given.number,
            successor: successor.map(|successor| successor.number),
        };
        (action, outcome, successor)
    }
}

fn known_or(is_done: bool) -> Outcome {
    if is_done {
        Outcome::Done
    } else {
        Outcome::Unknown
    }
}

async fn read(store: &impl Node, given: Given) -> Seen {
    let found = Store::<UserId>::load_with_user(store, given.credential);
    let outcome = match answer(found).await {
        Some(Some((record, user))) => {
            assert_eq!(record.id, given.credential.id);
            let user = user.as_str().parse().expect("users are numbers");
            Outcome::Valid { user }
        }
        Some(None) => Outcome::Invalid,
        None => Outcome::Unknown,
    };
    let token = given.number;
    (Action::Read { token }, outcome, None)
}

/// What is renewed stays what it is, so there is nothing to write down: it must not bring back what has ended.
async fn renew(store: &impl Node, given: Given) {
    let Some(Some(record)) = answer(store.load(given.credential.id)).await else {
        return;
    };
    let second = Duration::from_secs(1);
    let deadlines = Deadlines {
        active_until: record.deadlines.active_until.plus(second),
        idle_until: record.deadlines.idle_until.plus(second),
        ..record.deadlines
    };
    let renewed_at = record.renewed_at.plus(second);
    let extension = Extension::new(record.deadlines.active_until, renewed_at, deadlines);
    answer(store.update(SessionUpdate::extension(given.credential, extension))).await;
}

async fn sign_out(store: &impl Node, given: Given) -> Seen {
    let ended = answer(store.end(vec![given.credential.id])).await;
    let token = given.number;
    (Action::SignOut { token }, known_or(ended.is_some()), None)
}

async fn sign_out_all(store: &impl Node, user: u64, but: Option<Given>) -> Seen {
    let which = match but {
        Some(kept) => UserSessions::AllBut(kept.credential.id),
        None => UserSessions::All,
    };
    let ended = answer(store.delete_of_user(user.into(), which)).await;
    let but = but.map(|kept| kept.number);
    let action = Action::SignOutAll { user, but };
    (action, known_or(ended.is_some()), None)
}

async fn count(store: &impl Node, user: u64) -> Seen {
    let outcome = match answer(store.list(user.into(), NOW)).await {
        Some(listed) => Outcome::Counted(listed.len() as u64),
        None => Outcome::Unknown,
    };
    (Action::Count { user }, outcome, None)
}
