//! Each fault of the proxy, against a server that sends back what it reads.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use test_servers::{Direction, Proxy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

/// After which silence is silence.
const A_WHILE: Duration = Duration::from_millis(200);

/// A line to an echo, and a client at its end.
async fn line() -> (Proxy, TcpStream) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = copy(&mut from, &mut to).await;
            });
        }
    });
    let proxy = Proxy::to(port).await;
    let mut client = client(&proxy).await;
    assert_eq!(echo(&mut client, b"first").await, b"first");
    (proxy, client)
}

async fn client(proxy: &Proxy) -> TcpStream {
    let client = TcpStream::connect(("127.0.0.1", proxy.port())).await;
    client.expect("the proxy listens")
}

async fn echo(client: &mut TcpStream, text: &[u8]) -> Vec<u8> {
    client.write_all(text).await.expect("it is taken");
    read(client, text.len()).await
}

async fn read(client: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    client.read_exact(&mut bytes).await.expect("an answer");
    bytes
}

async fn is_silent(client: &mut TcpStream) -> bool {
    timeout(A_WHILE, client.read(&mut [0])).await.is_err()
}

async fn is_reset(client: &mut TcpStream) -> bool {
    let read = client.read(&mut [0]).await;
    read.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
}

#[tokio::test]
async fn bytes_pass_and_connections_are_counted() {
    let (proxy, first) = line().await;
    let mut second = client(&proxy).await;
    assert_eq!(echo(&mut second, b"second").await, b"second");
    assert_eq!((proxy.connections(), proxy.accepted()), (2, 2));
    drop((first, second));
    while proxy.connections() > 0 {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(proxy.accepted(), 2);
}

#[tokio::test]
async fn both_directions_are_delayed() {
    let (proxy, mut client) = line().await;
    proxy.delay(Duration::from_millis(50));
    let start = Instant::now();
    assert_eq!(echo(&mut client, b"late").await, b"late");
    assert!(start.elapsed() >= Duration::from_millis(100));
    proxy.pass();
    assert_eq!(echo(&mut client, b"soon").await, b"soon");
}

#[tokio::test]
async fn a_black_hole_swallows_and_the_connection_stays_silent() {
    for direction in [Direction::ToServer, Direction::ToClient, Direction::Both] {
        let (proxy, mut lost) = line().await;
        proxy.black_hole(direction);
        lost.write_all(b"lost").await.expect("it is taken");
        assert!(is_silent(&mut lost).await, "{direction:?}");
        proxy.pass();
        lost.write_all(b"too late").await.expect("it is taken");
        assert!(is_silent(&mut lost).await, "{direction:?}");
        assert_eq!(echo(&mut client(&proxy).await, b"new").await, b"new");
    }
}

#[tokio::test]
async fn the_line_is_cut_after_so_many_bytes_once() {
    let (proxy, mut cut) = line().await;
    proxy.cut_after(7, Direction::ToClient);
    assert_eq!(echo(&mut cut, b"1234").await, b"1234");
    cut.write_all(b"5678").await.expect("it is taken");
    assert_eq!(read(&mut cut, 3).await, b"567");
    assert!(is_reset(&mut cut).await);
    assert!(proxy.passes());
    assert_eq!(
        echo(&mut client(&proxy).await, b"12345678").await,
        b"12345678"
    );
}

#[tokio::test]
async fn all_are_cut_at_once() {
    let (proxy, mut first) = line().await;
    let mut second = client(&proxy).await;
    assert_eq!(echo(&mut second, b"second").await, b"second");
    proxy.cut_now();
    assert_eq!(proxy.connections(), 0);
    assert!(is_reset(&mut first).await && is_reset(&mut second).await);
    assert_eq!(echo(&mut client(&proxy).await, b"new").await, b"new");
}

#[tokio::test]
async fn the_client_hears_that_nothing_more_comes() {
    let (proxy, mut client) = line().await;
    proxy.half_close(Direction::ToClient);
    assert_eq!(client.read(&mut [0]).await.expect("no error"), 0);
    client.write_all(b"still").await.expect("it is taken");
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn bytes_drip() {
    let (proxy, mut client) = line().await;
    proxy.slow_drip(2, Duration::from_millis(20));
    let start = Instant::now();
    assert_eq!(echo(&mut client, b"12345678").await, b"12345678");
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn new_connections_are_refused() {
    let (proxy, mut old) = line().await;
    proxy.refuse();
    // Whoever is slow hears of it before it knows that it was connected.
    let is_refused = match TcpStream::connect(("127.0.0.1", proxy.port())).await {
        Ok(mut new) => is_reset(&mut new).await,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(is_refused);
    assert_eq!(echo(&mut old, b"old").await, b"old");
    assert_eq!((proxy.connections(), proxy.accepted()), (1, 2));
}

#[tokio::test]
async fn new_connections_are_not_answered() {
    let (proxy, mut old) = line().await;
    proxy.say_nothing();
    let mut new = client(&proxy).await;
    new.write_all(b"hello?").await.expect("it is taken");
    assert!(is_silent(&mut new).await);
    assert_eq!(echo(&mut old, b"old").await, b"old");
    assert_eq!(proxy.connections(), 2);
}

#[tokio::test]
async fn the_reply_to_a_commit_is_not_read() {
    let (proxy, _) = line().await;
    proxy.cut_on_commit_reply();
    // The echo says what a server would.
    let mut client = client(&proxy).await;
    let parsed = b"1\0\0\0\x04";
    assert_eq!(echo(&mut client, parsed).await, parsed);
    let committed = b"2\0\0\0\x04C\0\0\0\x0bCOMMIT\0Z\0\0\0\x05I";
    client.write_all(committed).await.expect("it is taken");
    assert_eq!(read(&mut client, 5).await, committed[..5]);
    assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(proxy.passes());
}

#[tokio::test]
async fn the_reply_to_a_commit_of_mysql_is_not_read() {
    let (proxy, _) = line().await;
    proxy.cut_on_commit_reply();
    let mut client = client(&proxy).await;
    let other = b"\x05\0\0\0\x03DO 1";
    assert_eq!(echo(&mut client, other).await, other);
    let commit = b"\x07\0\0\0\x03COMMIT";
    client.write_all(commit).await.expect("it is taken");
    assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(proxy.passes());
}

#[tokio::test]
async fn all_ends_with_the_value() {
    let (proxy, mut client) = line().await;
    let port = proxy.port();
    drop(proxy);
    assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}
