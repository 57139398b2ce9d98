//! The file fails under a running site: rows that cannot be read, statements that fail half-way.

use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use super::COMPLAINING;
use crate::rig::{ADA, BOB, Backend, EVE, Reply, Server, Site, Token};

async fn site() -> Site {
    Site::start(Server::on(Backend::Sqlite)).await
}

/// The application's own connection, which looks after no foreign keys unless it is told to.
fn app(site: &Site) -> Connection {
    let path = site.database.as_ref().expect("a site on SQLite");
    let connection = Connection::open(path).expect("the site's database");
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .expect("a pragma");
    connection
}

pub(super) fn run(site: &Site, statements: &str) {
    app(site)
        .execute_batch(statements)
        .expect("the application's statements");
}

async fn whoami(site: &Site, token: &Token) -> Reply {
    let reply = site.get("/whoami").session(token).send().await;
    assert_eq!(reply.set_cookies().len(), 0, "{reply:?}");
    reply
}

/// The store's trigger ends the sessions; where that is gone too, there is no user to be found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_04_a_user_deleted_without_foreign_keys_has_no_session() {
    let site = site().await;
    let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
    run(&site, "DELETE FROM users WHERE id = 2");
    assert_eq!(site.rows().await, 1);
    assert_eq!(whoami(&site, &bob).await.status, 401);
    for target in ["/sudo", "/logout-all", "/login?u=2"] {
        let reply = site.post(target).session(&bob).send().await;
        let answer = (reply.status, reply.set_cookies().len());
        assert_eq!(answer, (401, 0), "{target}");
    }
    assert_eq!(site.get("/sessions").session(&bob).send().await.status, 401);
    assert_eq!(whoami(&site, &ada).await.text(), "ada@example.com");
}

/// Nobody can tell any more whose key is whose, so nobody is let in or signed in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_11_without_a_trigger_nobody_is_let_in() {
    let site = site().await;
    let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
    run(
        &site,
        "DROP TRIGGER locals_user_deleted; DELETE FROM users WHERE id = 2",
    );
    for token in [&ada, &bob] {
        assert_eq!(whoami(&site, token).await.status, 503);
        for target in ["/sudo", "/logout-all", "/login?u=1"] {
            let reply = site.post(target).session(token).send().await;
            let answer = (reply.status, reply.set_cookies().len());
            assert_eq!(answer, (503, 0), "{target}");
        }
    }
    assert_eq!(site.get("/public").session(&ada).send().await.status, 200);
}

/// SQLite gives the key of a deleted row to the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_04_the_next_user_of_a_key_does_not_inherit_sessions() {
    let site = site().await;
    let eve = site.log_in(EVE).await;
    run(
        &site,
        "DELETE FROM users WHERE id = 3;
         INSERT INTO users (email, admin) VALUES ('new@example.com', 0)",
    );
    let next = site.log_in(EVE).await;
    assert_eq!(whoami(&site, &next).await.text(), "new@example.com");
    assert_eq!(whoami(&site, &eve).await.status, 401);
}

/// 401 or, for a user, 500: the row is kept for whoever wants to know why, and works again when it is
/// repaired.
/// Also A-11: a row of another version is one that cannot be read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_11_a_row_that_cannot_be_read_is_refused_alone() {
    let _turn = COMPLAINING.lock().await;
    let site = site().await;
    let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
    for (breaks, repairs, status) in [
        (
            "UPDATE locals_sessions SET v = 99 WHERE user_id = 2",
            "UPDATE locals_sessions SET v = 1",
            401,
        ),
        (
            "UPDATE users SET email = x'ff' WHERE id = 2",
            "UPDATE users SET email = 'bob@example.com' WHERE id = 2",
            500,
        ),
        (
            "UPDATE users SET admin = 'perhaps' WHERE id = 2",
            "UPDATE users SET admin = 0 WHERE id = 2",
            500,
        ),
    ] {
        run(&site, breaks);
        assert_eq!(whoami(&site, &bob).await.status, status, "{breaks}");
        let required = site.get("/sessions").session(&bob).send().await;
        assert_eq!(required.status, status, "{breaks}");
        assert_eq!(whoami(&site, &ada).await.status, 200, "{breaks}");
        assert_eq!(site.rows().await, 2, "{breaks}");
        run(&site, repairs);
        assert_eq!(whoami(&site, &bob).await.text(), "bob@example.com");
    }
}

