//! What happens when the operating system's random bytes fail or repeat.

use std::sync::atomic::{AtomicU8, Ordering};

use locals::testing::EntropyError;

use crate::rig::{ADA, Backend, Server, Settings, Site, on_every_server};

type Source = fn(&mut [u8]) -> Result<(), EntropyError>;

async fn site(server: Server, source: Source) -> Site {
    let settings = Settings {
        entropy: Some(source),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

fn fails(_: &mut [u8]) -> Result<(), EntropyError> {
    Err(EntropyError("the generator is gone"))
}

fn zeros(bytes: &mut [u8]) -> Result<(), EntropyError> {
    bytes.fill(0);
    Ok(())
}

/// Gives each token three times before it gives the next.
fn stutters(bytes: &mut [u8]) -> Result<(), EntropyError> {
    static CALLS: AtomicU8 = AtomicU8::new(0);
    bytes.fill(7);
    if let Some(first) = bytes.first_mut() {
        *first = CALLS.fetch_add(1, Ordering::SeqCst) / 3;
    }
    Ok(())
}

/// Gives one token for ever.
fn repeats(bytes: &mut [u8]) -> Result<(), EntropyError> {
    bytes.fill(7);
    if let Some(first) = bytes.first_mut() {
        *first = 0;
    }
    Ok(())
}

on_every_server! {
    async fn a_02_without_random_bytes_nobody_is_signed_in(server: Server) {
        for source in [fails as Source, zeros] {
            let site = site(server, source).await;
            let reply = site.post("/login?u=1").send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (503, 0));
            assert_eq!(site.rows().await, 0);
        }
    }

    async fn a_08_a_repeated_id_takes_nobodys_session(server: Server) {
        let site = site(server, repeats).await;
        let token = site.log_in(ADA).await;
        // Where an id is of its user, another user has another one.
        let user = if site.has_sessions_table() { 2 } else { ADA };
        let reply = site.post(&format!("/login?u={user}")).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (503, 0));
        assert_eq!(site.rows().await, 1);
        let whoami = site.get("/whoami").session(&token).send().await;
        assert!(whoami.text().contains("ada@example.com"), "{}", whoami.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_08_a_repeated_id_is_drawn_again() {
    let site = site(Server::on(Backend::Memory), stutters).await;
    let tokens = [site.log_in(ADA).await, site.log_in(ADA).await];
    assert_eq!(site.rows().await, 2);
    for token in tokens {
        assert_eq!(site.whoami(&token).await, 200);
    }
}
