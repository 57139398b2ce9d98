//! Against a server that is played: what is sent, to whom answers go, and how it ends.

use super::*;
use crate::store::link::{Liveness, open_tcp};
use std::time::Duration;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

const SOON: Duration = Duration::from_secs(5);

/// A pipeline, the task behind it, and the server's end.
async fn connected() -> (Pipeline, Task<()>, BufReader<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let ours = open_tcp(address, Liveness::DEFAULT).await.unwrap();
    let (pipeline, driver) = Pipeline::start(Stream::new(ours), &Handle::current());
    let (theirs, _) = listener.accept().await.unwrap();
    (pipeline, driver, BufReader::new(theirs))
}

/// The words of the next command; `None` where the connection has ended.
async fn heard(server: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let mut line = String::new();
    server.read_line(&mut line).await.ok()?;
    let count: usize = line.trim().strip_prefix('*')?.parse().ok()?;
    let mut words = Vec::new();
    for _ in 0..count {
        for _ in 0..2 {
            line.clear();
            server.read_line(&mut line).await.ok()?;
        }
        words.push(line.trim().to_owned());
    }
    Some(words)
}

async fn said(server: &mut BufReader<TcpStream>, answer: &str) {
    server.write_all(answer.as_bytes()).await.unwrap();
}

fn echo(text: &str) -> Command {
    Command::new("ECHO").arg(text)
}

async fn asked(pipeline: &Pipeline, text: &str) -> Result<String, Failed> {
    Ok(pipeline.ask(&echo(text)).await?.text()?)
}

