//! The shared server, the databases and users on it, and what a test may do to its own.

use std::{
    thread,
    time::{Duration, Instant},
};

use mysql_async::{Conn, DriverError, Error, prelude::Queryable};
use test_servers::{MySql, MySqlInstance, MySqlOptions, Ssl, tls::Authority};

/// By TCP and nothing else.
async fn connect(url: &str) -> Result<Conn, Error> {
    Conn::from_url(format!("{url}?prefer_socket=false")).await
}

/// The number of what the server says against it.
fn refusal<T>(answer: Result<T, Error>) -> u16 {
    match answer {
        Err(Error::Server(error)) => error.code,
        Err(error) => panic!("not of the server: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[test]
fn rows_are_read_as_text() {
    let Some(server) = MySql::shared() else {
        return;
    };
    let database = server.database();
    database
        .execute("CREATE TABLE here (n int, t text); INSERT INTO here VALUES (7, 'ß'), (8, NULL)");
    assert_eq!(
        database.lines("SELECT n, t FROM here ORDER BY n"),
        ["7\tß", "8\t"]
    );
    assert_eq!(
        database.text("DELETE FROM here; SELECT COUNT(*) FROM here"),
        "0"
    );
    assert_eq!(database.text("SELECT n FROM here"), "");
}

#[test]
fn a_statement_after_another_is_heard_when_it_fails() {
    let Some(server) = MySql::shared() else {
        return;
    };
    let database = server.database();
    for sql in ["DO 1; DELETE FROM nowhere", "SELECT 1; DELETE FROM nowhere"] {
        let failed = thread::scope(|scope| scope.spawn(|| database.execute(sql)).join());
        assert!(failed.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_database_goes_with_its_value_whoever_is_in_a_transaction() {
    let Some(server) = MySql::shared() else {
        return;
    };
    let database = server.database();
    database.execute("CREATE TABLE here (n int)");
    let mut open = database.open().await;
    let written = open.query_drop("START TRANSACTION; INSERT INTO here VALUES (1)");
    written.await.expect("it is written");
    let count = format!(
        "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '{}'",
        database.name()
    );
    assert_eq!(server.text(&count), "1");
    drop(database);
    assert_eq!(server.text(&count), "0");
}

#[tokio::test]
async fn a_user_may_do_what_was_granted_and_goes_with_the_database() {
    let Some(server) = MySql::shared() else {
        return;
    };
    let database = server.database();
    database.execute("CREATE TABLE here (n int); INSERT INTO here VALUES (7)");
    let url = database.user(&["SELECT ON {database}.*", "INSERT ON {database}.here"]);
    let mut conn = connect(&url).await.expect("a connection");
    let inserted = conn.query_drop("INSERT INTO here VALUES (8)").await;
    inserted.expect("it may insert");
    let sum: Option<u64> = conn
        .query_first("SELECT CAST(SUM(n) AS UNSIGNED) FROM here")
        .await
        .expect("it may read");
    assert_eq!(sum, Some(15));
    assert_eq!(refusal(conn.query_drop("DELETE FROM here").await), 1142);
    drop(database);
    match connect(&url).await {
        // MySQL asks whoever is not there for any way to sign in, also for those that the driver does not know.
        Err(Error::Driver(DriverError::UnknownAuthPlugin { .. })) => {}
        refused => assert_eq!(refusal(refused), 1045),
    }
}

#[test]
fn a_server_pauses_and_goes_on() {
    let Some(instance) = MySqlInstance::start(MySqlOptions::default()) else {
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
    for durable in [false, true] {
        let options = MySqlOptions {
            durable,
            ..MySqlOptions::default()
        };
        let Some(instance) = MySqlInstance::start(options) else {
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
}

#[test]
fn settings_are_those_that_were_asked_for() {
    let settings = [("max_connections", "23"), ("innodb_lock_wait_timeout", "7")];
    let Some(instance) = MySqlInstance::start(MySqlOptions::with(&settings)) else {
        return;
    };
    assert_eq!(instance.text("SELECT @@max_connections"), "23");
    assert_eq!(instance.text("SELECT @@innodb_lock_wait_timeout"), "7");
}

#[test]
fn a_server_that_is_paused_ends_with_its_value_at_once() {
    let Some(instance) = MySqlInstance::start(MySqlOptions::default()) else {
        return;
    };
    let socket = instance.socket();
    assert!(socket.exists());
    instance.pause();
    let start = Instant::now();
    drop(instance);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(!socket.exists(), "its folder has gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_read_only_for_a_while_for_all_but_root() {
    let Some(instance) = MySqlInstance::start(MySqlOptions::default()) else {
        return;
    };
    let database = instance.database();
    database.execute("CREATE TABLE written (n int)");
    let url = database.user(&["INSERT ON {database}.*"]);
    let mut conn = connect(&url).await.expect("a connection");
    let insert = "INSERT INTO written VALUES (1)";
    instance.set_read_only(true);
    assert_eq!(refusal(conn.query_drop(insert).await), 1290);
    database.execute(insert);
    instance.set_read_only(false);
    conn.query_drop(insert).await.expect("it may write again");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_a_user_or_to_a_database_are_ended() {
    let Some(instance) = MySqlInstance::start(MySqlOptions::default()) else {
        return;
    };
    let database = instance.database();
    let url = database.user(&["SELECT ON {database}.*"]);
    let (login, _) = url
        .strip_prefix("mysql://")
        .and_then(|rest| rest.split_once(':'))
        .expect("a user");
    for of in [login, database.name()] {
        let mut conn = connect(&url).await.expect("a connection");
        assert_eq!(instance.kill_connections("nobody"), 0);
        assert!(instance.kill_connections(of) > 0);
        assert!(conn.query_drop("SELECT 1").await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_tls_can_refuse_plain_connections() {
    let authority = Authority::generate();
    let options = MySqlOptions {
        settings: vec![("require_secure_transport", "ON".to_owned())],
        ssl: Some(Ssl::new(authority.server(), &authority)),
        ..MySqlOptions::default()
    };
    let Some(instance) = MySqlInstance::start(options) else {
        return;
    };
    let is_on = instance.text(
        "SELECT /*M! @@have_ssl *//*!80021 (SELECT value FROM performance_schema.tls_channel_status
                 WHERE channel = 'mysql_main' AND property = 'Enabled') */",
    );
    assert!(is_on.eq_ignore_ascii_case("yes"), "{is_on}");
    // MariaDB says no more than that it is refused.
    let refused = refusal(connect(&instance.url()).await);
    assert!([1045, 3159].contains(&refused), "{refused}");
}

#[test]
fn a_replica_follows_and_takes_over() {
    let options = MySqlOptions {
        replicated: true,
        ..MySqlOptions::default()
    };
    let Some(first) = MySqlInstance::start(options) else {
        return;
    };
    first.execute("CREATE TABLE copied (n int); INSERT INTO copied VALUES (1)");
    let second = MySqlInstance::replica_of(&first).expect("the first was started");
    first.execute("INSERT INTO copied VALUES (2)");
    second.catch_up_with(&first);
    assert_eq!(second.text("SELECT @@GLOBAL.read_only"), "1");
    first.kill();
    second.promote();
    second.execute("INSERT INTO copied VALUES (3)");
    assert_eq!(second.text("SELECT SUM(n) FROM copied"), "6");
    assert_eq!(second.text("SELECT @@GLOBAL.read_only"), "0");
}
