//! What prints itself, on purpose or in an error's answer.

use std::fmt::Debug;

use locals::{
    Auth, MemoryStore, SessionId, StoreError, UserId,
    store::{Credential, Extension, NewSession, Rotation, SecretHash, SessionStore, SessionUpdate},
};

use crate::rig::{ADA, Site, Token, on_every_server};

fn says_nothing_of(text: &str, token: &Token) {
    for form in token.unspeakable() {
        assert!(!text.contains(&form), "a secret or its hash as {form}");
    }
}

on_every_server! {
    /// The handler returns how its locals print.
    async fn n_01_no_debug_output_tells_a_secret(site: Site) {
        let token = site.log_in(ADA).await;
        let session = site.auth.validate_session(&token.0).await.expect("a healthy store");
        let session = session.expect("signed in");
        let list = site.auth.list_sessions(session.user_id()).await.expect("a healthy store");
        let waiting = site.auth.create_session(ADA).device("a device");
        let page = site.get("/debug").session(&token).send().await;
        assert!(page.text().contains("Session"), "{}", page.text());
        let printed = [
            format!("{session:?} {session:#?} {:?} {:?}", session.token(), session.id()),
            format!("{list:?} {waiting:?} {:?} {:?}", site.auth, site.store),
            page.text().to_owned(),
        ];
        drop(waiting);
        for text in printed {
            says_nothing_of(&text, &token);
        }
    }

    async fn n_03_an_error_tells_no_browser_why(site: Site) {
        let token = site.log_in(ADA).await;
        let ask = async |target: &str| {
            let reply = site.get(target).session(&token).send().await;
            (reply.status, reply.text().to_owned())
        };
        let anonymous = async |target: &str| {
            let reply = site.get(target).send().await;
            (reply.status, reply.text().to_owned())
        };
        site.store.corrupt();
        let corrupt = ask("/sessions").await;
        assert_eq!(corrupt, anonymous("/sessions").await, "a row that cannot be read");
        assert_eq!(ask("/whoami").await, anonymous("/whoami").await, "a row that cannot be read");
        site.store.heal();
        site.store.fail();
        let failed = ask("/sessions").await;
        assert_eq!(failed.0, 503);
        assert_eq!(ask("/whoami").await, failed);
        for text in [&corrupt.1, &failed.1] {
            for word in ["SQL", "locals_", "demand", token.id(), "/tmp", ".rs"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
    }
}

/// What a store is given and gives: it knows the hash, and prints it not.
#[tokio::test]
async fn n_01_no_value_of_a_store_prints_a_hash() {
    fn print(value: &impl Debug) -> String {
        format!("{value:?} {value:#?}")
    }

    let store = MemoryStore::new();
    let auth: Auth = Auth::builder(store.clone())
        .build()
        .expect("a memory store");
    let session = auth.create_session("ada").await.expect("a healthy store");
    let token = Token(session.token().expose().to_owned());
    let record = store.load(*session.id()).await.expect("a healthy store");
    let record = record.expect("it was just made");
    let hash: [u8; 32] = token.secret_hash().try_into().expect("SHA-256");
    assert!(
        record.secret_hash.matches(&SecretHash::from_bytes(hash)),
        "it is the hash that is looked for"
    );

    let credential = Credential {
        id: record.id,
        secret_hash: record.secret_hash,
    };
    let rotation = SessionUpdate::rotation(credential, Rotation::new(record.secret_hash, None));
    let deadlines = record.deadlines;
    let extension = Extension::new(deadlines.active_until, record.renewed_at, deadlines);
    let update = SessionUpdate::extension(credential, extension);
    let new = NewSession::new(record.clone(), 1);
    let parsed: SessionId = token.id().parse().expect("an id");
    let errors = [
        StoreError::DuplicateId,
        StoreError::UnknownUser,
        StoreError::Timeout,
        StoreError::unavailable("down"),
    ];
    for text in [
        print(&record),
        print(&record.secret_hash),
        print(&credential),
        print(&rotation),
        print(&update),
        print(&new),
        print(&store),
        print(&auth),
        print(&session),
        print(&parsed),
        print(&UserId::from("ada")),
        print(&errors),
    ] {
        says_nothing_of(&text, &token);
    }
}
