//! Dialing servers that say what a script says.

mod addresses;

use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[derive(Clone, Copy)]
enum Script {
    /// Accepts, and says nothing.
    Silent,
    NoTls,
    /// SQLSTATE and message, instead of a welcome.
    Refuses(&'static str, &'static str),
    /// Whether it is in recovery, and `transaction_read_only`.
    Is(&'static str, &'static str),
}

const WRITABLE: Script = Script::Is("f", "off");
const READ_ONLY: Script = Script::Is("f", "on");
const STANDBY: Script = Script::Is("t", "on");

async fn serve(script: Script) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(play(stream, script));
        }
    });
    port
}

/// A port that nobody listens on.
async fn closed() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn play(mut stream: TcpStream, script: Script) {
    read_body(&mut stream).await;
    match script {
        Script::Silent => std::future::pending().await,
        Script::NoTls => send(&mut stream, b"N").await,
        Script::Refuses(code, text) => {
            let fields = format!("SFATAL\0VFATAL\0C{code}\0M{text}\0\0");
            send(&mut stream, &message(b'E', fields.as_bytes())).await;
        }
        Script::Is(recovery, read_only) => {
            let welcome = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
            send(&mut stream, &welcome).await;
            while stream.read_u8().await.is_ok_and(|tag| tag == b'Q') {
                let query = read_body(&mut stream).await;
                let answer = match query.starts_with(b"SHOW") {
                    true => row(read_only, recovery),
                    false => row(recovery, read_only),
                };
                send(&mut stream, &answer).await;
            }
        }
    }
}

async fn read_body(stream: &mut TcpStream) -> Vec<u8> {
    let length = stream.read_u32().await.unwrap_or(4);
    let mut body = vec![0; length as usize - 4];
    stream.read_exact(&mut body).await.ok();
    body
}

/// The client may be gone by now.
async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.ok();
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    let mut message = vec![tag];
    message.extend(length.to_be_bytes());
    message.extend(body);
    message
}

/// One row of two texts.
fn row(first: &str, second: &str) -> Vec<u8> {
    let mut columns: Vec<u8> = vec![0, 2];
    let mut values: Vec<u8> = vec![0, 2];
    for value in [first, second] {
        columns.extend(b"name\0");
        columns.extend([0_u8; 6]);
        columns.extend(25_u32.to_be_bytes());
        columns.extend([0xff_u8; 6]);
        columns.extend([0_u8; 2]);
        values.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        values.extend(value.as_bytes());
    }
    [
        message(b'T', &columns),
        message(b'D', &values),
        message(b'C', b"SELECT 1\0"),
        message(b'Z', b"I"),
    ]
    .concat()
}

const PATIENCE: Duration = Duration::from_millis(500);

fn how() -> Dialing {
    Dialing {
        options: Some("-c lock_timeout=1000".to_owned()),
        timeout: PATIENCE,
        allows_stale_reads: false,
    }
}

async fn dial_to(ports: &[u16], more: &str, wants: Wants) -> Result<Dialed, StoreError> {
    let hosts = vec!["127.0.0.1"; ports.len()].join(",");
    let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
    let ports = ports.join(",");
    let text = format!("host={hosts} port={ports} user=u password=hunter2 {more}");
    let target = Target::parse(&text)?;
    let tls = Tls::new(&target, false, false)?;
    dialer(target, tls, how())(wants).await
}

const PLAIN: &str = "sslmode=disable";

/// The error's text, in one line and without the password.
async fn refused(ports: &[u16], more: &str, wants: Wants) -> (StoreError, String) {
    let dialed = dial_to(ports, more, wants).await;
    let error = dialed.err().expect("an error");
    let text = error.to_string();
    assert!(!text.contains("hunter2") && !text.contains('\n'), "{text}");
    (error, text)
}