/// Answers each with what it was asked, slowly and in pieces.
fn echoing(mut server: BufReader<TcpStream>) -> Task<()> {
    let serve = async move {
        let mut random = fastrand::Rng::with_seed(3);
        while let Some(words) = heard(&mut server).await {
            let answer = format!("${}\r\n{}\r\n", words[1].len(), words[1]);
            let (start, end) = answer.split_at(random.usize(..answer.len()));
            said(&mut server, start).await;
            if random.u8(..) < 8 {
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
            said(&mut server, end).await;
        }
    };
    Task::spawn(&Handle::current(), serve)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l_02_an_answer_goes_to_whom_it_belongs_whoever_stops_waiting() {
    let (pipeline, _driver, server) = connected().await;
    let _server = echoing(server);
    let mut askers = JoinSet::new();
    for asker in 0..8 {
        let pipeline = pipeline.clone();
        askers.spawn(async move {
            let mut random = fastrand::Rng::with_seed(asker);
            let mut answered = 0;
            for question in 0..1_000 {
                let text = format!("{asker}/{question}");
                let patience = Duration::from_micros(random.u64(0..2_000));
                if let Ok(answer) = timeout(patience, asked(&pipeline, &text)).await {
                    assert_eq!(answer.unwrap(), text);
                    answered += 1;
                }
            }
            answered
        });
    }
    let answered: usize = askers.join_all().await.iter().sum();
    assert!(
        (1..8_000).contains(&answered),
        "some stopped waiting: {answered}"
    );
    assert_eq!(asked(&pipeline, "last").await.unwrap(), "last");
}

#[tokio::test]
async fn a_refusal_is_an_answer_to_one_question() {
    let (pipeline, _driver, mut server) = connected().await;
    let serve = async {
        heard(&mut server).await;
        heard(&mut server).await;
        said(&mut server, "-OOM no room\r\n+b\r\n").await;
    };
    let (a, b) = (echo("a"), echo("b"));
    let (refused, answered, ()) = tokio::join!(pipeline.ask(&a), pipeline.ask(&b), serve);
    let Err(Failed::Refused(refusal)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refusal.code, "OOM");
    assert_eq!(answered.unwrap().text().unwrap(), "b");
}

#[tokio::test]
async fn what_a_server_says_unasked_is_nobody_s_answer() {
    let (pipeline, _driver, mut server) = connected().await;
    let serve = async {
        heard(&mut server).await;
        said(
            &mut server,
            ">1\r\n+moving\r\n|1\r\n+ttl\r\n:1\r\n+a\r\n>0\r\n",
        )
        .await;
        heard(&mut server).await;
        said(&mut server, ">1\r\n+moved\r\n+b\r\n").await;
    };
    let ask = async {
        assert_eq!(asked(&pipeline, "a").await.unwrap(), "a");
        assert_eq!(asked(&pipeline, "b").await.unwrap(), "b");
    };
    let both = async { tokio::join!(ask, serve) };
    timeout(SOON, both).await.unwrap();
}

/// Said on connecting, before anything was asked.
#[tokio::test]
async fn a_server_that_takes_nobody_says_why() {
    let (pipeline, mut driver, mut server) = connected().await;
    said(&mut server, "-ERR max number of clients reached\r\n").await;
    assert!(driver.ended_within(SOON).await.is_some());
    let told = asked(&pipeline, "a").await.unwrap_err().text();
    assert!(told.contains("max number of clients"), "{told}");
}

/// More than a socket takes at once, from and to whom reads slowly.
#[tokio::test]
async fn what_is_long_is_sent_and_answered_whole() {
    let (pipeline, _driver, server) = connected().await;
    let _server = echoing(server);
    let text = "a".repeat(8 * 1024 * 1024);
    let (long, short) = (echo(&text), echo("b"));
    let both = async { tokio::join!(pipeline.ask(&long), pipeline.ask(&short)) };
    let (long, short) = timeout(2 * SOON, both).await.unwrap();
    assert!(long.unwrap().text().unwrap() == text);
    assert_eq!(short.unwrap().text().unwrap(), "b");
}

#[tokio::test]
async fn m_07_nobody_comes_between_two_commands_that_belong_together() {
    let (pipeline, _driver, mut server) = connected().await;
    let mut askers = JoinSet::new();
    for number in 0..20_u32 {
        let pipeline = pipeline.clone();
        askers.spawn(async move {
            let (first, command) = (Command::new("ASKING"), echo(&number.to_string()));
            let first = number.is_multiple_of(2).then_some(&first);
            pipeline
                .ask_behind(first, &command)
                .await?
                .text()
                .map_err(Failed::from)
        });
    }
    let mut is_behind = false;
    for _ in 0..30 {
        let words = heard(&mut server).await.unwrap();
        if words[0] == "ASKING" {
            assert!(!is_behind);
            said(&mut server, "+OK\r\n").await;
        } else {
            let number: u32 = words[1].parse().unwrap();
            assert_eq!(number.is_multiple_of(2), is_behind);
            said(&mut server, &format!("+{number}\r\n")).await;
        }
        is_behind = words[0] == "ASKING";
    }
    assert!(askers.join_all().await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn i_05_a_silent_server_is_asked_no_more_than_a_bound_whoever_stops_waiting() {
    let (pipeline, _driver, mut server) = connected().await;
    let moment = Duration::from_millis(1);
    for _ in 0..UNANSWERED {
        assert!(
            timeout(Duration::ZERO, asked(&pipeline, "early"))
                .await
                .is_err()
        );
    }
    assert!(timeout(moment, asked(&pipeline, "too much")).await.is_err());
    let last = Task::spawn(&Handle::current(), {
        let pipeline = pipeline.clone();
        async move { asked(&pipeline, "late").await }
    });
    for _ in 0..UNANSWERED {
        assert_eq!(heard(&mut server).await.unwrap()[1], "early");
    }
    assert!(timeout(50 * moment, heard(&mut server)).await.is_err());
    said(&mut server, "+early\r\n").await;
    assert_eq!(heard(&mut server).await.unwrap()[1], "late");
    drop(last);
}

/// Whoever waits is told at once, and so is whoever asks later.
#[tokio::test]
async fn i_03_who_waits_is_told_when_the_connection_ends() {
    for (what, cause) in [
        ("", "closed"),
        ("+one\r\n+two\r\n", "what nobody asked"),
        ("HTTP/1.1 400 Bad Request\r\n", "RESP3"),
        ("$99\r\nhalf an answer", "closed"),
    ] {
        let (pipeline, mut driver, mut server) = connected().await;
        let question = echo("one");
        let serve = async {
            heard(&mut server).await;
            said(&mut server, what).await;
            drop(server);
        };
        let answer = timeout(SOON, pipeline.ask(&question));
        let (answer, ()) = tokio::join!(answer, serve);
        match answer.unwrap() {
            Ok(answer) => assert!(what.starts_with("+one") && answer.text().unwrap() == "one"),
            Err(Failed::Broken(told)) => assert!(told.contains(cause), "{told}"),
            Err(other) => panic!("{other:?}"),
        }
        assert!(driver.ended_within(SOON).await.is_some());
        let later = timeout(SOON, asked(&pipeline, "later")).await.unwrap();
        let Err(Failed::Broken(told)) = later else {
            panic!("{later:?}");
        };
        assert!(told.contains(cause), "{told}");
    }
}

#[tokio::test]
async fn i_03_who_waits_is_told_when_the_connection_is_given_up() {
    let (pipeline, driver, _server) = connected().await;
    let mut waiting = JoinSet::new();
    for _ in 0..2 * UNANSWERED {
        let pipeline = pipeline.clone();
        waiting.spawn(async move { asked(&pipeline, "a").await });
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(driver);
    let told = timeout(SOON, waiting.join_all()).await.unwrap();
    assert!(
        told.iter()
            .all(|told| matches!(told, Err(Failed::Broken(_))))
    );
}

#[tokio::test]
async fn i_04_a_server_that_says_nothing_is_known_to_be_silent() {
    let (pipeline, _driver, mut server) = connected().await;
    assert_eq!(pipeline.pulse().silence(), Duration::ZERO);
    let question = echo("a");
    let mut waiting = Box::pin(pipeline.ask(&question));
    let moment = Duration::from_millis(5);
    assert!(timeout(4 * moment, &mut waiting).await.is_err());
    assert!(pipeline.pulse().silence() > moment);
    said(&mut server, "+a\r\n").await;
    waiting.await.unwrap();
    assert_eq!(pipeline.pulse().silence(), Duration::ZERO);
}

#[tokio::test]
async fn i_04_a_server_that_answers_one_of_two_is_silent_from_then_on() {
    let (pipeline, _driver, mut server) = connected().await;
    let (a, b) = (echo("a"), echo("b"));
    let mut both = Box::pin(async { tokio::join!(pipeline.ask(&a), pipeline.ask(&b)) });
    let moment = Duration::from_millis(5);
    assert!(timeout(moment, &mut both).await.is_err());
    said(&mut server, "+a\r\n").await;
    assert!(timeout(4 * moment, &mut both).await.is_err());
    assert!(pipeline.pulse().silence() > moment);
}
