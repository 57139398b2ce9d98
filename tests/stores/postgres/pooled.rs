//! Behind a real PgBouncer in transaction mode, which hands out two connections of the server.

use crate::{
    program::{Account, DEADLINE, Program, USERS, in_time, is_outage, soon},
    rig::{leaves_nothing, ready},
};
use locals::{
    Auth, PostgresOptions, PostgresStore, StoreError, UserId, store::Store, testing::TestClock,
};
use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};
use test_servers::{Database, Direction, PgBouncer, Postgres, Proxy};
use tokio::task::JoinSet;

/// The pooler, and the database behind it, with users.
struct Pooled {
    pooler: PgBouncer,
    database: Database,
}

impl Pooled {
    fn new() -> Option<Self> {
        let database = Postgres::shared()?.database();
        database.execute(USERS);
        let pooler = PgBouncer::before(&database.url(), 2)?;
        Some(Self { pooler, database })
    }

    /// Makes the tables, as whoever deploys does.
    async fn with_tables(self) -> Self {
        let direct = PostgresStore::connect(self.database.url()).await;
        let store = direct.expect("a store").with_users("users");
        let tables = Store::<Account>::prepare(&store).await;
        tables.expect("tables");
        self
    }

    fn options(&self, parameters: &str) -> PostgresOptions {
        let url = format!("{}{parameters}", self.pooler.url());
        PostgresStore::options(url).expect("options")
    }

    async fn store(&self) -> PostgresStore {
        let store = self.options("").pooled(true).connect().await;
        store.expect("a store")
    }

    /// Whoever is connected to the database, the pooler for them all.
    async fn leaves_nothing(&self) {
        let ours = format!("datname = '{}'", self.database.name());
        leaves_nothing(|sql| self.database.text(sql), &ours).await;
    }
}

fn warnings(store: &PostgresStore) -> Vec<String> {
    Store::<UserId>::warnings(store)
}

/// Parallel requests of everybody, of which none fails.
async fn serves(store: PostgresStore) {
    let program = Program::on(store).await;
    let works = async || program.works().await.expect("every answer");
    tokio::join!(works(), works(), works(), works());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_is_spoken_of_works_without_a_warning() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    for options in [
        pooled.options("").pooled(true),
        pooled.options("?pgbouncer=true"),
    ] {
        let store = options.connect().await.expect("a store");
        assert_eq!(warnings(&store), Vec::<String>::new());
        serves(store).await;
    }
    pooled.leaves_nothing().await;
}

