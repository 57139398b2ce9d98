//! Several addresses behind one name, as a resolver has found them.

use super::*;
use crate::store::redis::target::Target;
use std::time::Duration;
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

#[derive(Clone, Copy)]
enum Script {
    /// Accepts, and says nothing.
    Silent,
    /// Greets whoever asks anything, and says this of its role.
    Is(&'static str),
}

const LEADER: Script = Script::Is("master");
const REPLICA: Script = Script::Is("replica");

/// As long as the tests run.
fn serve(script: Script) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            thread::spawn(move || play(stream, script));
        }
    });
    address
}

/// An address that nobody listens at.
fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn play(mut stream: TcpStream, script: Script) {
    let mut question = [0; 512];
    while stream.read(&mut question).is_ok_and(|read| read > 0) {
        if let Script::Is(role) = script {
            let greeting = format!("%2\r\n+proto\r\n:3\r\n+role\r\n+{role}\r\n");
            // The client may be gone by now.
            stream.write_all(greeting.as_bytes()).ok();
        }
    }
}

const PATIENCE: Duration = Duration::from_millis(600);

/// Whether the server that is taken follows another one.
async fn first_of(addresses: &[SocketAddr]) -> Result<bool, StoreError> {
    let way = Way {
        greeting: Target::parse("redis://localhost")?.greeting(),
        tls: None,
        allow_plaintext: false,
        runtime: Handle::current(),
    };
    let opener = way.to(Place::Tcp("localhost".to_owned(), 6379))?;
    let deadline = Instant::now() + PATIENCE;
    let opened = opener.first_of("localhost", addresses, deadline).await?;
    Ok(opened.server.is_replica())
}

#[tokio::test]
async fn i_06_an_address_that_is_dead_hides_no_other() {
    let living = serve(LEADER);
    for dead in [closed(), serve(Script::Silent)] {
        let start = Instant::now();
        for addresses in [[dead, living], [living, dead]] {
            assert!(!first_of(&addresses).await.unwrap());
        }
        assert!(start.elapsed() < PATIENCE, "it has its share of it");
    }
}

#[tokio::test]
async fn i_06_of_three_addresses_two_may_be_silent() {
    let silent = serve(Script::Silent);
    let addresses = [silent, silent, serve(LEADER)];
    assert!(!first_of(&addresses).await.unwrap());
}

#[tokio::test]
async fn l_03_the_address_of_a_replica_hides_none_that_leads() {
    let (replica, leader) = (serve(REPLICA), serve(LEADER));
    for addresses in [[replica, leader], [leader, replica]] {
        assert!(!first_of(&addresses).await.unwrap());
    }
    // Whoever opens it says why it will not do.
    assert!(first_of(&[replica, closed()]).await.unwrap());
}

#[tokio::test]
async fn a_name_of_which_nobody_answers_is_away() {
    for addresses in [vec![closed(), closed()], Vec::new()] {
        let error = first_of(&addresses).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(error.to_string().contains("localhost:6379"), "{error}");
    }
}
