//! The shared server, the databases and schemas on it, and what a test may do to its own.

use std::{thread, time::Duration};

use test_servers::{Instance, Options, Postgres, connect};

/// Small and soon there.
fn instance() -> Option<Instance> {
    Instance::start(Options {
        settings: vec![("max_connections", "12".to_owned())],
        without_fsync: true,
        ..Options::default()
    })
}

#[tokio::test]
async fn a_schema_goes_with_its_value() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute("CREATE TABLE here (n int); INSERT INTO here VALUES (7)");
    let client = schema.connect().await;
    let row = client.query_one("SELECT n FROM here", &[]).await;
    assert_eq!(row.expect("a row").get::<_, i32>(0), 7);
    let count = format!(
        "SELECT count(*) FROM pg_namespace WHERE nspname = '{}'",
        schema.name()
    );
    assert_eq!(postgres.text(&count), "1");
    drop(schema);
    assert_eq!(postgres.text(&count), "0");
}

#[tokio::test]
async fn a_database_goes_with_its_value_whoever_is_connected() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    database.execute("CREATE EXTENSION citext");
    let _client = database.connect().await;
    let count = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}'",
        database.name()
    );
    assert_eq!(postgres.text(&count), "1");
    drop(database);
    assert_eq!(postgres.text(&count), "0");
}

#[test]
fn a_server_pauses_and_goes_on() {
    let Some(instance) = instance() else {
        return;
    };
    instance.pause();
    thread::scope(|scope| {
        let asked = scope.spawn(|| instance.text("SELECT 'awake'"));
        thread::sleep(Duration::from_millis(300));
        assert!(!asked.is_finished());
        instance.resume();
        assert_eq!(asked.join().expect("an answer"), "awake");
    });
}

#[test]
fn what_is_committed_survives_a_crash_and_a_restart() {
    let Some(instance) = instance() else {
        return;
    };
    let port = instance.port();
    instance.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");
    instance.kill();
    instance.start_again();
    instance.restart();
    assert_eq!(instance.text("SELECT n FROM kept"), "1");
    assert_eq!(instance.port(), port);
}

#[test]
fn a_server_is_read_only_for_a_while() {
    let Some(instance) = instance() else {
        return;
    };
    instance.set_read_only(true);
    let mode = instance.text("SHOW transaction_read_only");
    instance.set_read_only(false);
    assert_eq!(mode, "on");
    instance.execute("CREATE TABLE written (n int)");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_a_name_are_ended() {
    let Some(instance) = instance() else {
        return;
    };
    let url = format!("{}?application_name=store", instance.url());
    let client = connect(&url).await;
    assert_eq!(instance.terminate_backends("another"), 0);
    assert_eq!(instance.terminate_backends("store"), 1);
    assert!(client.simple_query("SELECT 1").await.is_err());
}

#[test]
fn a_standby_follows_and_takes_over() {
    let Some(first) = instance() else {
        return;
    };
    let second = first.standby();
    first.execute("CREATE TABLE copied (n int); INSERT INTO copied VALUES (1)");
    first.wait_for_standbys();
    first.kill();
    second.promote();
    second.execute("INSERT INTO copied VALUES (2)");
    assert_eq!(second.text("SELECT sum(n) FROM copied"), "3");
}
