//! TLS: what a server's certificate is held against, and our own certificate.
//!
//! Files are read once, here: the driver would read them anew in the background, and say less of what is wrong.

use super::target::{Protection, Server, Target};
use crate::{
    error::StoreError,
    store::tls::{Identity, roots_of_file, roots_of_system},
};
use mysql_async::{ClientIdentity, SslOpts};
use rustls::crypto::{CryptoProvider, ring};

/// What the servers of a [`Target`] are connected to with.
pub(super) struct Tls {
    allow_plaintext: bool,
    allow_unverified: bool,
    verified: Option<SslOpts>,
    unverified: Option<SslOpts>,
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
        for server in target.servers() {
            match tls.protection(target, server) {
                Protection::Plaintext => {}
                Protection::Offered | Protection::Unverified => {
                    load(&mut tls.unverified, || unverified(target))?;
                }
                Protection::Verified => load(&mut tls.verified, || verified(target))?,
            }
        }
        Ok(tls)
    }

    fn protection(&self, target: &Target, server: &Server) -> Protection {
        target.protection(server, self.allow_plaintext, self.allow_unverified)
    }

    /// How to connect to a server, and whether in plaintext where that one has no TLS; `None` in plaintext.
    pub(super) fn options(&self, target: &Target, server: &Server) -> Option<(SslOpts, bool)> {
        let protection = self.protection(target, server);
        let options = match protection {
            Protection::Plaintext => return None,
            Protection::Offered | Protection::Unverified => &self.unverified,
            Protection::Verified => &self.verified,
        };
        let options = options.clone().expect("made for each server of the target");
        Some((options, protection == Protection::Offered))
    }
}

fn load(
    slot: &mut Option<SslOpts>,
    options: impl FnOnce() -> Result<SslOpts, StoreError>,
) -> Result<(), StoreError> {
    if slot.is_none() {
        *slot = Some(options()?);
    }
    Ok(())
}

/// The driver makes its configuration with the process's provider, and panics if there are none or two to choose from.
///
/// One that the application has set stays.
pub(super) fn provide() {
    if CryptoProvider::get_default().is_none() {
        // Whoever was faster has set one too.
        let _ = ring::default_provider().install_default();
    }
}

/// The driver wants roots all the same: it gets those that it has built in, and looks at none.
fn unverified(target: &Target) -> Result<SslOpts, StoreError> {
    Ok(SslOpts::default()
        .with_danger_accept_invalid_certs(true)
        .with_client_identity(identity(target)?))
}

fn verified(target: &Target) -> Result<SslOpts, StoreError> {
    let roots = match target.security().roots() {
        Some(file) => roots_of_file("ssl-ca", file)?,
        None => roots_of_system("the database's", "ssl-ca=/path/to/ca.pem")?,
    };
    let roots = roots.into_iter().map(|root| root.to_vec().into());
    Ok(SslOpts::default()
        .with_disable_built_in_roots(true)
        .with_root_certs(roots.collect())
        .with_client_identity(identity(target)?))
}

fn identity(target: &Target) -> Result<Option<ClientIdentity>, StoreError> {
    let Some(files) = target.security().identity() else {
        return Ok(None);
    };
    let identity = Identity::read(files, ["ssl-cert", "ssl-key"])?;
    identity.certified()?;
    let Identity { certificate, key } = identity;
    Ok(Some(ClientIdentity::new(
        certificate.contents.into(),
        key.contents.into(),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(url: &str) -> Result<(Target, Tls), StoreError> {
        let target = Target::parse(url)?;
        let tls = Tls::new(&target, false, false)?;
        Ok((target, tls))
    }

    #[test]
    fn files_that_cannot_be_used_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "hunter2").unwrap();
        let missing = folder.path().join("missing.pem");
        for path in [&empty, &missing] {
            let path = path.display();
            for (key, parameters) in [
                ("`ssl-ca`", format!("ssl-ca={path}")),
                (
                    "`ssl-cert`",
                    format!("ssl-mode=no-verify&ssl-cert={path}&ssl-key={path}"),
                ),
            ] {
                let refused = made(&format!("mysql://u@db.example/app?{parameters}"));
                let reason = refused.err().map(|error| error.to_string());
                let reason = reason.unwrap_or_default();
                assert!(reason.contains(key), "{reason}");
                assert!(reason.contains(&path.to_string()), "{reason}");
                assert!(!reason.contains("hunter2"), "{reason}");
            }
        }
    }

    #[test]
    fn l_08_each_server_has_the_options_of_its_mode() {
        let (target, tls) = made("mysql://u@db.example/app?ssl-mode=no-verify").unwrap();
        let (options, falls_back) = tls.options(&target, &target.servers()[0]).unwrap();
        assert!(options.accept_invalid_certs() && !falls_back);
        let (target, tls) = made("mysql://u@127.0.0.1/app?ssl-mode=PREFERRED").unwrap();
        let (options, falls_back) = tls.options(&target, &target.servers()[0]).unwrap();
        assert!(options.accept_invalid_certs() && falls_back);
        let (target, tls) = made("mysql://u@127.0.0.1/app").unwrap();
        assert!(tls.options(&target, &target.servers()[0]).is_none());
    }

    /// The driver's way to leave the name out does not work, and its own roots are not ours.
    #[test]
    fn l_08_a_verified_server_is_held_against_what_was_named_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, ROOT).unwrap();
        for mode in ["REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"] {
            let url = format!(
                "mysql://u@db.example/app?ssl-mode={mode}&ssl-ca={}",
                file.display()
            );
            let (target, tls) = made(&url).unwrap();
            let (options, falls_back) = tls.options(&target, &target.servers()[0]).unwrap();
            assert!(options.disable_built_in_roots() && !falls_back);
            assert!(!options.accept_invalid_certs() && !options.skip_domain_validation());
            assert_eq!(options.root_certs().len(), 1);
        }
    }

    const ROOT: &str = include_str!("tls/root.pem");
}
