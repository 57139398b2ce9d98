//! Writes that are committed together: what one of them meets is the answer of no other.

use futures_util::future::{join, join_all};
use locals::{Auth, Error, Session, StoreError, UserId};

use super::Database;
use crate::rig::{ADA, Account, BOB, EVE};

fn database() -> Database {
    let database = Database::with_users();
    database.run("INSERT INTO users VALUES (2, 'bob@example.com', 0), (3, 'eve@example.com', 0)");
    database
}

/// The application's own trigger on our table, which does this for Bob's sessions.
fn veto(database: &Database, event: &str, raise: &str) {
    let row = if event == "INSERT" { "NEW" } else { "OLD" };
    database.run(&format!(
        "CREATE TRIGGER veto BEFORE {event} ON locals_sessions WHEN {row}.user_id = 2
         BEGIN SELECT RAISE({raise}); END"
    ));
}

const RAISES: [&str; 4] = [
    "ROLLBACK, 'not Bob'",
    "ABORT, 'not Bob'",
    "FAIL, 'not Bob'",
    "IGNORE",
];

/// A call and its answer.
enum Call {
    SignIn(Result<Session, Error>),
    SignOut(Session, Result<bool, Error>),
}

impl Call {
    async fn sign_in(auth: &Auth<Account>, user: i64) -> Self {
        Self::SignIn(auth.create_session(user).await)
    }

    async fn sign_out(auth: &Auth<Account>, session: Session) -> Self {
        let answer = auth.invalidate_session(session.id()).await;
        Self::SignOut(session, answer)
    }

    /// The answer, after a look at whether it is true.
    async fn is_ok(&self, auth: &Auth<Account>, what: &str) -> bool {
        let (session, is_ok, is_there) = match self {
            Self::SignIn(Err(_)) => return false,
            Self::SignIn(Ok(session)) => (session, true, true),
            Self::SignOut(session, Ok(ended)) => {
                assert!(*ended, "{what}: there was a session");
                (session, true, false)
            }
            Self::SignOut(session, Err(_)) => (session, false, true),
        };
        let found = auth.validate_session(session.token()).await;
        let found = found.expect("a healthy store").is_some();
        assert_eq!(found, is_there, "{what}");
        is_ok
    }
}

async fn sign_in(auth: &Auth<Account>, user: i64) -> Session {
    auth.create_session(user).await.expect("a healthy store")
}

/// Sign-ins and sign-outs of others in turn, and one of Bob's at this place, asked for while the
/// application holds the lock, so that they wait for it together.
async fn asked_together(
    database: &Database,
    auth: &Auth<Account>,
    event: &str,
    place: usize,
    ending: Vec<Session>,
) -> Vec<Call> {
    let application = database.app();
    application
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody else writes");
    let calls = ending
        .into_iter()
        .enumerate()
        .map(|(turn, session)| async move {
            match (turn == place, event, turn % 2) {
                (true, "INSERT", _) => Call::sign_in(auth, BOB).await,
                (false, _, 0) => Call::sign_in(auth, EVE).await,
                _ => Call::sign_out(auth, session).await,
            }
        });
    // Each call is asked for when it is first polled: all of them before the lock is released.
    let release = async { application.execute_batch("COMMIT") };
    let (calls, released) = join(join_all(calls), release).await;
    released.expect("the application's own lock");
    calls
}

const TOGETHER: usize = 21;

#[tokio::test]
async fn i_09_a_trigger_that_undoes_a_write_makes_no_answer_of_another_untrue() {
    for event in ["INSERT", "DELETE"] {
        for raise in RAISES {
            for place in [0, TOGETHER / 2, TOGETHER - 1] {
                let what = format!("{raise} at {event}, {place}");
                let database = database();
                let auth = database.auth();
                let before =
                    (0..TOGETHER).map(|turn| sign_in(&auth, if turn == place { BOB } else { ADA }));
                let before = join_all(before).await;
                veto(&database, event, raise);

                let mut rows = TOGETHER;
                let calls = asked_together(&database, &auth, event, place, before).await;
                for (turn, call) in calls.iter().enumerate() {
                    let what = format!("{what}, call {turn}");
                    let is_ok = call.is_ok(&auth, &what).await;
                    assert_eq!(is_ok, turn != place, "{what}");
                    match call {
                        Call::SignIn(Ok(_)) => rows += 1,
                        Call::SignOut(_, Ok(_)) => rows -= 1,
                        _ => {}
                    }
                }
                let kept = database.number("SELECT count(*) FROM locals_sessions");
                assert_eq!(usize::try_from(kept), Ok(rows), "{what}");

                database.run("DROP TRIGGER veto");
                let next = sign_in(&auth, BOB).await;
                let ended = auth.invalidate_session(next.id()).await;
                assert!(ended.expect("a healthy store"), "{what}: afterwards");
            }
        }
    }
}

/// With nobody beside it: an error, whose text may be anything, and no change.
#[tokio::test]
async fn k_05_a_write_that_a_trigger_undoes_or_skips_is_an_error() {
    for raise in RAISES {
        let database = database();
        let auth = database.auth();
        let session = sign_in(&auth, BOB).await;
        veto(&database, "DELETE", raise);
        is_an_outage(auth.invalidate_session(session.id()).await, raise);
        let found = auth.validate_session(session.token()).await;
        assert!(found.expect("a healthy store").is_some(), "{raise}");

        database.run("DROP TRIGGER veto");
        veto(&database, "INSERT", raise);
        is_an_outage(auth.create_session(BOB).await, raise);
        let rows = database.number("SELECT count(*) FROM locals_sessions");
        assert_eq!(rows, 1, "{raise}");
        drop(sign_in(&auth, ADA).await);
    }
}

/// "None" would be taken for done by whoever has changed a password.
#[tokio::test]
async fn k_05_ending_the_sessions_of_a_user_that_a_trigger_keeps_is_an_error() {
    for raise in RAISES {
        let database = database();
        let auth = database.auth();
        let (kept, other) = (sign_in(&auth, BOB).await, sign_in(&auth, BOB).await);
        veto(&database, "DELETE", raise);
        let bob = UserId::from(BOB);
        is_an_outage(auth.invalidate_user_sessions(&bob).await, raise);
        is_an_outage(auth.invalidate_other_sessions(&kept).await, raise);
        is_an_outage(auth.invalidate_user_session(&bob, other.id()).await, raise);
        let rows = database.number("SELECT count(*) FROM locals_sessions");
        assert_eq!(rows, 2, "{raise}");
    }
}

fn is_an_outage<T: std::fmt::Debug>(answer: Result<T, Error>, what: &str) {
    assert!(
        matches!(answer, Err(Error::Store(StoreError::Unavailable(_)))),
        "{what}: {answer:?}"
    );
}
