//! A configuration of our own: the process may have no crypto provider as its default, or two.

use super::Identity;
use crate::error::StoreError;
use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
    pki_types::CertificateDer,
    sign::SingleCertAndKey,
};
use std::{fmt::Display, sync::Arc};

pub(crate) fn configuration(
    verifier: Arc<dyn ServerCertVerifier>,
    identity: Option<&Identity<'_>>,
) -> Result<ClientConfig, StoreError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    Ok(match identity {
        Some(identity) => {
            let shown = SingleCertAndKey::from(identity.certified()?);
            builder.with_client_cert_resolver(Arc::new(shown))
        }
        None => builder.with_no_client_auth(),
    })
}

/// Checks everything: that one of these roots vouches for the certificate, and that it is the host's.
pub(crate) fn verifier(
    roots: Vec<CertificateDer<'static>>,
) -> Result<Arc<WebPkiServerVerifier>, StoreError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots);
    let provider = Arc::new(ring::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
        .build()
        .map_err(|error| unusable(&error))
}

fn unusable(error: &impl Display) -> StoreError {
    StoreError::Setup(format!("TLS cannot be set up: {error}"))
}
