//! TLS: what a server's certificate is held against, and our own certificate.

mod any_name;

use super::target::{Protection, Roots, Server, Target, Verification};
use crate::{
    error::StoreError,
    store::tls::{self, Anybody, Identity, roots_of_file, roots_of_system},
};
use any_name::AnyName;
use rustls::{
    ClientConfig,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
};
use std::sync::Arc;
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
    let identity = security.identity();
    let identity = identity.map(|files| Identity::read(files, ["sslcert", "sslkey"]));
    let verifier = verified_by(verification, security.roots())?;
    let mut config = tls::configuration(verifier, identity.transpose()?.as_ref())?;
    if security.negotiation() == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(config)
}

fn verified_by(
    verification: Verification,
    roots: Option<&Roots>,
) -> Result<Arc<dyn ServerCertVerifier>, StoreError> {
    let verifier: Arc<dyn ServerCertVerifier> = match verification {
        Verification::Full => chain(roots)?,
        Verification::Chain => Arc::new(AnyName::new(chain(roots)?)),
        Verification::None => Arc::new(Anybody::default()),
    };
    Ok(verifier)
}

fn chain(roots: Option<&Roots>) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
    tls::verifier(match roots {
        Some(Roots::File(path)) => roots_of_file("sslrootcert", path)?,
        Some(Roots::System) | None => {
            roots_of_system("PostgreSQL's", "sslrootcert=/path/to/root.pem")?
        }
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
