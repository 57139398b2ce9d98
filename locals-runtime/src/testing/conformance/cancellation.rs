//! What becomes of a future that is dropped.

mod cases;
mod polling;

use super::{
    Suite,
    model::Model,
    names_sessions, promise, promises,
    verb::{Asked, Row, Verb, ask, rows},
};
use crate::{
    store::{
        Credential, NewSession, Rotation, SecretHash, SessionRecord, SessionStore, SessionUpdate,
        Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use cases::{CASES, Case};
use polling::{PATIENCE, polled};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// A future that is not done after so many polls never is.
const MOST_POLLS: usize = 1000;

/// How many futures are dropped before the store has to answer again.
const DROPPED: usize = 300;

/// Checks that a future may be dropped at any time: after each of its polls, at once or when it is about to
/// be polled again, whatever it was to do is done or was never begun, and whatever it held is given
/// back.
///
/// Whether it is done may turn out only after it was dropped; it is waited for. The store is empty and
/// knows these two users, as for [`check`](super::check). Needs a runtime of tokio with time
/// (`enable_time`), which is to run on: not a paused clock.
///
/// # Panics
///
/// At the first promise that is broken.
pub async fn check_cancellation(store: &dyn SessionStore, users: [UserId; 2]) {
    let dropping = Dropping {
        suite: Suite { store, users },
        rounds: AtomicU32::new(0),
    };
    let can_name = names_sessions(store).await;
    let cases = CASES
        .iter()
        .filter(|case| can_name || **case != Case::EndNamed);
    for case in cases {
        let name = format!("p_01_{}_is_done_or_was_never_begun", case.name());
        promise(&name, dropping.after_each_poll(*case)).await;
    }
    promises! { dropping:
        i_05_futures_that_are_dropped_give_back_their_places,
    }
}

struct Dropping<'a> {
    suite: Suite<'a>,
    /// What is late of one round is none of the next one's: each has ids of its own.
    rounds: AtomicU32,
}

impl Dropping<'_> {
    async fn after_each_poll(&self, case: Case) {
        for polls in 0..MOST_POLLS {
            let at_once = self.dropped(case, polls, false).await;
            let later = self.dropped(case, polls, true).await;
            if at_once && later {
                return;
            }
        }
        panic!("it does not answer within {MOST_POLLS} polls");
    }

    /// Drops a future after so many polls, if `lingers` when it would be polled again; whether it had
    /// answered by then.
    async fn dropped(&self, case: Case, polls: usize, lingers: bool) -> bool {
        let scene = case.scene(&self.suite, self.rounds.fetch_add(1, Ordering::Relaxed));
        let before = self.set(&scene.rows).await;
        let outcomes = before.outcomes(&scene.verb);
        let [(expected, after)] = &outcomes[..] else {
            unreachable!("one thing comes of it")
        };
        let mut asked = ask(self.suite.store, &scene.verb);
        let answered = polled(&mut asked, polls, lingers).await;
        drop(asked);
        let allowed = match &answered {
            Some(answer) => {
                let answer = answer.as_ref().expect("an answer");
                assert_eq!(answer, expected);
                vec![after.rows()]
            }
            None => vec![before.rows(), after.rows()],
        };
        self.settles(&scene.ids, &allowed).await;
        self.suite.clear().await;
        answered.is_some()
    }

    async fn set(&self, records: &[SessionRecord]) -> Model {
        let mut model = Model::default();
        for record in records {
            self.suite.insert(record.clone()).await;
            model.insert(record.clone());
        }
        model
    }

    /// What was begun is done in the end: then, and for good, the rows are as before or as after.
    async fn settles(&self, ids: &[SessionId], allowed: &[Vec<Row>]) {
        self.pass_behind(ids).await;
        let begun = Instant::now();
        let (mut seen, mut times) = (Vec::new(), 0);
        while times < 3 {
            let now = rows(self.suite.store, ids).await;
            let is_allowed = allowed.contains(&now);
            times = if is_allowed && now == seen {
                times + 1
            } else {
                0
            };
            seen = now;
            assert!(
                is_allowed || begun.elapsed() < PATIENCE,
                "it is neither as before nor as after: {seen:#?} instead of one of {allowed:#?}"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Writes that change nothing, of the same rows and users: in a queue they stand behind what was dropped.
    async fn pass_behind(&self, ids: &[SessionId]) {
        for user in &self.suite.users {
            let nobody = UserSessions::Only(self.nobody().id);
            let ended = self.suite.store.delete_of_user(user.clone(), nobody).await;
            assert_eq!(ended.expect("an answer"), 0);
        }
        for id in ids {
            let session = Credential {
                id: *id,
                ..self.nobody()
            };
            let rotation = Rotation::new(session.secret_hash, None);
            let is_changed = self
                .suite
                .changes(SessionUpdate::rotation(session, rotation))
                .await;
            assert!(!is_changed, "of another secret");
        }
    }

    fn nobody(&self) -> Credential {
        let SessionRecord {
            id, secret_hash, ..
        } = self.suite.numbered(0, u32::MAX);
        Credential { id, secret_hash }
    }

    /// Each kind of them, one after the other and all at the same time.
    async fn i_05_futures_that_are_dropped_give_back_their_places(&self) {
        let taken = self.suite.record(0, 1);
        self.suite.insert(taken.clone()).await;
        for verb in self.harmless(taken) {
            for number in 0..DROPPED {
                let mut asked = ask(self.suite.store, &verb);
                let _ = polled(&mut asked, number % 3, false).await;
            }
            self.is_answered(&verb).await;
            let mut under_way: Vec<Asked<'_>> = Vec::new();
            for _ in 0..DROPPED {
                let mut asked = ask(self.suite.store, &verb);
                if polled(&mut asked, 1, false).await.is_none() {
                    under_way.push(asked);
                }
            }
            drop(under_way);
            self.is_answered(&verb).await;
        }
        self.suite.clear().await;
    }

    /// One verb of each kind that changes nothing, whenever it is done.
    fn harmless(&self, taken: SessionRecord) -> Vec<Verb> {
        let nobody = self.nobody();
        let user = taken.user_id.clone();
        let rotation = Rotation::new(SecretHash::from_bytes([8; 32]), None);
        let update = SessionUpdate::rotation(nobody, rotation);
        let new = NewSession::new(taken, 100);
        let first = Timestamp::from_millis(0);
        vec![
            Verb::Ping,
            Verb::Load(nobody.id),
            Verb::List(user.clone(), first),
            Verb::Replace(Box::new(new), vec![nobody.id]),
            Verb::Update(Box::new(update)),
            Verb::End(vec![nobody.id]),
            Verb::Delete(nobody.id),
            Verb::DeleteOfUser(user, UserSessions::Only(nobody.id)),
            Verb::DeleteExpired(first, 1),
        ]
    }

    /// Soon: those that were dropped may be on their way still.
    async fn is_answered(&self, verb: &Verb) {
        let begun = Instant::now();
        loop {
            let answer = tokio::time::timeout(PATIENCE, ask(self.suite.store, verb)).await;
            match answer.expect("the store answers when others were dropped") {
                Ok(_) => return,
                Err(error) if begun.elapsed() > PATIENCE => {
                    panic!("{verb:?} when others were dropped: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    }
}
