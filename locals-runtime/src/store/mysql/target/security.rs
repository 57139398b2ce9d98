//! What protects a connection: `ssl-mode` and its kin, and what is refused (checklist L-08).

use super::servers::Server;
use crate::{error::StoreError, store::sql::refuse};
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SslMode {
    Disabled,
    Preferred,
    Required,
    /// Not MySQL's, but that of others: TLS with whoever is there.
    NoVerify,
    VerifyCa,
    VerifyIdentity,
}

/// In small letters and with strokes, MySQL's name first.
pub(super) const MODES: &[(&str, SslMode)] = &[
    ("disabled", SslMode::Disabled),
    ("preferred", SslMode::Preferred),
    ("required", SslMode::Required),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-identity", SslMode::VerifyIdentity),
    ("disable", SslMode::Disabled),
    ("prefer", SslMode::Preferred),
    ("require", SslMode::Required),
    ("verify-full", SslMode::VerifyIdentity),
    ("no-verify", SslMode::NoVerify),
];

impl SslMode {
    /// As MySQL spells it.
    fn name(self) -> &'static str {
        match self {
            Self::Disabled => "DISABLED",
            Self::Preferred => "PREFERRED",
            Self::Required => "REQUIRED",
            Self::NoVerify => "no-verify",
            Self::VerifyCa => "VERIFY_CA",
            Self::VerifyIdentity => "VERIFY_IDENTITY",
        }
    }
}

/// What one connection is protected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::mysql) enum Protection {
    Plaintext,
    /// TLS if the server has it. Whoever sits between can say that it has not: nothing is verified.
    Offered,
    /// TLS with whoever is there.
    Unverified,
    /// That a root vouches for the server's certificate, and that it is this host's.
    Verified,
}

#[derive(Clone, Debug)]
pub(in crate::store::mysql) struct Security {
    pub(super) mode: Option<SslMode>,
    /// The file of the roots; the platform's where there is none.
    pub(super) roots: Option<PathBuf>,
    /// Our certificate, and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

impl Security {
    pub(in crate::store::mysql) fn roots(&self) -> Option<&Path> {
        self.roots.as_deref()
    }

    pub(in crate::store::mysql) fn identity(&self) -> Option<&(PathBuf, PathBuf)> {
        self.identity.as_ref()
    }

    /// What MySQL calls `REQUIRED` is verified here: a session store carries what signs people in.
    ///
    /// And so is `VERIFY_CA`, wholly: the driver looks for a text in the error about a name that rustls no longer
    /// writes, so it could not take a certificate for another name.
    pub(super) fn protection(
        &self,
        server: &Server,
        allow_plaintext: bool,
        allow_unverified: bool,
    ) -> Protection {
        if server.is_socket() {
            return Protection::Plaintext;
        }
        match self.mode_for(server, allow_plaintext) {
            SslMode::Disabled => Protection::Plaintext,
            SslMode::Preferred => Protection::Offered,
            SslMode::NoVerify => Protection::Unverified,
            SslMode::Required if allow_unverified => Protection::Unverified,
            SslMode::Required | SslMode::VerifyCa | SslMode::VerifyIdentity => Protection::Verified,
        }
    }

    /// Where no `ssl-mode` is given: plaintext on this machine, and MySQL's `PREFERRED` elsewhere only if that is
    /// allowed; neither if anything else says that TLS is meant.
    fn mode_for(&self, server: &Server, allow_plaintext: bool) -> SslMode {
        let means_tls = self.roots.is_some() || self.identity.is_some();
        match self.mode {
            Some(mode) => mode,
            None if means_tls => SslMode::Required,
            None if server.is_local() => SslMode::Disabled,
            None if allow_plaintext => SslMode::Preferred,
            None => SslMode::Required,
        }
    }

    pub(super) fn check(
        &self,
        servers: &[Server],
        allow_plaintext: bool,
        allow_unverified: bool,
    ) -> Result<(), StoreError> {
        self.check_consistency(allow_unverified)?;
        for server in servers {
            let protection = self.protection(server, allow_plaintext, allow_unverified);
            let may_be_plain = matches!(protection, Protection::Plaintext | Protection::Offered);
            if may_be_plain && !server.is_local() && !allow_plaintext {
                return refuse(format!(
                    "ssl-mode={} would send sessions to {server} unencrypted: take ssl-mode=REQUIRED or \
                     ssl-mode=VERIFY_IDENTITY, or call `.allow_plaintext()` if nobody else is on that network",
                    self.mode.unwrap_or(SslMode::Preferred).name()
                ));
            }
        }
        Ok(())
    }

    /// Who names root certificates wants them to be looked at.
    fn check_consistency(&self, allow_unverified: bool) -> Result<(), StoreError> {
        let weak = match self.mode {
            Some(mode @ (SslMode::Disabled | SslMode::Preferred | SslMode::NoVerify)) => {
                mode.name()
            }
            Some(SslMode::Required) | None if allow_unverified => "REQUIRED, unverified",
            _ => return Ok(()),
        };
        if self.roots.is_some() {
            return refuse(format!(
                "root certificates are given (`ssl-ca`), but ssl-mode={weak} does not look at them: take \
                 ssl-mode=VERIFY_IDENTITY, or leave them out"
            ));
        }
        if self.identity.is_some() && self.mode == Some(SslMode::Disabled) {
            return refuse(
                "a client certificate is given (`ssl-cert`), but ssl-mode=DISABLED shows it to nobody: take \
                 ssl-mode=REQUIRED, or leave it out",
            );
        }
        Ok(())
    }
}
