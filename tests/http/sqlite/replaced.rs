//! Users that `OR REPLACE` removes, on a connection of the application that enforces no foreign keys
//! and so fires no trigger for them.

use rusqlite::Connection;

use crate::rig::{ADA, BOB, Backend, Server, Site, Token};

async fn signed_in() -> (Site, Token, Token) {
    let site = Site::start(Server::on(Backend::Sqlite)).await;
    let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
    (site, ada, bob)
}

fn run(site: &Site, foreign_keys: bool, statements: &str) {
    let path = site.database.as_ref().expect("a site on SQLite");
    let app = Connection::open(path).expect("the site's database");
    app.pragma_update(None, "foreign_keys", foreign_keys)
        .and_then(|()| app.execute_batch(statements))
        .expect("the application's statements");
}

async fn seen(site: &Site, token: &Token) -> (u16, String) {
    let reply = site.get("/whoami").session(token).send().await;
    (reply.status, reply.text().to_owned())
}

fn nobody() -> (u16, String) {
    (401, String::new())
}

/// Ada takes Bob's address, which removes his row; the next user gets his key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_04_the_next_user_of_a_replaced_row_inherits_no_session() {
    for foreign_keys in [false, true] {
        let (site, ada, bob) = signed_in().await;
        let take = "UPDATE OR REPLACE users SET email = 'bob@example.com' WHERE id = 1";
        run(&site, foreign_keys, take);
        assert_eq!(seen(&site, &bob).await, nobody());
        let next = "INSERT INTO users (id, email, admin) VALUES (2, 'carol@example.com', 1)";
        run(&site, foreign_keys, next);
        assert_eq!(seen(&site, &bob).await, nobody());
        assert_eq!(seen(&site, &ada).await, (200, "bob@example.com".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_04_a_row_inserted_in_the_place_of_another_has_no_session() {
    for foreign_keys in [false, true] {
        let (site, ada, bob) = signed_in().await;
        let replace =
            "INSERT OR REPLACE INTO users (id, email, admin) VALUES (2, 'carol@example.com', 1)";
        run(&site, foreign_keys, replace);
        assert_eq!(seen(&site, &bob).await, nobody());
        assert_eq!(seen(&site, &ada).await.0, 200);
    }
}

/// Ada's sessions come with her; those of the row that stood there do not become hers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_04_a_user_who_moves_to_a_taken_key_finds_no_session_there() {
    for foreign_keys in [false, true] {
        let (site, ada, bob) = signed_in().await;
        run(
            &site,
            foreign_keys,
            "UPDATE OR REPLACE users SET id = 2 WHERE id = 1",
        );
        assert_eq!(seen(&site, &bob).await, nobody());
        assert_eq!(seen(&site, &ada).await, (200, "ada@example.com".to_owned()));
    }
}

/// An upsert that updates is no new user.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_updated_by_an_upsert_keeps_the_sessions() {
    let (site, _, bob) = signed_in().await;
    let upsert = "INSERT INTO users (id, email, admin) VALUES (2, 'bob@example.net', 0)
                  ON CONFLICT (id) DO UPDATE SET email = excluded.email";
    run(&site, false, upsert);
    assert_eq!(seen(&site, &bob).await, (200, "bob@example.net".to_owned()));
}
