//! K-07: the tables of every earlier release, as files that it has left behind, opened by this one.
//!
//! The fixtures were made at the start of the test clock, of the users `users (id INTEGER PRIMARY KEY,
//! email TEXT NOT NULL)` or of none. They are never opened in their place.

#![cfg(all(feature = "sqlite", feature = "testing"))]

#[path = "migrations/database.rs"]
mod database;
#[path = "migrations/log.rs"]
mod log;

use std::{sync::Barrier, thread, time::Duration};

use locals::{Auth, Lifetimes, Renewal, store::Store, testing::conformance::check_with_users};

use database::{Account, Database};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The sessions in the fixtures.
const OF_VERSION_1: &str = "AAECAwQFBgcICQoLDA0ODw.ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM";
const ADA: &str = "j-31nurevFZnWdU-Ymojqg.k_t0IrllSJ0TEcioJ0TaaoGqPyi5wAF0ZDgRueoTq44";
const BOB: &str = "0LXoO4w6uAELUi4FwddvPA.EjuB4CGLHzt4Oe2AHot9HMVtGzESMzvn4Nqy05534Fw";
const ADA_BY_ID: &str = "ubJr4lck6earWGLopOA-iQ.ZyWLcCgdPRZtgPHjK-_dVDYph7aQ8IinMqYAek0TqVU";

/// Whose session a token opens.
async fn opened(auth: &Auth<Account>, token: &str) -> Option<String> {
    let found = auth.validate_session_user(token).await;
    let found = found.expect("a healthy store");
    found.map(|(_, account)| account.email)
}

#[tokio::test]
async fn k_07_sessions_of_version_2_survive_with_their_users_and_their_devices() {
    let database = Database::copy_of("schema_2.sqlite");
    assert_eq!(database.version(), 2);
    let auth = database.open().expect("this release knows version 2");
    assert_eq!(database.version(), 3);
    for (token, email) in [(ADA, "ada@example.org"), (BOB, "bob@example.org")] {
        assert_eq!(opened(&auth, token).await.as_deref(), Some(email));
    }
    let list = auth.list_sessions(1).await.expect("a healthy store");
    let devices: Vec<_> = list.iter().map(|info| info.device()).collect();
    assert_eq!(devices, [Some("Firefox on Linux")]);
    let list = auth.list_sessions(2).await.expect("a healthy store");
    assert_eq!((list.len(), list[0].device()), (1, None));

    let found = auth.validate_session(ADA).await.expect("a healthy store");
    let session = found.expect("Ada's");
    assert_eq!(session.created_at(), database.clock.now());
    assert_eq!(session.expires_at(), database.clock.now() + 30 * DAY);
    assert_eq!((session.assurance(), session.external_ref()), (None, None));
}

/// They have no periods of their own: the configuration's are theirs.
#[tokio::test]
async fn k_07_sessions_of_version_2_are_renewed_until_their_absolute_end() {
    let database = Database::copy_of("schema_2.sqlite");
    let auth = database.open().expect("this release knows version 2");
    for day in 1..30 {
        database.clock.advance(DAY);
        let found = auth.renew_session(ADA).await.expect("a healthy store");
        let session = found.expect("in use every day");
        assert!(session.is_fresh(), "day {day}");
        let until = (database.clock.now() + 15 * DAY).min(session.expires_at());
        assert_eq!(session.idle_until(), until, "day {day}");
        assert_eq!(
            opened(&auth, BOB).await.is_some(),
            day < 15,
            "unused, day {day}"
        );
    }
    database.clock.advance(DAY);
    assert_eq!(opened(&auth, ADA).await, None);
}

#[tokio::test]
async fn k_07_sessions_of_version_2_can_rotate_and_be_ended() {
    let database = Database::copy_of("schema_2.sqlite");
    let grace = Duration::from_secs(60);
    let auth = database.open_with(Renewal::Rotate { grace });
    let auth = auth.expect("this release knows version 2");
    database.clock.advance(DAY);
    let found = auth.renew_session(ADA).await.expect("a healthy store");
    let next = found.expect("idle").token().expose().to_owned();
    assert_ne!(next, ADA);
    let again = auth.renew_session(ADA).await.expect("a healthy store");
    assert_eq!(again.expect("pending").token().expose(), next);
    let first_use = auth.renew_session(&next).await.expect("a healthy store");
    assert!(first_use.is_some());
    assert!(opened(&auth, ADA).await.is_some(), "in the grace");
    database.clock.advance(grace);
    assert_eq!(opened(&auth, ADA).await, None);
    let copy = auth.renew_session(ADA).await.expect("a healthy store");
    assert!(copy.is_none());
    assert_eq!(opened(&auth, &next).await, None, "a copy was noticed");
    let ended = auth.invalidate_user_sessions(2).await;
    assert_eq!(ended.expect("a healthy store"), 1);
    assert_eq!(opened(&auth, BOB).await, None);
}

