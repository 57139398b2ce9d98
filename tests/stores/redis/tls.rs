//! Certificates: whose word is taken, and what is refused.

use crate::rig::ready;
use locals::{RedisStore, StoreError, store::RedisOptions};
use std::path::PathBuf;
use test_servers::{
    RedisInstance, Ssl,
    tls::{Authority, Identity},
};

/// A server with TLS, and the authority that its clients know.
struct Secured {
    instance: RedisInstance,
    authority: PathBuf,
}

impl Secured {
    fn start(certificate: impl FnOnce(&Authority) -> Identity) -> Option<Self> {
        let authority = Authority::generate();
        Self::known_by(&authority, certificate(&authority))
    }

    fn known_by(authority: &Authority, identity: Identity) -> Option<Self> {
        let instance = RedisInstance::start(test_servers::RedisOptions {
            tls: Some(Ssl::new(identity, authority)),
            ..test_servers::RedisOptions::default()
        })?;
        let socket = instance.socket();
        let folder = socket.parent().expect("a folder of its own");
        Some(Self {
            authority: authority.save(folder),
            instance,
        })
    }

    fn options(&self) -> RedisOptions {
        let url = format!("rediss://127.0.0.1:{}", self.instance.tls_port());
        RedisStore::options(url).expect("options")
    }

    fn verifying(&self) -> RedisOptions {
        self.options().root_certificates(&self.authority)
    }

    /// Over TLS, and by no other connection.
    async fn serves(&self, options: RedisOptions) {
        let store = ready(options.connect().await.expect("a store")).await;
        let clients = self.instance.command(&["CLIENT", "LIST"]);
        let here = format!("laddr=127.0.0.1:{}", self.instance.tls_port());
        let encrypted = clients.lines().filter(|client| client.contains(&here));
        assert_eq!(encrypted.count(), clients.lines().count() - 1, "{clients}");
        drop(store);
    }
}

/// Whoever runs the program has to mend it; the error names the ways out.
pub(crate) async fn is_distrusted(options: RedisOptions) {
    let error = options.connect().await.expect_err("it is refused");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    let text = error.to_string();
    for way in ["root_certificates(", "allow_unverified_tls()"] {
        assert!(text.contains(way), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_right_certificate_is_taken() {
    let Some(server) = Secured::start(Authority::server) else {
        return;
    };
    server.serves(server.verifying()).await;
    let error = server.options().connect().await;
    let error = error.expect_err("the platform does not know the authority");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_certificate_of_another_host_is_refused() {
    let elsewhere = |authority: &Authority| authority.server_named(&["elsewhere.example"]);
    let Some(server) = Secured::start(elsewhere) else {
        return;
    };
    is_distrusted(server.verifying()).await;
    server.serves(server.options().allow_unverified_tls()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_an_expired_certificate_is_refused() {
    let Some(server) = Secured::start(Authority::expired) else {
        return;
    };
    is_distrusted(server.verifying()).await;
    server.serves(server.options().allow_unverified_tls()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_certificate_of_an_unknown_authority_is_refused() {
    let (known, unknown) = (Authority::generate(), Authority::generate());
    let Some(server) = Secured::known_by(&known, unknown.server()) else {
        return;
    };
    is_distrusted(server.verifying()).await;
    server.serves(server.options().allow_unverified_tls()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_a_sentinel_and_the_server_that_it_names_are_verified() {
    let authority = Authority::generate();
    let Some(server) = Secured::known_by(&authority, authority.server()) else {
        return;
    };
    let watched = format!("monitor main 127.0.0.1 {} 1", server.instance.tls_port());
    let sentinel = RedisInstance::start(test_servers::RedisOptions {
        settings: vec![("sentinel", watched), ("tls-replication", "yes".to_owned())],
        tls: Some(Ssl::new(authority.server(), &authority)),
    });
    let Some(sentinel) = sentinel else { return };
    let url = format!("rediss+sentinel://127.0.0.1:{}/main", sentinel.tls_port());
    let options = || RedisStore::options(&url).expect("options");
    server
        .serves(options().root_certificates(&server.authority))
        .await;
    is_distrusted(options()).await;
}

/// Neither the one nor the other waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_port_for_the_other_kind_is_an_error() {
    let Some(server) = Secured::start(Authority::server) else {
        return;
    };
    let plain = format!("rediss://127.0.0.1:{}", server.instance.port());
    let options = RedisStore::options(plain).expect("options");
    let connected = options.allow_unverified_tls().connect().await;
    let error = connected.expect_err("no TLS there").to_string();
    assert!(error.contains("TLS"), "{error}");
    let encrypted = format!("redis://127.0.0.1:{}", server.instance.tls_port());
    let connected = RedisStore::connect(encrypted).await;
    connected.expect_err("nothing but TLS there");
}
