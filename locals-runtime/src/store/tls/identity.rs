//! [`Identity`]: our own certificate, for a server that asks for one.

use super::pem::PemFile;
use crate::error::StoreError;
use rustls::{crypto::ring, sign::CertifiedKey};
use std::path::PathBuf;

pub(crate) struct Identity<'a> {
    pub(crate) certificate: PemFile<'a>,
    pub(crate) key: PemFile<'a>,
}

impl<'a> Identity<'a> {
    /// The files of the certificate and of its key, and the options that name them.
    pub(crate) fn read(
        (certificate, key): &'a (PathBuf, PathBuf),
        [certificate_option, key_option]: [&'a str; 2],
    ) -> Result<Self, StoreError> {
        Ok(Self {
            certificate: PemFile::read(certificate_option, certificate)?,
            key: PemFile::read(key_option, key)?,
        })
    }

    /// Both as they are used, if the one belongs to the other.
    pub(crate) fn certified(&self) -> Result<CertifiedKey, StoreError> {
        let chain = self.certificate.certificates()?;
        let key = self.key.private_key()?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
            StoreError::Setup(format!(
                "{} and {} cannot be used together: {error}",
                self.certificate, self.key
            ))
        })
    }
}
