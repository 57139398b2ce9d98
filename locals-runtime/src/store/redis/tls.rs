//! TLS: what a server's certificate is held against, and our own certificate.

use crate::{
    error::StoreError,
    store::tls::{self, Anybody, Identity, roots_of_file, roots_of_system},
};
use rustls::{client::danger::ServerCertVerifier, pki_types::CertificateDer};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_rustls::TlsConnector;

/// What is said of TLS beside the URL.
#[derive(Clone, Debug, Default)]
pub(super) struct TlsOptions {
    pub(super) allow_unverified: bool,
    /// A file; the platform's where there is none.
    pub(super) roots: Option<PathBuf>,
    /// Files of our certificate and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

/// Files are read once, here.
pub(super) fn connector(options: &TlsOptions) -> Result<TlsConnector, StoreError> {
    let verifier: Arc<dyn ServerCertVerifier> = if options.allow_unverified {
        Arc::new(Anybody::default())
    } else {
        tls::verifier(roots(options.roots.as_deref())?)?
    };
    let identity = options.identity.as_ref();
    let identity = identity.map(|files| Identity::read(files, ["client_certificate"; 2]));
    let config = tls::configuration(verifier, identity.transpose()?.as_ref())?;
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    match file {
        Some(file) => roots_of_file("root_certificates", file),
        None => roots_of_system("the certificate of Redis", "`root_certificates(..)`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_cannot_be_used_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("broken.pem");
        std::fs::write(&broken, "hunter2").unwrap();
        let missing = folder.path().join("missing.pem");
        for file in [&broken, &missing] {
            let by_roots = TlsOptions {
                roots: Some(file.clone()),
                ..TlsOptions::default()
            };
            let by_identity = TlsOptions {
                allow_unverified: true,
                identity: Some((file.clone(), file.clone())),
                ..TlsOptions::default()
            };
            for options in [by_roots, by_identity] {
                let reason = connector(&options).err().map(|error| error.to_string());
                let reason = reason.unwrap_or_default();
                assert!(reason.contains(&file.display().to_string()), "{reason}");
                assert!(!reason.contains("hunter2"), "{reason}");
            }
        }
    }
}