#[tokio::test]
async fn k_07_the_new_columns_of_migrated_tables_can_be_used() {
    let database = Database::copy_of("schema_2.sqlite");
    let auth = database.open().expect("this release knows version 2");
    let made = auth
        .create_session(1)
        .lifetimes(Lifetimes::aal2())
        .assurance("mfa")
        .external_ref("sid-1")
        .device("a telephone")
        .await;
    let made = made.expect("a healthy store");
    let found = auth.validate_session(made.token()).await;
    let found = found.expect("a healthy store").expect("new");
    assert_eq!(found.assurance(), Some("mfa"));
    assert_eq!(found.external_ref(), Some("sid-1"));
    assert_eq!(found.expires_at(), database.clock.now() + DAY);
    let kept = "SELECT count(*) FROM locals_sessions
                WHERE browser_session = 1 AND active_period = 360000 AND idle_period = 3240000";
    assert_eq!(database.number(kept), 1);
    let ended = auth.invalidate_by_external_ref("sid-1").await;
    assert_eq!(ended.expect("a healthy store"), 1);
    assert!(opened(&auth, ADA).await.is_some(), "which has no such name");
    for wrong in [
        "UPDATE locals_sessions SET user_stamp = x'00'",
        "UPDATE locals_sessions SET successor_nonce = x'00'",
        "UPDATE locals_sessions SET browser_session = NULL",
        "UPDATE locals_sessions SET active_period = 'a day'",
    ] {
        let refused = database.app().execute_batch(wrong);
        assert!(refused.is_err(), "{wrong}");
    }
}

#[test]
fn k_07_migrated_tables_are_those_of_a_new_file() {
    let new = Database::new_with_users();
    drop(new.open().expect("a new file"));
    assert!(!new.is_without_rowid());
    for (fixture, is_made_anew) in [("schema_2.sqlite", false), ("schema_1.sqlite", true)] {
        let migrated = Database::copy_of(fixture);
        assert_ne!(migrated.schema(), new.schema(), "{fixture}");
        drop(migrated.open().expect("an earlier release's file"));
        assert_eq!(migrated.schema(), new.schema(), "{fixture}");
        assert_eq!(migrated.is_without_rowid(), !is_made_anew, "{fixture}");
    }
    let new = Database::none();
    drop(new.open_by_id().expect("a new file"));
    let migrated = Database::copy_of("schema_2_ids.sqlite");
    drop(migrated.open_by_id().expect("an earlier release's file"));
    assert_eq!(migrated.schema(), new.schema());
}

/// Where the rows of the table lie differs from a new one.
#[tokio::test]
async fn k_07_migrated_tables_keep_every_promise() {
    let database = Database::copy_of("schema_2.sqlite");
    drop(database.open().expect("this release knows version 2"));
    database.run("DELETE FROM locals_sessions");
    let store = database.store().expect("a file").with_users("users");
    Store::<Account>::prepare(&store)
        .await
        .expect("tables that are there");
    check_with_users::<Account>(&store, ["1".into(), "2".into()]).await;
    assert!(database.is_without_rowid());
}

#[tokio::test]
async fn k_07_sessions_without_a_users_table_survive() {
    let database = Database::copy_of("schema_2_ids.sqlite");
    let auth = database.open_by_id().expect("this release knows version 2");
    assert_eq!(database.version(), 3);
    database.clock.advance(DAY);
    let found = auth.renew_session(ADA_BY_ID).await;
    let session = found.expect("a healthy store").expect("Ada's");
    assert!(session.is_fresh());
    assert_eq!(session.user_id().as_str(), "ada");
}

/// Whichever program is the first to start with the new release.
#[tokio::test]
async fn k_07_a_program_without_users_migrates_the_tables_of_one_with_users() {
    let database = Database::copy_of("schema_2.sqlite");
    let by_id = database.open_by_id().expect("this release knows version 2");
    let found = by_id.validate_session(ADA).await.expect("a healthy store");
    assert_eq!(found.expect("Ada's").user_id().as_str(), "1");
    let auth = database.open().expect("the other program");
    for (token, email) in [(ADA, "ada@example.org"), (BOB, "bob@example.org")] {
        assert_eq!(opened(&auth, token).await.as_deref(), Some(email));
    }
}

/// The second start finds what the first has made.
#[tokio::test]
async fn k_07_a_migration_is_made_once() {
    let database = Database::copy_of("schema_2.sqlite");
    drop(database.open().expect("this release knows version 2"));
    let (schema, guard) = (database.schema(), database.guard());
    for _ in 0..3 {
        let auth = database.open().expect("tables of this release");
        assert_eq!(database.schema(), schema);
        assert_eq!(database.guard(), guard);
        assert!(opened(&auth, ADA).await.is_some());
    }
}

#[tokio::test]
async fn k_07_programs_that_start_together_migrate_once() {
    for round in 0..20 {
        let database = Database::copy_of("schema_2.sqlite");
        let together = Barrier::new(4);
        let programs: Vec<_> = thread::scope(|scope| {
            let start = || {
                together.wait();
                database.open()
            };
            let starting: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            let started = starting.into_iter().map(|program| program.join());
            started.map(|program| program.expect("no panic")).collect()
        });
        for program in programs {
            let auth = program.unwrap_or_else(|error| panic!("round {round}: {error}"));
            assert!(opened(&auth, ADA).await.is_some(), "round {round}");
            assert!(opened(&auth, BOB).await.is_some(), "round {round}");
        }
        assert_eq!(database.version(), 3, "round {round}");
    }
}

