//! Transactions of the application that hold what the store needs: nobody waits for ever, and the error
//! says what to do.

use crate::{
    rig::{Database, instance},
    users::{Named, auth, name, name_in_the_end, outage, signed_in, with_users},
};
use locals::{Auth, Error, Session, StoreError};
use mysql_async::{Conn, prelude::Queryable};
use std::time::{Duration, Instant};
use store_tests::{
    program::{DEADLINE, in_time},
    rig::mysql::of_transactions,
};
use test_servers::{MySqlInstance, PROCESSLIST};

/// Of what waits for nobody, on a machine that is busy with other tests.
const AT_ONCE: Duration = Duration::from_millis(200);

/// A program with a session of Ada's, beside a transaction of the application in which this was done.
struct Beside {
    auth: Auth<Named>,
    session: Session,
    application: Conn,
    database: Database,
}

impl Beside {
    async fn of(statement: &str) -> Option<Self> {
        let database = with_users()?;
        let auth: Auth<Named> = auth(database.url(), "users").await;
        let session = signed_in(&auth, 1).await;
        let mut application = database.open().await;
        let begun = application.query_drop(format!("BEGIN; {statement}")).await;
        begun.expect("it is alone");
        Some(Self {
            auth,
            session,
            application,
            database,
        })
    }

    async fn end(&mut self, how: &str) {
        self.application.query_drop(how).await.expect("it ends");
    }

    /// Ada cannot sign in, and is told why; whoever has a session goes on.
    async fn keeps_ada_waiting(&mut self) {
        let (signed_in, known) = tokio::join!(
            in_time(DEADLINE, self.auth.create_session(1)),
            in_time(
                AT_ONCE,
                self.auth.validate_session_user(self.session.token())
            ),
        );
        let error = signed_in.expect_err("the user is held");
        assert!(error.is_outage());
        let text = error.to_string();
        assert!(text.contains("commit before you sign in"), "{text}");
        let known = known.expect("a read waits for no lock");
        assert_eq!(known.map(|(_, user)| user.name).as_deref(), Some("Ada"));
        self.end("ROLLBACK").await;
        let session = in_time(AT_ONCE, self.auth.create_session(1)).await;
        assert!(session.is_ok(), "nothing is held any more");
    }
}

async fn keeps_ada_waiting(statement: &str) {
    if let Some(mut beside) = Beside::of(statement).await {
        beside.keeps_ada_waiting().await;
    }
}

/// And nobody else.
async fn keeps_ada_alone_waiting(statement: &str) {
    if let Some(mut beside) = Beside::of(statement).await {
        let another = in_time(DEADLINE, beside.auth.create_session(2)).await;
        assert!(another.is_ok(), "{another:?}");
        beside.keeps_ada_waiting().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whose_row_is_changed_cannot_sign_in_before_the_commit() {
    keeps_ada_alone_waiting("UPDATE users SET name = 'Augusta' WHERE id = 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_locked_cannot_sign_in_before_the_commit() {
    keeps_ada_alone_waiting("SELECT * FROM users WHERE id = 1 FOR UPDATE").await;
}

/// With REPEATABLE READ, which is the application's, the server locks the gap beside her sessions too: whose sessions
/// would come there waits as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_being_deleted_cannot_sign_in_before_the_commit() {
    keeps_ada_waiting("DELETE FROM users WHERE id = 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whose_key_changes_cannot_sign_in_before_the_commit() {
    keeps_ada_waiting("UPDATE users SET id = 100 WHERE id = 1").await;
}

/// Whoever asks sees what is committed, at once, and nothing before.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_is_seen_by_the_next_request_and_nothing_else_is() {
    let update = "UPDATE users SET name = 'Augusta' WHERE id = 1";
    let Some(mut beside) = Beside::of(update).await else {
        return;
    };
    for _ in 0..8 {
        let found = name(&beside.auth, &beside.session).await;
        assert_eq!(found.as_deref(), Some("Ada"));
    }
    beside.end("COMMIT").await;
    for _ in 0..8 {
        let found = name(&beside.auth, &beside.session).await;
        assert_eq!(found.as_deref(), Some("Augusta"));
    }
}

/// Neither does a lock that the application takes to look at a user.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_only_shared_keeps_nobody_from_signing_in() {
    let share = "SELECT * FROM users WHERE id = 1 LOCK IN SHARE MODE";
    let Some(mut beside) = Beside::of(share).await else {
        return;
    };
    let session = in_time(AT_ONCE, beside.auth.create_session(1)).await;
    assert!(session.is_ok(), "{session:?}");
    beside.end("ROLLBACK").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_not_committed_signs_in_after_the_commit() {
    let insert = "INSERT INTO users VALUES (9, 'Nine')";
    let Some(mut beside) = Beside::of(insert).await else {
        return;
    };
    let refused = in_time(DEADLINE, beside.auth.create_session(9)).await;
    match refused.expect_err("nobody else sees that user") {
        Error::Store(StoreError::UnknownUser) => {}
        error => assert!(
            error.to_string().contains("commit before you sign in"),
            "{error}"
        ),
    }
    beside.end("COMMIT").await;
    let session = in_time(AT_ONCE, beside.auth.create_session(9)).await;
    assert_eq!(session.expect("a sign-in").user_id().as_str(), "9");
}

/// A sign-out does not touch the user's row.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_whose_row_is_held_can_sign_out() {
    let update = "UPDATE users SET name = 'Augusta' WHERE id = 1";
    let Some(mut beside) = Beside::of(update).await else {
        return;
    };
    let auth = &beside.auth;
    let renewed = in_time(AT_ONCE, auth.renew_session(beside.session.token())).await;
    assert!(renewed.expect("a renewal").is_some());
    let ended = in_time(AT_ONCE, auth.invalidate_user_sessions(1)).await;
    assert_eq!(ended.expect("a sign-out"), 1);
    beside.end("ROLLBACK").await;
}

/// A migration that is under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_users_table_that_is_locked_is_an_outage_that_ends() {
    let Some(mut beside) = Beside::of("SELECT 1").await else {
        return;
    };
    beside.end("LOCK TABLES users WRITE").await;
    let read = beside.auth.validate_session_user(beside.session.token());
    outage(in_time(DEADLINE, read).await);
    beside.end("UNLOCK TABLES").await;
    let found = name_in_the_end(&beside.auth, &beside.session).await;
    assert_eq!(found.as_deref(), Some("Ada"));
    let _ = signed_in(&beside.auth, 1).await;
}

