//! [`PemFile`]: a file of certificates or of a private key.

use crate::{error::StoreError, store::refuse};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{self, PemObject},
};
use std::{fmt, path::Path};

/// Errors name it and its option, without the line at fault: that may be a part of a private key.
pub(crate) struct PemFile<'a> {
    option: &'a str,
    path: &'a Path,
    pub(crate) contents: Vec<u8>,
}

impl<'a> PemFile<'a> {
    /// The file that this option names.
    pub(super) fn read(option: &'a str, path: &'a Path) -> Result<Self, StoreError> {
        match std::fs::read(path) {
            Ok(contents) => Ok(Self {
                option,
                path,
                contents,
            }),
            Err(error) => refuse(format!(
                "`{option}`: {} cannot be read: {error}",
                path.display()
            )),
        }
    }

    /// At least one.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, StoreError> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.contents).collect();
        match read {
            Ok(certificates) if certificates.is_empty() => self.refuse("has no certificate in PEM"),
            Ok(certificates) => Ok(certificates),
            Err(_) => self.refuse(MALFORMED),
        }
    }

    pub(super) fn private_key(&self) -> Result<PrivateKeyDer<'static>, StoreError> {
        match PrivateKeyDer::from_pem_slice(&self.contents) {
            Ok(key) => Ok(key),
            Err(pem::Error::NoItemsFound) => {
                self.refuse("has no private key in PEM that is not encrypted")
            }
            Err(_) => self.refuse(MALFORMED),
        }
    }

    fn refuse<T>(&self, problem: &str) -> Result<T, StoreError> {
        let (option, path) = (self.option, self.path.display());
        refuse(format!("`{option}`: {path} {problem}"))
    }
}

const MALFORMED: &str = "is no well-formed PEM";

/// `` `option` path ``.
impl fmt::Display for PemFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.option, self.path.display())
    }
}