/// 08P01: it takes no `options`.
#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_nobody_spoke_of_is_found_out() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    for options in [pooled.options(""), pooled.options("").pooled(false)] {
        let store = options.connect().await.expect("a store");
        let warnings = warnings(&store);
        let [warning] = warnings.as_slice() else {
            panic!("{warnings:?}");
        };
        assert!(warning.contains("pooled(true)"), "{warning}");
        serves(store).await;
    }
    pooled.leaves_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_the_application_are_refused_by_name() {
    let Some(pooled) = Pooled::new() else { return };
    let options = pooled.options("?options=-c%20search_path%3Dpublic");
    let refused = options.pooled(true).connect().await;
    let text = refused.expect_err("the pooler takes none").to_string();
    assert!(text.contains("leave out `options`"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tables_are_made_through_a_pooler() {
    let Some(pooled) = Pooled::new() else { return };
    let store = pooled.store().await.with_users("users");
    let refused = Store::<Account>::prepare(&store).await;
    let error = refused.expect_err("there are none");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("connect directly once, or apply this by hand"),
        "{text}"
    );
    let tables = "SELECT count(*) FROM pg_class WHERE relname LIKE 'locals%'";
    assert_eq!(pooled.database.text(tables), "0");
    // What it says is what does it.
    let (_, by_hand) = text.split_once("\n\n").expect("the statements");
    assert!(by_hand.starts_with("CREATE TABLE"), "{by_hand}");
    pooled.database.execute(by_hand);
    let accepted = Store::<Account>::prepare(&store).await;
    accepted.expect("tables that are there");
    serves(pooled.store().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_schema_sql_says_can_be_applied_by_hand() {
    let Some(pooled) = Pooled::new() else { return };
    let store = pooled.store().await;
    let statements = store.schema_sql().await.expect("the statements");
    pooled.database.execute(&statements);
    let store = ready(store).await;
    let auth = Auth::<UserId>::builder(store);
    let auth = auth.connect().await.expect("tables that are there");
    let session = auth.create_session("ada").await.expect("a session");
    let read = auth.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_schema_is_made_through_a_pooler() {
    let Some(pooled) = Pooled::new() else { return };
    let options = pooled.options("").pooled(true).schema("auth");
    let store = options.connect().await.expect("a store");
    let refused = Store::<UserId>::prepare(&store).await;
    let text = refused.expect_err("there is none").to_string();
    assert!(text.contains("CREATE SCHEMA"), "{text}");
    let direct = PostgresStore::options(pooled.database.url());
    let direct = direct.expect("options").schema("auth").connect().await;
    drop(ready(direct.expect("a store")).await);
    ready(store).await;
}

/// Tables that were made for no users are not made anew either.
#[tokio::test(flavor = "multi_thread")]
async fn no_tables_are_made_anew_through_a_pooler() {
    let Some(pooled) = Pooled::new() else { return };
    let direct = PostgresStore::connect(pooled.database.url()).await;
    drop(ready(direct.expect("a store")).await);
    let store = pooled.store().await.with_users("users");
    let refused = Store::<Account>::prepare(&store).await;
    let text = refused.expect_err("they are for no users").to_string();
    let (reason, by_hand) = text.split_once("\n\n").expect("the statements");
    assert!(reason.contains("everybody signs in again"), "{reason}");
    pooled.database.execute(by_hand);
    let accepted = Store::<Account>::prepare(&store).await;
    accepted.expect("tables that are there");
}

#[tokio::test(flavor = "multi_thread")]
async fn e_07_the_cap_is_exact_behind_a_pooler() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let auth = Auth::<Account>::builder(pooled.store().await.with_users("users"));
        let auth = auth.max_sessions_per_user(3);
        let auth = auth.store_deadline(Duration::from_secs(16)).connect().await;
        nodes.push(auth.expect("tables"));
    }
    for user in 1..=4 {
        let mut sign_ins = JoinSet::new();
        for request in 0..30 {
            let node = nodes[request % 2].clone();
            sign_ins.spawn(async move { node.create_session(user).await });
        }
        for session in sign_ins.join_all().await {
            assert_eq!(
                session.expect("a session").user_id().as_str(),
                user.to_string()
            );
        }
        let rows = format!("SELECT count(*) FROM locals_sessions WHERE user_id = {user}");
        assert_eq!(pooled.database.text(&rows), "3");
    }
    pooled.leaves_nothing().await;
}

/// A transaction of several steps is under way when nobody waits for it any more.
#[tokio::test(flavor = "multi_thread")]
async fn p_01_futures_that_are_dropped_leave_no_transaction_behind() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    let program = Program::on(pooled.store().await).await;
    for polls in 0..60 {
        // Different users, so that it stops in one place and another.
        let mut signing_in = pin!(program.auth.create_session(polls % 8 + 1).into_future());
        for _ in 0..polls % 6 {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(session) = signing_in.as_mut().poll(&mut context) {
                assert!(session.is_ok(), "it was quick");
                break;
            }
            tokio::time::sleep(Duration::from_micros(300)).await;
        }
    }
    pooled.leaves_nothing().await;
    program.works().await.expect("every answer");
    pooled.leaves_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whom_the_application_holds_keeps_nobody_else_waiting_for_long() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    let program = Program::on(pooled.store().await).await;
    let application = pooled.database.connect().await;
    let hold = "BEGIN; SELECT FROM users WHERE id = 1 FOR UPDATE";
    application.batch_execute(hold).await.expect("it is alone");
    let signed_in = in_time(DEADLINE, program.auth.create_session(1)).await;
    let error = signed_in.expect_err("the user is held");
    assert!(error.is_outage(), "{error}");
    soon(|| program.knows_everybody(&program.auth)).await;
    application
        .batch_execute("ROLLBACK")
        .await
        .expect("it ends");
    program.is_back().await;
    pooled.leaves_nothing().await;
}

/// One statement and one round trip, with a limit of its own: it is the server that ends the wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_that_waits_for_the_application_is_told_so_behind_a_pooler() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    let program = Program::on(pooled.store().await).await;
    let application = pooled.database.connect().await;
    let hold = "BEGIN; DELETE FROM users WHERE id = 1";
    application.batch_execute(hold).await.expect("it is alone");
    let ended = program.auth.invalidate_session(program.sessions[0].id());
    let error = in_time(DEADLINE, ended)
        .await
        .expect_err("the session is held");
    assert!(error.is_outage(), "{error}");
    let text = error.to_string();
    assert!(text.contains("waited for a lock"), "{text}");
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    assert_eq!(pooled.database.text(waiting), "0");
    application
        .batch_execute("ROLLBACK")
        .await
        .expect("it ends");
    program.is_back().await;
    pooled.leaves_nothing().await;
}

/// What a change was committed with.
const NOTE_CHANGES: &str = "
CREATE TABLE seen (at bigserial, how text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen (how) VALUES (lower(TG_OP) || ' ' || current_setting('synchronous_commit'));
    RETURN NULL;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON locals_sessions
FOR EACH ROW EXECUTE FUNCTION note()";

#[tokio::test(flavor = "multi_thread")]
async fn k_03_what_is_acknowledged_behind_a_pooler_is_on_the_disk() {
    let Some(pooled) = Pooled::new() else { return };
    pooled.database.execute(&format!(
        "ALTER DATABASE {} SET synchronous_commit = off",
        pooled.database.name()
    ));
    let pooled = pooled.with_tables().await;
    pooled.database.execute(NOTE_CHANGES);
    let clock = TestClock::new();
    let auth = Auth::<Account>::builder(pooled.store().await.with_users("users"));
    let auth = auth.clock(clock.clone()).connect().await.expect("tables");
    let session = auth.create_session(1).await.expect("a session");
    clock.advance(Duration::from_secs(25 * 3600));
    let renewed = auth.renew_session(session.token()).await;
    let renewed = renewed.expect("an answer").expect("a session");
    assert!(renewed.is_fresh());
    assert!(auth.invalidate_session(session.id()).await.expect("ended"));
    let seen = "SELECT string_agg(how, ', ' ORDER BY at) FROM seen";
    assert_eq!(
        pooled.database.text(seen),
        "insert on, update off, delete on"
    );
}

/// A failover behind the pooler, as clients see it.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_connections_of_the_pooler_that_are_terminated_are_replaced() {
    let Some(pooled) = Pooled::new() else { return };
    let pooled = pooled.with_tables().await;
    let program = Program::on(pooled.store().await).await;
    let terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let asks = async || {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(1) {
            if let Err(error) = program.works().await {
                assert!(error.is_outage(), "{error}");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    let terminates = async {
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            pooled.database.execute(terminate);
        }
    };
    tokio::join!(terminates, asks(), asks(), asks());
    program.is_back().await;
    pooled.leaves_nothing().await;
}

/// What was lost between us and the pooler was a BEGIN, or its answer: nobody waits for it for ever.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_connections_to_a_pooler_that_fell_silent_are_replaced() {
    let Some(pooled) = Pooled::new() else { return };
    let direct = PostgresStore::connect(pooled.database.url()).await;
    drop(ready(direct.expect("a store")).await);
    let proxy = Proxy::to(pooled.pooler.port()).await;
    let (pooler, line) = (pooled.pooler.port(), proxy.port());
    let url = pooled.pooler.url();
    let url = url.replace(&format!(":{pooler}/"), &format!(":{line}/"));
    let options = PostgresStore::options(format!("{url}?connect_timeout=1"));
    let store = options.expect("options").pooled(true).connect().await;
    let auth = Auth::<UserId>::builder(store.expect("a store"));
    let auth = auth.connect().await.expect("tables that are there");
    for direction in [Direction::ToServer, Direction::ToClient] {
        let _before = soon(|| auth.create_session("ada").into_future()).await;
        proxy.black_hole(direction);
        let signed_in = in_time(DEADLINE, auth.create_session("ada")).await;
        is_outage("a sign-in", signed_in);
        proxy.pass();
        let _after = soon(|| auth.create_session("ada").into_future()).await;
    }
    proxy.cut_now();
    pooled.leaves_nothing().await;
}
