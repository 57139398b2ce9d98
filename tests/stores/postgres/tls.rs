//! Certificates and passwords: what is encrypted, whose word is taken, and what is refused.

use crate::rig::ready;
use locals::{PostgresOptions, PostgresStore, StoreError};
use std::path::PathBuf;
use test_servers::{
    Instance, Options, Ssl,
    tls::{Authority, Identity},
};

/// A server with TLS, and the authority that its clients know.
struct Secured {
    instance: Instance,
    authority: PathBuf,
}

/// How its connections are called.
const NAME: &str = "of the test";

impl Secured {
    /// With a certificate of the authority, and rules of `pg_hba.conf`.
    fn start(certificate: impl FnOnce(&Authority) -> Identity, rules: &[&str]) -> Option<Self> {
        let authority = Authority::generate();
        Self::known_by(&authority, certificate(&authority), rules)
    }

    fn known_by(authority: &Authority, identity: Identity, rules: &[&str]) -> Option<Self> {
        let instance = Instance::start(Options {
            hba: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            ssl: Some(Ssl::new(identity, authority)),
            without_fsync: true,
            ..Options::default()
        })?;
        let authority = authority.save(instance.socket_folder());
        Some(Self {
            instance,
            authority,
        })
    }

    /// As this user, perhaps with a password, and further parameters; `{root}` is the authority.
    fn options(&self, user: &str, parameters: &str) -> PostgresOptions {
        let port = self.instance.port();
        let root = self.authority.display().to_string();
        let parameters = parameters.replace("{root}", &root);
        let name = NAME.replace(' ', "%20");
        let url = format!(
            "postgres://{user}@127.0.0.1:{port}/postgres?application_name={name}&{parameters}"
        );
        PostgresStore::options(url).expect("options")
    }

    /// Whether the store is served, by all of its connections encrypted or by none.
    async fn serves(&self, options: PostgresOptions) -> bool {
        let store = ready(options.connect().await.expect("a store")).await;
        let encrypted = self.instance.text(&format!(
            "SELECT bool_and(ssl) || ' ' || bool_or(ssl) FROM pg_stat_ssl
             JOIN pg_stat_activity USING (pid) WHERE application_name = '{NAME}'"
        ));
        drop(store);
        self.instance.wait_for(
            &format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{NAME}'"),
            "0",
        );
        match encrypted.as_str() {
            "true true" => true,
            "false false" => false,
            other => panic!("some are, some are not: {other}"),
        }
    }
}

/// Whoever runs the program has to mend it.
async fn refusal(options: PostgresOptions) -> String {
    let error = options.connect().await.expect_err("it is refused");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    error.to_string()
}

/// A certificate that is not taken: the error names the two ways out.
async fn is_distrusted(options: PostgresOptions) {
    let text = refusal(options).await;
    for way in [
        "sslrootcert=",
        "sslmode=no-verify",
        "allow_unverified_tls()",
    ] {
        assert!(text.contains(way), "{text}");
    }
}

/// What holds whatever the certificate is.
async fn is_served_unverified(server: &Secured) {
    assert!(
        !server
            .serves(server.options("postgres", "sslmode=disable"))
            .await
    );
    for parameters in ["", "sslmode=prefer", "sslmode=no-verify"] {
        let options = server.options("postgres", parameters);
        assert!(server.serves(options).await, "`{parameters}`");
    }
    let options = server.options("postgres", "sslmode=require");
    assert!(server.serves(options.allow_unverified_tls()).await);
}

