//! Copies of the whole database, as `mariadb-dump` or `mysqldump` makes them.

use super::sessions;
use crate::{
    rig::{Database, database, store},
    users::{Named, auth, name, signed_in, with_users},
};
use locals::Auth;
use mysql_async::Opts;
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// One of these, with the way to this database; `None` where neither is installed, with a line that says so.
fn client(names: [&str; 2], database: &Database) -> Option<Command> {
    let Some(name) = names.into_iter().find(|name| is_installed(name)) else {
        eprintln!(
            "skipped: neither {} nor {} is installed",
            names[0], names[1]
        );
        return None;
    };
    let place = Opts::from_url(&database.url()).expect("a URL of ours");
    let mut client = Command::new(name);
    client.args(["--protocol=tcp", "--host", place.ip_or_hostname()]);
    client.arg(format!("--port={}", place.tcp_port()));
    client.arg(format!("--user={}", place.user().unwrap_or("root")));
    if let Some(password) = place.pass() {
        client.env("MYSQL_PWD", password);
    }
    Some(client)
}

fn is_installed(name: &str) -> bool {
    Command::new(name).arg("--version").output().is_ok()
}

fn dump(database: &Database, arguments: &[&str]) -> Option<Vec<u8>> {
    let mut client = client(["mariadb-dump", "mysqldump"], database)?;
    let dump = client.args(arguments).arg(database.name()).output();
    let dump = dump.expect("it runs");
    let error = String::from_utf8_lossy(&dump.stderr);
    assert!(dump.status.success(), "{error}");
    Some(dump.stdout)
}

fn restore(dump: &[u8], into: &Database) -> Option<()> {
    let mut client = client(["mariadb", "mysql"], into)?;
    let client = client.arg(into.name()).stdin(Stdio::piped()).spawn();
    let mut client = client.expect("it runs");
    let mut input = client.stdin.take().expect("a pipe");
    input.write_all(dump).expect("it reads");
    drop(input);
    assert!(client.wait().expect("it ends").success());
    Some(())
}

/// It has the reference, the trigger and their name.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_survive_a_copy_of_the_database_and_follow_its_own_users() {
    let (Some(original), Some(copy)) = (with_users(), database()) else {
        return;
    };
    let before: Auth<Named> = auth(original.url(), "users").await;
    let (ada, grace) = (signed_in(&before, 1).await, signed_in(&before, 2).await);
    let Some(dump) = dump(&original, &["--single-transaction"]) else {
        return;
    };
    if restore(&dump, &copy).is_none() {
        return;
    }
    let restored: Auth<Named> = auth(copy.url(), "users").await;
    assert_eq!(name(&restored, &ada).await.as_deref(), Some("Ada"));
    copy.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&restored, &ada).await, None);
    assert_eq!(name(&restored, &grace).await.as_deref(), Some("Grace"));
    assert_eq!(
        (sessions(&original), sessions(&copy)),
        ("2".into(), "1".into())
    );
    assert_eq!(name(&before, &ada).await.as_deref(), Some("Ada"));
}

/// The value of a character in base64url.
fn sextet(character: u8) -> Option<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.iter().position(|known| *known == character)?;
    u8::try_from(place).ok()
}

/// The bytes that a token has as its secret.
fn secret_bytes(secret: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for character in secret.bytes() {
        bits = (bits << 6) | u32::from(sextet(character).expect("base64url"));
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits"));
        }
        bits &= (1 << held) - 1;
    }
    bytes
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// The hashes, which have to be there, show that the search would find them.
#[tokio::test(flavor = "multi_thread")]
async fn a_03_no_secret_is_in_a_dump_of_the_database() {
    let Some(database) = database() else { return };
    let auth: Auth = Auth::builder(store(&database).await)
        .connect()
        .await
        .expect("an Auth");
    let mut secrets = Vec::new();
    for user in 0..50 {
        let session = auth.create_session(user).await.expect("a session");
        let (_, secret) = session.token().expose().split_once('.').expect("a dot");
        secrets.push(secret.to_owned());
    }
    let Some(dump) = dump(&database, &["--hex-blob"]) else {
        return;
    };
    let upper = dump.to_ascii_uppercase();
    for hash in database.lines("SELECT hex(secret_hash) FROM locals_sessions") {
        assert!(has(&upper, hash.as_bytes()), "the hashes are there");
    }
    for secret in &secrets {
        let bytes = secret_bytes(secret);
        assert!(bytes.len() >= 16, "{} bytes", bytes.len());
        assert!(!has(&dump, secret.as_bytes()));
        assert!(!has(&dump, &bytes));
        assert!(!has(&upper, hexadecimal(&bytes).as_bytes()));
    }
}
