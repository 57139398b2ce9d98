//! TLS: what a server's certificate is held against, and our own certificate.
//!
//! With a configuration of our own: the process may have no crypto provider as its default, or two.

use super::error::refuse;
use crate::{error::StoreError, store::verifier::Anybody};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};
use std::{
    fmt::Display,
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
    let provider = Arc::new(ring::default_provider());
    let anybody = Anybody::new(&provider);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let builder = if options.allow_unverified {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(anybody))
    } else {
        builder.with_root_certificates(roots(options.roots.as_deref())?)
    };
    let config = match &options.identity {
        Some((certificate, key)) => {
            let private_key =
                PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
            builder
                .with_client_auth_cert(certificates(certificate)?, private_key)
                .map_err(|error| unusable(&error))?
        }
        None => builder.with_no_client_auth(),
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

fn unusable(error: &impl Display) -> StoreError {
    StoreError::Setup(format!("TLS to Redis cannot be set up: {error}"))
}

fn roots(file: Option<&Path>) -> Result<RootCertStore, StoreError> {
    let found = match file {
        Some(file) => certificates(file)?,
        // One that cannot be read is no failure while there are others.
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found);
    if roots.is_empty() {
        return refuse(match file {
            Some(file) => format!("no certificate in {} can be a root", file.display()),
            None => "this system has no root certificates to verify the certificate of Redis by: install them \
                     (Debian's package is ca-certificates), or name a file by `root_certificates(..)`"
                .to_owned(),
        });
    }
    Ok(roots)
}

/// The certificates of a PEM file, at least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let read: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(file).and_then(|sections| sections.collect());
    match read {
        Ok(certificates) if certificates.is_empty() => {
            Err(unreadable(file, &pem::Error::NoItemsFound))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(file, &error)),
    }
}

/// Without the line at fault: it may be a part of a private key.
fn unreadable(file: &Path, error: &pem::Error) -> StoreError {
    let file = file.display();
    StoreError::Setup(match error {
        pem::Error::Io(error) => format!("{file} cannot be read: {error}"),
        _ => format!(
            "{file} has no certificate or unencrypted private key in PEM where one is to be"
        ),
    })
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
