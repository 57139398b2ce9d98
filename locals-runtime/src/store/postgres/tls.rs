//! TLS: what a server's certificate is held against, and our own certificate.
//!
//! With a configuration of our own: the process may have no crypto provider as its default, or two.

use super::target::{Protection, Roots, Server, Target, Verification};
use crate::{
    error::StoreError,
    store::{sql::refuse, verifier},
};
use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore,
    client::{WantsClientCert, WebPkiServerVerifier},
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};
use std::{path::Path, sync::Arc};
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What the servers of a [`Target`] are connected to with. Files are read once, when it is made.
#[derive(Clone)]
pub(super) struct Tls {
    allow_plaintext: bool,
    allow_unverified: bool,
    verified: Option<MakeRustlsConnect>,
    unverified: Option<MakeRustlsConnect>,
}

impl Tls {
    /// Checks the target too ([`Target::check`]).
    pub(super) fn new(
        target: &Target,
        allow_plaintext: bool,
        allow_unverified: bool,
    ) -> Result<Self, StoreError> {
        target.check(allow_plaintext, allow_unverified)?;
        let mut tls = Self {
            allow_plaintext,
            allow_unverified,
            verified: None,
            unverified: None,
        };
        for server in target.hosts() {
            match tls.protection(target, server) {
                Protection::Plaintext => {}
                Protection::Offered | Protection::Tls(Verification::None) => {
                    load(&mut tls.unverified, target, Verification::None)?;
                }
                Protection::Tls(verification) => load(&mut tls.verified, target, verification)?,
            }
        }
        Ok(tls)
    }

    fn protection(&self, target: &Target, server: &Server) -> Protection {
        target.protection(server, self.allow_plaintext, self.allow_unverified)
    }

    /// How to connect to a server; `None` in plaintext.
    pub(super) fn connector(
        &self,
        target: &Target,
        server: &Server,
    ) -> Option<(SslMode, MakeRustlsConnect)> {
        let (mode, connector) = match self.protection(target, server) {
            Protection::Plaintext => return None,
            Protection::Offered => (SslMode::Prefer, &self.unverified),
            Protection::Tls(Verification::None) => (SslMode::Require, &self.unverified),
            Protection::Tls(_) => (SslMode::Require, &self.verified),
        };
        let connector = connector.clone();
        Some((mode, connector.expect("made for each server of the target")))
    }
}

fn load(
    slot: &mut Option<MakeRustlsConnect>,
    target: &Target,
    verification: Verification,
) -> Result<(), StoreError> {
    if slot.is_none() {
        *slot = Some(MakeRustlsConnect::new(configuration(target, verification)?));
    }
    Ok(())
}

fn configuration(target: &Target, verification: Verification) -> Result<ClientConfig, StoreError> {
    let security = target.security();
    let provider = Arc::new(ring::default_provider());
    let builder = verified_by(verification, security.roots(), provider)?;
    let mut config = match security.identity() {
        Some((certificate, key)) => identified_by(builder, certificate, key)?,
        None => builder.with_no_client_auth(),
    };
    if security.negotiation() == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(config)
}

type WithVerifier = ConfigBuilder<ClientConfig, WantsClientCert>;

fn verified_by(
    verification: Verification,
    roots: Option<&Roots>,
    provider: Arc<CryptoProvider>,
) -> Result<WithVerifier, StoreError> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreError::Setup(format!("TLS cannot be set up: {error}")))?;
    Ok(match verification {
        Verification::Full => builder.with_webpki_verifier(chain(roots, provider)?),
        Verification::Chain => {
            let any_name = verifier::AnyName::new(chain(roots, provider)?);
            let builder = builder.dangerous();
            builder.with_custom_certificate_verifier(Arc::new(any_name))
        }
        Verification::None => {
            let anybody = verifier::Anybody::new(&provider);
            let builder = builder.dangerous();
            builder.with_custom_certificate_verifier(Arc::new(anybody))
        }
    })
}

fn chain(
    roots: Option<&Roots>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
    let roots = match roots {
        Some(Roots::File(path)) => roots_of_file(path)?,
        Some(Roots::System) | None => roots_of_system()?,
    };
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| StoreError::Setup(format!("TLS cannot be set up: {error}")))
}