#[tokio::test]
async fn a_host_that_is_away_is_named_with_its_cause() {
    let port = closed().await;
    let (error, text) = refused(&[port], PLAIN, Wants::Any).await;
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(
        text.contains(&format!("127.0.0.1:{port}: connection refused")),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let port = serve(Script::Silent).await;
    let start = Instant::now();
    let (error, text) = refused(&[port], PLAIN, Wants::Any).await;
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(
        text.contains("timed out before TLS and authentication"),
        "{text}"
    );
    assert!(start.elapsed() < PATIENCE * 4);
}

const RDS_PROXY: &str =
    "Feature not supported: RDS Proxy currently doesn't support command-line options.";

#[tokio::test]
async fn what_only_the_operator_can_mend_is_told_apart() {
    for (code, message, is_setup) in [
        (
            "28P01",
            "password authentication failed for user \"u\"",
            true,
        ),
        ("28000", "no pg_hba.conf entry\nfor host", true),
        ("3D000", "database \"app\" does not exist", true),
        ("42501", "permission denied for database \"app\"", true),
        ("53300", "sorry, too many clients already", false),
        ("57P03", "the database system is starting up", false),
        ("08P01", "unsupported startup parameter: options", false),
        ("0A000", RDS_PROXY, false),
    ] {
        let port = serve(Script::Refuses(code, message)).await;
        let (error, text) = refused(&[port], PLAIN, Wants::Any).await;
        assert_eq!(matches!(error, StoreError::Setup(_)), is_setup, "{text}");
        assert!(text.contains(&format!("(SQLSTATE {code})")), "{text}");
        assert!(text.contains(&message.replace('\n', " ")), "{text}");
        let is_pooler = ["08P01", "0A000"].contains(&code);
        assert_eq!(refuses_options(&error), is_pooler, "{text}");
    }
}

#[tokio::test]
async fn l_08_a_server_without_tls_gets_no_password() {
    let port = serve(Script::NoTls).await;
    let (error, text) = refused(&[port], "sslmode=no-verify", Wants::Any).await;
    assert!(matches!(error, StoreError::Setup(_)));
    assert!(
        text.contains("ssl = on") && text.contains(".allow_plaintext()"),
        "{text}"
    );
}

#[tokio::test]
async fn l_03_the_first_server_that_takes_writes_is_taken() {
    let (away, standby) = (closed().await, serve(STANDBY).await);
    let (read_only, writable) = (serve(READ_ONLY).await, serve(WRITABLE).await);
    for wants in [Wants::Any, Wants::ReadWrite] {
        let hosts = [away, standby, read_only, writable];
        assert!(dial_to(&hosts, PLAIN, wants).await.is_ok());
    }
    let (_, text) = refused(&[away, standby], PLAIN, Wants::ReadWrite).await;
    assert!(
        text.contains("connection refused") && text.contains("standby"),
        "{text}"
    );
    let (_, text) = refused(&[read_only], PLAIN, Wants::ReadWrite).await;
    assert!(text.contains("read-only"), "{text}");
}

#[tokio::test]
async fn reads_are_served_by_a_server_that_takes_no_writes_if_there_is_no_other() {
    let (away, read_only) = (closed().await, serve(READ_ONLY).await);
    assert!(dial_to(&[away, read_only], PLAIN, Wants::Any).await.is_ok());
    let strict = "sslmode=disable target_session_attrs=read-write";
    refused(&[away, read_only], strict, Wants::Any).await;
}

#[tokio::test]
async fn what_arrives_is_noted() {
    let port = serve(WRITABLE).await;
    let dialed = dial_to(&[port], PLAIN, Wants::Any).await.unwrap();
    let pulse = dialed.pulse.unwrap();
    let moment = Duration::from_millis(2);
    std::thread::sleep(moment);
    pulse.asked();
    std::thread::sleep(moment);
    assert!(pulse.silence() >= moment);
    tokio::spawn(dialed.driver);
    dialed.client.simple_query("SELECT").await.unwrap();
    assert_eq!(pulse.silence(), Duration::ZERO);
}

fn given(ports: &[u16]) -> Config {
    let mut config = Config::new();
    config.user("u").password("hunter2");
    for port in ports {
        config.host("127.0.0.1").port(*port);
    }
    config
}

#[tokio::test]
async fn a_configuration_of_the_applications_own_is_dialed() {
    let (away, writable) = (closed().await, serve(WRITABLE).await);
    let dial = |port| given_dialer(given(&[port]), NoTls, &how());
    assert!(dial(writable)(Wants::Any).await.is_ok());
    let refused = dial(away)(Wants::Any).await.err().expect("an error");
    let text = refused.to_string();
    assert!(
        text.contains("127.0.0.1") && text.contains("refused"),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn l_05_nor_by_such_a_configuration_is_a_standby_read_from() {
    for (script, allows_stale_reads, is_taken) in [
        (WRITABLE, false, true),
        (READ_ONLY, false, true),
        (STANDBY, false, false),
        (STANDBY, true, true),
    ] {
        let config = given(&[serve(script).await]);
        let how = Dialing {
            allows_stale_reads,
            ..how()
        };
        let dial = given_dialer(config, NoTls, &how);
        let dialed = dial(Wants::Any).await;
        assert_eq!(dialed.is_ok(), is_taken, "{allows_stale_reads}");
        let error = dialed.err().map(|error| error.to_string());
        assert!(error.is_none_or(|text| text.contains("standby")));
        let dialed = dial(Wants::ReadWrite).await;
        assert_eq!(dialed.is_ok(), matches!(script, Script::Is(_, "off")));
    }
}

#[tokio::test]
async fn l_05_such_a_configuration_leads_to_the_server_that_writes() {
    for other in [READ_ONLY, STANDBY] {
        let ports = [serve(other).await, serve(WRITABLE).await];
        let dial = given_dialer(given(&ports), NoTls, &how());
        for wants in [Wants::Any, Wants::ReadWrite] {
            let mut dialed = dial(wants).await.expect("the second of the two");
            let role = role::ask(&dialed.client, &mut dialed.driver).await;
            assert!(matches!(role, Ok(role::Role::Writable)));
        }
    }
}

#[tokio::test]
async fn a_share_of_the_time_leaves_some_for_the_rest() {
    let deadline = Instant::now() + Duration::from_secs(9);
    let first = share(deadline, 3);
    assert!(first < deadline - Duration::from_secs(5));
    assert!(share(deadline, 1) <= deadline);
    let mut items: Vec<u32> = (0..100).collect();
    shuffle(&mut items);
    items.sort_unstable();
    assert!(items.into_iter().eq(0..100));
}
