//! Where a connection string leads: sockets, several hosts, pairs, and a configuration of the application's own.

use crate::{
    program::{Program, USERS},
    rig::schema,
};
use locals::{PostgresStore, StoreError};
use std::net::TcpListener;
use test_servers::{Instance, Options, Postgres};
use tokio_postgres::{Config, NoTls};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_named() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let config: Config = postgres.url().parse().expect("a URL");
    let user = config.get_user().expect("a user");
    let port = postgres.port();
    let url = format!("postgres://{user}@127.0.0.1:{port}/nowhere_at_all");
    let refused = PostgresStore::connect(url).await;
    let error = refused.expect_err("there is none");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("nowhere_at_all"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unix_socket_is_connected_to() {
    let Some(instance) = Instance::start(Options {
        without_fsync: true,
        ..Options::default()
    }) else {
        return;
    };
    instance.execute(USERS);
    let (folder, port) = (instance.socket_folder().display(), instance.port());
    let encoded = folder.to_string().replace('/', "%2F");
    for text in [
        format!("host={folder} port={port} user=postgres dbname=postgres"),
        format!("postgres://postgres@{encoded}:{port}/postgres"),
        format!("postgresql:///postgres?host={folder}&port={port}&user=postgres"),
    ] {
        let program = Program::at(&text).await;
        program.works().await.expect("every answer");
    }
    let by_socket = "SELECT count(*) FROM pg_stat_activity
                     WHERE application_name = 'locals' AND client_addr IS NOT NULL";
    assert_eq!(instance.text(by_socket), "0");
}

/// A port on which nobody listens.
fn dead() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_dead_is_passed_over() {
    let Some(schema) = schema() else { return };
    schema.execute(USERS);
    let (dead, port) = (dead(), Postgres::shared().expect("the same").port());
    let config: Config = schema.url().parse().expect("a URL");
    let (user, database) = (config.get_user(), config.get_dbname());
    let (user, database) = (user.expect("a user"), database.expect("a database"));
    let path = format!("options=-c%20search_path%3D{}", schema.name());
    let url = format!("postgres://{user}@127.0.0.1:{dead},127.0.0.1:{port}/{database}?{path}");
    let program = Program::at(&url).await;
    program.works().await.expect("every answer");
    let nobody = format!("postgres://{user}@127.0.0.1:{dead}/{database}");
    let refused = PostgresStore::connect(nobody).await;
    let error = refused.expect_err("nobody is there");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("127.0.0.1:{dead}")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_say_the_same_as_a_url() {
    let Some(schema) = schema() else { return };
    schema.execute(USERS);
    let port = Postgres::shared().expect("the same").port();
    let config: Config = schema.url().parse().expect("a URL");
    let (user, database) = (config.get_user(), config.get_dbname());
    let program = Program::at(&format!(
        "host=127.0.0.1 port={port} user={} dbname='{}' options='-c search_path={}'",
        user.expect("a user"),
        database.expect("a database"),
        schema.name()
    ))
    .await;
    program.works().await.expect("every answer");
    assert_eq!(schema.text("SELECT count(*) FROM locals_sessions"), "9");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_of_the_application_s_own_is_taken() {
    let Some(schema) = schema() else { return };
    schema.execute(USERS);
    let config: Config = schema.url().parse().expect("a URL");
    let store = PostgresStore::with_config(config, NoTls).connect().await;
    let program = Program::on(store.expect("a store")).await;
    program.works().await.expect("every answer");
    assert_eq!(schema.text("SELECT count(*) FROM locals_sessions"), "9");
}