/// A handle of version 2 looks at the view whenever the schema has changed, and answers 503 if it is
/// another: it must not go on beside columns that it does not know.
#[test]
fn k_07_a_program_of_the_earlier_release_finds_the_guard_changed() {
    for (fixture, has_users) in [("schema_2.sqlite", true), ("schema_2_ids.sqlite", false)] {
        let database = Database::copy_of(fixture);
        let (before, triggers) = (database.guard(), triggers(&database));
        let schema_version = database.number("PRAGMA schema_version");
        if has_users {
            drop(database.open().expect("this release knows version 2"));
        } else {
            drop(database.open_by_id().expect("this release knows version 2"));
        }
        let after = database.guard();
        assert_ne!(after, before, "{fixture}");
        let text = "CREATE VIEW locals_guard AS SELECT ";
        assert!(after.starts_with(text), "{fixture}: {after}");
        assert!(database.number("PRAGMA schema_version") > schema_version);
        assert_eq!(self::triggers(&database), triggers, "{fixture}");
    }
}

fn triggers(database: &Database) -> Vec<String> {
    database.lines("SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
}

/// What is in the way of its last statement undoes the others.
#[tokio::test]
async fn k_07_a_migration_that_fails_leaves_the_tables_as_they_were() {
    let database = Database::copy_of("schema_2.sqlite");
    database.run(
        "CREATE TABLE other (x);
         CREATE INDEX locals_sessions_by_external_ref ON other (x)",
    );
    let (schema, guard) = (database.schema(), database.guard());
    for _ in 0..2 {
        let failed = database.open();
        assert!(failed.is_err(), "the name of an index is taken");
        assert_eq!(database.version(), 2);
        assert_eq!(
            (database.schema(), database.guard()),
            (schema.clone(), guard.clone())
        );
    }
    database.run("DROP INDEX locals_sessions_by_external_ref");
    let auth = database.open().expect("nothing is in the way");
    assert_eq!(database.version(), 3);
    assert!(opened(&auth, ADA).await.is_some());
}

/// Its guard had gaps: everybody signs in again, and the log says so.
#[tokio::test]
async fn k_07_version_1_ends_every_session_and_says_so() {
    log::begin();
    let database = Database::copy_of("schema_1.sqlite");
    assert_eq!(database.version(), 1);
    let auth = database.open().expect("an earlier release's file");
    assert_eq!(database.version(), 3);
    assert_eq!(opened(&auth, OF_VERSION_1).await, None);
    let warned = log::lines().into_iter().any(|line| {
        line.starts_with("WARN")
            && line.contains("every session ended")
            && line.contains("earlier release")
    });
    assert!(warned, "{:?}", log::lines());

    let session = auth.create_session(1).await.expect("a healthy store");
    let found = auth.validate_session_user(session.token()).await;
    let (_, account) = found.expect("a healthy store").expect("new");
    let ada = Account {
        id: 1,
        email: "ada@example.org".to_owned(),
    };
    assert_eq!(account, ada);
}

#[test]
fn k_07_a_migration_says_that_the_sessions_stay() {
    log::begin();
    let database = Database::copy_of("schema_2.sqlite");
    drop(database.open().expect("this release knows version 2"));
    let told = log::lines().into_iter().any(|line| {
        line.starts_with("INFO") && line.contains("their sessions stay") && line.contains("from=2")
    });
    assert!(told, "{:?}", log::lines());
}

#[tokio::test]
async fn k_07_tables_of_a_release_to_come_are_refused_and_left_alone() {
    for fixture in ["schema_2.sqlite", "schema_2_ids.sqlite"] {
        let database = Database::copy_of(fixture);
        let sessions = database.number("SELECT count(*) FROM locals_sessions");
        database.run("UPDATE locals_meta SET version = 4");
        let schema = database.schema();
        let refusals = [
            database.open_by_id().map(drop),
            database.open_by_id().map(drop),
        ];
        for refused in refusals {
            let text = refused.expect_err("a newer release's file").to_string();
            for words in ["version 4", "version 3", "newer release"] {
                assert!(text.contains(words), "no {words:?} in: {text}");
            }
        }
        assert_eq!(database.schema(), schema, "{fixture}");
        let left = database.number("SELECT count(*) FROM locals_sessions");
        assert_eq!(left, sessions, "{fixture}");
    }
    let database = Database::copy_of("schema_2.sqlite");
    database.run("UPDATE locals_meta SET version = 4");
    let text = database.open().expect_err("a newer release's").to_string();
    assert!(text.contains("version 4"), "{text}");
    database.run("UPDATE locals_meta SET version = 2");
    let auth = database.open().expect("as it was");
    assert!(opened(&auth, ADA).await.is_some());
}