/// One that cannot be read is no failure while there are others.
fn roots_of_system() -> Result<RootCertStore, StoreError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let causes: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        let causes = match causes.as_slice() {
            [] => String::new(),
            causes => format!(" ({})", causes.join("; ")),
        };
        return refuse(format!(
            "this system has no root certificates to verify PostgreSQL's by{causes}: install them (Debian's package is \
             ca-certificates), or name a file by sslrootcert=/path/to/root.pem"
        ));
    }
    Ok(roots)
}

fn roots_of_file(path: &Path) -> Result<RootCertStore, StoreError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates("sslrootcert", path)?);
    if roots.is_empty() {
        return refuse(format!(
            "`sslrootcert`: no certificate in {} can be a root",
            path.display()
        ));
    }
    Ok(roots)
}

fn identified_by(
    builder: WithVerifier,
    certificate: &Path,
    key: &Path,
) -> Result<ClientConfig, StoreError> {
    let chain = certificates("sslcert", certificate)?;
    let private_key =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("sslkey", key, &error))?;
    builder
        .with_client_auth_cert(chain, private_key)
        .map_err(|error| {
            StoreError::Setup(format!(
                "`sslcert` {} and `sslkey` {} cannot be used together: {error}",
                certificate.display(),
                key.display()
            ))
        })
}

/// The certificates of a PEM file, at least one.
fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let read: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).and_then(|sections| sections.collect());
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(unreadable(key, path, &pem::Error::NoItemsFound))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(key, path, &error)),
    }
}

/// Without the line at fault: it may be a part of a private key.
fn unreadable(key: &str, path: &Path, error: &pem::Error) -> StoreError {
    let path = path.display();
    StoreError::Setup(match error {
        pem::Error::Io(error) => format!("`{key}`: {path} cannot be read: {error}"),
        pem::Error::NoItemsFound if key == "sslkey" => {
            format!("`{key}`: {path} has no private key in PEM that is not encrypted")
        }
        pem::Error::NoItemsFound => format!("`{key}`: {path} has no certificate in PEM"),
        _ => format!("`{key}`: {path} is no well-formed PEM"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let target = Target::parse(text).unwrap();
        let refused = Tls::new(&target, false, false).err();
        refused.map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn files_that_cannot_be_used_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "hunter2").unwrap();
        let missing = folder.path().join("missing.pem");
        for (key, path) in [("sslrootcert", &empty), ("sslrootcert", &missing)] {
            let text = format!("host=db.example user=u {key}='{}'", path.display());
            let reason = refused(&text);
            assert!(reason.contains(key), "{reason}");
            assert!(reason.contains(&path.display().to_string()), "{reason}");
            assert!(!reason.contains("hunter2"), "{reason}");
        }
        let text = format!(
            "host=db.example user=u sslmode=no-verify sslcert='{0}' sslkey='{0}'",
            empty.display()
        );
        assert!(refused(&text).contains("`sslcert`"));
    }

    #[test]
    fn l_08_each_server_has_the_connector_of_its_mode() {
        let target = Target::parse("host=db.example,127.0.0.1 user=u sslmode=no-verify").unwrap();
        let tls = Tls::new(&target, false, false).unwrap();
        for server in target.hosts() {
            let (mode, _) = tls.connector(&target, server).unwrap();
            assert_eq!(mode, SslMode::Require);
        }
        let target = Target::parse("host=127.0.0.1 user=u").unwrap();
        let tls = Tls::new(&target, false, false).unwrap();
        let (mode, _) = tls.connector(&target, &target.hosts()[0]).unwrap();
        assert_eq!(mode, SslMode::Prefer);
        let target = Target::parse("host=127.0.0.1 user=u sslmode=disable").unwrap();
        let tls = Tls::new(&target, false, false).unwrap();
        assert!(tls.connector(&target, &target.hosts()[0]).is_none());
    }

    #[test]
    fn direct_negotiation_names_the_protocol() {
        let text = "host=db.example user=u sslmode=no-verify sslnegotiation=direct";
        let target = Target::parse(text).unwrap();
        let config = configuration(&target, Verification::None).unwrap();
        assert_eq!(config.alpn_protocols, [b"postgresql".to_vec()]);
    }
}
