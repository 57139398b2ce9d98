//! A server with TLS, and what its rules ask for.

use test_servers::{Instance, Options, Ssl, tls::Authority};
use tokio_postgres::NoTls;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_tls_can_refuse_plain_connections() {
    let authority = Authority::generate();
    let options = Options {
        hba: vec!["hostnossl all all 127.0.0.1/32 reject".to_owned()],
        ssl: Some(Ssl::new(authority.server(), &authority)),
        without_fsync: true,
        ..Options::default()
    };
    let Some(instance) = Instance::start(options) else {
        return;
    };
    assert_eq!(instance.text("SHOW ssl"), "on");
    let refused = tokio_postgres::connect(&instance.url(), NoTls).await;
    let error = refused.err().expect("a plain connection");
    let code = error.as_db_error().expect("of the server").code();
    assert_eq!(code.code(), "28000");
}

#[test]
fn each_certificate_is_another_one() {
    let authority = Authority::generate();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let authority_file = authority.save(folder.path());
    let certificates = [
        authority.server(),
        authority.server_named(&["elsewhere.example"]),
        authority.peer(&["127.0.0.1"]),
        authority.expired(),
        authority.client("ada"),
    ];
    for identity in certificates {
        let (certificate, key) = identity.save(folder.path());
        let files = [&authority_file, &certificate, &key];
        let texts = files.map(|file| std::fs::read_to_string(file).expect("it was written"));
        assert!(texts[0].starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(texts[1].starts_with("-----BEGIN CERTIFICATE-----") && texts[1] != texts[0]);
        assert!(texts[2].starts_with("-----BEGIN PRIVATE KEY-----"));
    }
}
