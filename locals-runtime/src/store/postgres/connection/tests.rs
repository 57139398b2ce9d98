//! A connection to a server that says what a script says.

use super::*;
use crate::token::SessionId;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_postgres::{Config, NoTls};

/// Whatever is asked, its answer is the session with this id.
async fn serve(mut stream: DuplexStream, id: [u8; 16]) -> std::io::Result<()> {
    read_body(&mut stream).await?;
    let welcome = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
    stream.write_all(&welcome).await?;
    loop {
        let tag = stream.read_u8().await?;
        read_body(&mut stream).await?;
        if tag == b'S' {
            stream.write_all(&answer(id)).await?;
        }
    }
}

async fn read_body(stream: &mut DuplexStream) -> std::io::Result<()> {
    let length = stream.read_u32().await?;
    let mut body = vec![0; length as usize - 4];
    stream.read_exact(&mut body).await?;
    Ok(())
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [[tag].as_slice(), &length.to_be_bytes(), body].concat()
}

/// One row with one column, of bytes.
fn answer(id: [u8; 16]) -> Vec<u8> {
    let (table, attribute, bytea) = ([0_u8; 4], [0_u8; 2], 17_u32.to_be_bytes());
    let (sizes, binary) = ([0xff_u8; 6], [0_u8, 1]);
    let column = [
        b"\0\x01id\0".as_slice(),
        &table,
        &attribute,
        &bytea,
        &sizes,
        &binary,
    ];
    let row = [b"\0\x01\0\0\0\x10".as_slice(), &id];
    [
        message(b'1', &[]),
        message(b'2', &[]),
        message(b'T', &column.concat()),
        message(b'D', &row.concat()),
        message(b'C', b"SELECT 1\0"),
        message(b'Z', b"I"),
    ]
    .concat()
}

/// As behind a pooler, so that nothing is asked before.
async fn connected(id: [u8; 16]) -> Arc<Connection> {
    let (ours, theirs) = duplex(4096);
    tokio::spawn(serve(theirs, id));
    let mut config = Config::new();
    let connected = config.user("u").connect_raw(ours, NoTls).await;
    let (client, driver) = connected.unwrap();
    Arc::new(Connection::new(Parts {
        client,
        pulse: None,
        driver: tokio::spawn(driver).abort_handle(),
        statements: Arc::default(),
        runtime: Handle::current(),
        is_pooled: true,
        transacts: false,
        pooler_found: Arc::default(),
    }))
}

#[tokio::test]
async fn the_session_of_another_question_ends_the_connection() {
    let id = SessionId::from_bytes([1; 16]);
    for (answered, is_its_own) in [([1; 16], true), ([2; 16], false)] {
        let connection = connected(answered).await;
        let statements = &connection.parts.statements;
        let statement = statements.add("SELECT".to_owned(), vec![Type::BYTEA]);
        let found = connection.read_session(statement, id).await;
        assert_eq!(matches!(found, Ok(Some(_))), is_its_own);
        let is_lost = matches!(found, Err(StoreError::ConnectionLost(_)));
        assert_eq!(is_lost, !is_its_own);
        assert_eq!(connection.is_lost(), !is_its_own);
    }
}

#[tokio::test]
async fn what_was_never_sent_ends_no_connection() {
    let connection = connected([1; 16]).await;
    let client = &connection.parts.client;
    let unsent = client.prepare("SELECT '\0'").await.map_err(Failed::from);
    let unsent = connection.heeded(unsent);
    let error = StoreError::from(unsent.expect_err("no text has a zero"));
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(!connection.is_lost());
    let statements = &connection.parts.statements;
    let sent = statements.add("SELECT".to_owned(), Vec::new());
    let answer = connection.read(Question::new(sent, Vec::new())).await;
    assert_eq!(answer.expect("an answer").len(), 1);
    connection.parts.driver.abort();
    let answer = connection.read(Question::new(sent, Vec::new())).await;
    let error = StoreError::from(answer.expect_err("nobody is there"));
    assert!(matches!(error, StoreError::ConnectionLost(_)), "{error}");
    assert!(connection.is_lost());
}

#[tokio::test]
async fn a_panic_is_told_apart_from_the_end_of_the_runtime() {
    let connection = connected([1; 16]).await;
    let answer = Arc::clone(&connection).apart(panics).await;
    let error = StoreError::from(answer.expect_err("nobody answered"));
    assert!(error.to_string().contains("panicked"), "{error}");
    assert!(connection.is_lost());
}

async fn panics(_: Arc<Connection>) -> Result<(), Failed> {
    tokio::task::yield_now().await;
    panic!("of the test")
}