/// Two sessions of a user's, of which the latter is so in every order.
async fn former_and_latter(auth: &Auth<Named>) -> [Session; 2] {
    let former = signed_in(auth, 1).await;
    loop {
        let latter = signed_in(auth, 1).await;
        if latter.id().as_bytes() > former.id().as_bytes() {
            return [former, latter];
        }
        let ended = auth.invalidate_session(latter.id()).await;
        assert!(ended.expect("ended"));
    }
}

async fn hold(application: &mut Conn, session: &Session) {
    let id = session.id().as_bytes().to_vec();
    let lock = "SELECT 1 FROM locals_sessions WHERE id = ? FOR UPDATE";
    let held: Option<u8> = application.exec_first(lock, (id,)).await.expect("held");
    assert_eq!(held, Some(1), "it is there");
}

fn deadlocks(instance: &MySqlInstance) -> u64 {
    let count =
        "SELECT `count` FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'";
    instance.text(count).parse().expect("a number")
}

/// Somebody waits for a lock.
async fn somebody_waits(instance: &MySqlInstance) {
    let waiting =
        "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
    let start = Instant::now();
    while of_transactions(|| instance.text(waiting)).await == "0" {
        assert!(start.elapsed() < Duration::from_millis(800), "nobody waits");
    }
}

/// The server undoes the one of two that has done less: ours is done again.
#[tokio::test(flavor = "multi_thread")]
async fn l_04_a_deadlock_undoes_nothing_that_was_asked_for() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let database = instance.database();
    database.execute(crate::users::USERS);
    database.execute("CREATE TABLE ballast (n integer PRIMARY KEY)");
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let [former, latter] = former_and_latter(&auth).await;
    let before = deadlocks(&instance);
    let mut application = database.open().await;
    let rows: Vec<_> = (0..200).map(|n| format!("({n})")).collect();
    let begin = format!("BEGIN; INSERT INTO ballast VALUES {}", rows.join(", "));
    application.query_drop(begin).await.expect("begun");
    hold(&mut application, &latter).await;
    let ends = in_time(DEADLINE, auth.invalidate_user_sessions(1));
    let holds = async {
        somebody_waits(&instance).await;
        hold(&mut application, &former).await;
        application.query_drop("ROLLBACK").await.expect("it ends");
    };
    let (ended, ()) = tokio::join!(ends, holds);
    assert_eq!(ended.expect("it was done again"), 2);
    assert!(deadlocks(&instance) > before, "they waited for each other");
    assert_eq!(name(&auth, &former).await, None);
}

/// What was undone once is not forgotten to be undone wholly: the next transaction has nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn l_04_a_sign_in_that_waited_too_long_leaves_nothing() {
    let update = "UPDATE users SET name = 'Augusta' WHERE id = 1";
    let Some(mut beside) = Beside::of(update).await else {
        return;
    };
    for _ in 0..2 {
        let message = outage(beside.auth.create_session(1).await);
        assert!(message.contains("commit before you sign in"), "{message}");
    }
    beside.end("COMMIT").await;
    let listed = beside.auth.list_sessions(1).await.expect("a list");
    assert_eq!(listed.len(), 1, "the one of before");
    let open = format!(
        "SELECT count(*) FROM information_schema.innodb_trx t
         JOIN {PROCESSLIST} p ON p.id = t.trx_mysql_thread_id
         WHERE p.db = DATABASE() AND t.trx_rows_locked > 0"
    );
    let open = of_transactions(|| beside.database.text(&open)).await;
    assert_eq!(open, "0", "no transaction is left open");
}
