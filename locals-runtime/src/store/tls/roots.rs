//! The certificates that a server's is traced back to.

use super::pem::PemFile;
use crate::{error::StoreError, store::refuse};
use rustls::{RootCertStore, pki_types::CertificateDer};
use std::path::Path;

/// Those of the platform: one that cannot be read is no failure while there are others.
///
/// For the error: what is verified by them, and how a file is named instead.
pub(crate) fn roots_of_system(
    verified: &str,
    instead: &str,
) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let found = rustls_native_certs::load_native_certs();
    let roots = usable(found.certs);
    if roots.is_empty() {
        let causes: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        let causes = match causes.as_slice() {
            [] => String::new(),
            causes => format!(" ({})", causes.join("; ")),
        };
        return refuse(format!(
            "this system has no root certificates to verify {verified} by{causes}: install them (Debian's package is \
             ca-certificates), or name a file by {instead}"
        ));
    }
    Ok(roots)
}

/// Those of the file that this option names.
pub(crate) fn roots_of_file(
    option: &str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let roots = usable(PemFile::read(option, path)?.certificates()?);
    if roots.is_empty() {
        return refuse(format!(
            "`{option}`: no certificate in {} can be a root",
            path.display()
        ));
    }
    Ok(roots)
}

/// Those that can be roots: there are drivers that give up at the first that cannot.
fn usable(certificates: Vec<CertificateDer<'static>>) -> Vec<CertificateDer<'static>> {
    let mut store = RootCertStore::empty();
    let certificates = certificates.into_iter();
    certificates
        .filter(|certificate| store.add(certificate.clone()).is_ok())
        .collect()
}