const VERIFYING: [&str; 4] = [
    "sslrootcert={root}",
    "sslmode=require&sslrootcert={root}",
    "sslmode=verify-ca&sslrootcert={root}",
    "sslmode=verify-full&sslrootcert={root}",
];

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_right_certificate_is_taken() {
    let Some(server) = Secured::start(Authority::server, &[]) else {
        return;
    };
    for parameters in VERIFYING {
        let options = server.options("postgres", parameters);
        assert!(server.serves(options).await, "{parameters}");
    }
    is_served_unverified(&server).await;
    // The platform does not know the authority.
    for parameters in ["sslmode=require", "sslmode=verify-full"] {
        let refused = server.options("postgres", parameters).connect().await;
        let error = refused.expect_err("nobody vouches for it");
        assert!(matches!(error, StoreError::Setup(_)), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_certificate_of_another_host_is_refused() {
    let elsewhere = |authority: &Authority| authority.server_named(&["elsewhere.example"]);
    let Some(server) = Secured::start(elsewhere, &[]) else {
        return;
    };
    let chain = server.options("postgres", "sslmode=verify-ca&sslrootcert={root}");
    assert!(server.serves(chain).await, "the name is not asked for");
    for parameters in VERIFYING {
        if !parameters.contains("verify-ca") {
            is_distrusted(server.options("postgres", parameters)).await;
        }
    }
    is_served_unverified(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_an_expired_certificate_is_refused() {
    let Some(server) = Secured::start(Authority::expired, &[]) else {
        return;
    };
    for parameters in VERIFYING {
        is_distrusted(server.options("postgres", parameters)).await;
    }
    is_served_unverified(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_certificate_of_an_unknown_authority_is_refused() {
    let (known, unknown) = (Authority::generate(), Authority::generate());
    let Some(server) = Secured::known_by(&known, unknown.server(), &[]) else {
        return;
    };
    for parameters in VERIFYING {
        is_distrusted(server.options("postgres", parameters)).await;
    }
    is_served_unverified(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_known_by_its_certificate() {
    let authority = Authority::generate();
    let rules = ["hostssl all all 127.0.0.1/32 cert"];
    let Some(server) = Secured::known_by(&authority, authority.server(), &rules) else {
        return;
    };
    let identity = authority.client("postgres");
    let (certificate, key) = identity.save(server.instance.socket_folder());
    let identified = format!(
        "sslmode=verify-full&sslrootcert={{root}}&sslcert={}&sslkey={}",
        certificate.display(),
        key.display()
    );
    assert!(server.serves(server.options("postgres", &identified)).await);
    let nobody = server.options("postgres", "sslmode=verify-full&sslrootcert={root}");
    let text = refusal(nobody).await;
    assert!(text.contains("certificate"), "{text}");
    // Of this client, and not of another one.
    server.instance.execute("CREATE ROLE ada LOGIN");
    let text = refusal(server.options("ada", &identified)).await;
    assert!(text.contains("ada"), "{text}");
}

const PASSWORD: &str = "correct-horse-battery";

/// A server whose user `app` has a password.
fn with_password() -> Option<Secured> {
    let rules = ["host all app 127.0.0.1/32 scram-sha-256"];
    let server = Secured::start(Authority::server, &rules)?;
    server.instance.execute(&format!(
        "CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'; GRANT CREATE ON SCHEMA public TO app"
    ));
    Some(server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_bound_to_its_channel() {
    let Some(server) = with_password() else {
        return;
    };
    let app = format!("app:{PASSWORD}");
    let bound = "sslmode=verify-full&sslrootcert={root}&channel_binding=require";
    assert!(server.serves(server.options(&app, bound)).await);
    let text = refusal(server.options(&app, "sslmode=disable&channel_binding=require")).await;
    assert!(text.contains("channel_binding=require"), "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn n_01_no_error_has_a_password() {
    let Some(server) = with_password() else {
        return;
    };
    let wrong = "wrong-donkey-accumulator";
    let options = server.options(&format!("app:{wrong}"), "");
    let debug = format!("{options:?}");
    assert!(!debug.contains(wrong), "{debug}");
    let text = refusal(options).await;
    assert!(text.contains("28P01"), "{text}");
    assert!(!text.contains(wrong), "{text}");
    let text = refusal(server.options("app", "")).await;
    assert!(text.contains("asks for a password"), "{text}");
    let right = server.options(&format!("app:{PASSWORD}"), "");
    let store = right.connect().await.expect("a store");
    let debug = format!("{store:?}");
    assert!(!debug.contains(PASSWORD), "{debug}");
}