/// One bad row does not keep its owner from seeing and ending the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_11_a_row_that_cannot_be_read_hides_no_other_from_the_list() {
    let site = site().await;
    site.log_in(ADA).await;
    site.clock.advance(Duration::from_secs(60));
    let token = site.log_in(ADA).await;
    run(
        &site,
        "UPDATE locals_sessions SET v = 99
         WHERE created_at = (SELECT min(created_at) FROM locals_sessions)",
    );
    assert_eq!(whoami(&site, &token).await.status, 200);
    let reply = site.get("/sessions").session(&token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let list: Vec<Value> = serde_json::from_slice(&reply.body).expect("a list");
    assert!(list.iter().any(|session| session["id"] == token.id()));
}

/// Nobody is signed out by it, and the site recovers without a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn k_05_a_table_that_is_gone_is_an_outage() {
    let site = site().await;
    let token = site.log_in(ADA).await;
    run(&site, "ALTER TABLE locals_sessions RENAME TO elsewhere");
    assert_eq!(whoami(&site, &token).await.status, 503);
    for target in ["/login?u=1", "/logout", "/sudo", "/logout-all"] {
        let reply = site.post(target).session(&token).send().await;
        assert_eq!(
            (reply.status, reply.set_cookies().len()),
            (503, 0),
            "{target}"
        );
        assert!(!reply.text().contains("locals_sessions"), "N-03");
    }
    assert_eq!(site.get("/public").session(&token).send().await.status, 200);
    run(&site, "ALTER TABLE elsewhere RENAME TO locals_sessions");
    assert_eq!(whoami(&site, &token).await.status, 200);
    let next = site.log_in(ADA).await;
    assert_eq!(whoami(&site, &next).await.status, 200);
}

/// The new row is written, the old one cannot be deleted: neither happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d_04_a_sign_in_whose_second_write_fails_did_not_happen() {
    let site = site().await;
    let ada = site.log_in(ADA).await;
    run(
        &site,
        "CREATE TRIGGER fire BEFORE DELETE ON locals_sessions
         BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END",
    );
    for target in ["/login?u=2", "/logout", "/logout-all"] {
        let reply = site.post(target).session(&ada).send().await;
        assert_eq!(
            (reply.status, reply.set_cookies().len()),
            (503, 0),
            "{target}"
        );
        assert!(!reply.text().contains("fire"), "N-03: {}", reply.text());
        assert_eq!(site.rows().await, 1, "{target}");
        assert_eq!(whoami(&site, &ada).await.text(), "ada@example.com");
    }
    run(&site, "DROP TRIGGER fire");
    let reply = site.post("/login?u=2").session(&ada).send().await;
    let bob = reply.our_cookie().expect("a session's cookie").token();
    assert_eq!(whoami(&site, &bob).await.text(), "bob@example.com");
    assert_eq!(whoami(&site, &ada).await.status, 401);
    assert_eq!(site.rows().await, 1);
}

/// Fifteen of thirty rows are deleted when it fails: an error, and all thirty are there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_03_a_revocation_that_fails_half_way_ends_nothing() {
    let site = site().await;
    let mut tokens = Vec::new();
    for _ in 0..30 {
        tokens.push(site.log_in(ADA).await);
    }
    let middle: String = app(&site)
        .query_row(
            "SELECT hex(id) FROM locals_sessions ORDER BY rowid LIMIT 1 OFFSET 15",
            [],
            |row| row.get(0),
        )
        .expect("thirty rows");
    run(
        &site,
        &format!(
            "CREATE TRIGGER fire BEFORE DELETE ON locals_sessions WHEN hex(old.id) = '{middle}'
             BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END"
        ),
    );
    let failed = site.post("/logout-all").session(&tokens[0]).send().await;
    assert_eq!((failed.status, failed.set_cookies().len()), (503, 0));
    assert_eq!(site.rows().await, 30);
    for token in &tokens {
        assert_eq!(whoami(&site, token).await.status, 200);
    }
    run(&site, "DROP TRIGGER fire");
    let repeated = site.post("/logout-all").session(&tokens[0]).send().await;
    assert_eq!((repeated.status, repeated.text()), (200, "30"));
    assert_eq!(site.rows().await, 0);
}
