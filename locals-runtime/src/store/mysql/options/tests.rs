//! What is refused before anything is sent, and what is shown.

use super::*;
use mysql_async::OptsBuilder;

fn options(url: &str) -> MySqlOptions {
    MySqlOptions::new(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

async fn refused(options: MySqlOptions) -> String {
    match options.connect().await {
        Err(StoreError::Setup(reason)) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it connects"),
    }
}

const NOWHERE: &str = "mysql://ada:hunter2@127.0.0.1:1/app";

#[test]
fn n_01_options_show_no_password() {
    let of_url = options(NOWHERE);
    let opts = OptsBuilder::default()
        .user(Some("ada"))
        .pass(Some("hunter2"));
    let given = MySqlOptions::with_opts(opts.into());
    for options in [of_url, given] {
        let shown = format!("{options:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains("ada"),
            "{shown}"
        );
    }
    assert!(format!("{:?}", options(NOWHERE)).contains("127.0.0.1"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_sent() {
    for (options, part) in [
        (options(NOWHERE).table_prefix("a`b"), "tables' names"),
        (options(NOWHERE).table_prefix("9_"), "no digit"),
        (options(NOWHERE).table_prefix(""), "1 to 38"),
        (options(NOWHERE).table_prefix("a".repeat(39)), "1 to 38"),
        (options(NOWHERE).database(""), "name of a database"),
        (options(NOWHERE).database("app "), "space"),
        (options(NOWHERE).database("ü".repeat(65)), "1 to 64"),
        (options(NOWHERE).read_connections(0), "1 to 64"),
        (options(NOWHERE).read_connections(65), "cannot read"),
        (options(NOWHERE).write_connections(0), "1 to 16"),
        (options(NOWHERE).write_connections(17), "cannot write"),
        (
            options("mysql://u@db.example/app?ssl-mode=DISABLED"),
            ".allow_plaintext()",
        ),
        (MySqlOptions::with_opts(Opts::default()), ".db_name"),
    ] {
        let reason = refused(options).await;
        assert!(reason.contains(part), "{reason}");
    }
}

#[tokio::test]
async fn i_01_a_server_that_is_not_there_is_an_outage() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let url = format!("mysql://ada:hunter2@{address}/app");
    let failed = options(&url).connect().await.err().unwrap();
    assert!(matches!(failed, StoreError::Unavailable(_)), "{failed}");
    let text = failed.to_string();
    assert!(text.contains(&address.to_string()), "{text}");
    assert!(text.contains("nothing listens there"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn i_04_a_server_that_says_nothing_is_given_up_in_time() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mysql://ada@{}/app", silent.local_addr().unwrap());
    let options = options(&url).connect_timeout(Duration::from_millis(100));
    let failed = options.connect().await.err().unwrap();
    assert!(matches!(failed, StoreError::Unavailable(_)), "{failed}");
    assert!(failed.to_string().contains("timed out"), "{failed}");
}

#[test]
fn outside_a_runtime_it_is_told_what_to_do() {
    let mut connect = Box::pin(options(NOWHERE).connect());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(refused)) = connect.as_mut().poll(&mut context) else {
        panic!("it is told at once");
    };
    assert!(refused.to_string().contains("tokio runtime"), "{refused}");
}

#[test]
fn the_timeout_is_what_was_said_last() {
    let of_url = options("mysql://u@127.0.0.1/app?connect_timeout=7");
    assert_eq!(of_url.timeout(), Duration::from_secs(7));
    let said = of_url.connect_timeout(Duration::from_secs(3));
    assert_eq!(said.timeout(), Duration::from_secs(3));
    assert_eq!(options(NOWHERE).timeout(), CONNECT_TIMEOUT);
    let several = options("mysql://u@127.0.0.1,127.0.0.2/app");
    assert_eq!(several.timeout(), CONNECT_TIMEOUT_OF_SEVERAL);
}
