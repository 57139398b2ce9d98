//! What protects a connection: `sslmode` and its kin, and what is refused (checklist L-08).

use super::servers::Server;
use crate::{error::StoreError, store::sql::refuse};
use std::path::PathBuf;
use tokio_postgres::config::SslNegotiation;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SslMode {
    Disable,
    Prefer,
    Require,
    /// Not libpq's, but that of others: TLS with whoever is there.
    NoVerify,
    VerifyCa,
    VerifyFull,
}

/// Without `allow`, which begins in plaintext.
pub(super) const MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("no-verify", SslMode::NoVerify),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

impl SslMode {
    fn name(self) -> &'static str {
        let found = MODES.iter().find(|(_, mode)| *mode == self);
        found.map_or("", |(name, _)| name)
    }
}

/// The certificates that a server's is traced back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::postgres) enum Roots {
    System,
    File(PathBuf),
}

/// What is checked of a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::postgres) enum Verification {
    /// That a root vouches for it, and that it is this host's.
    Full,
    /// That a root vouches for it, which is one of a file.
    Chain,
    None,
}

/// What one connection is protected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::postgres) enum Protection {
    Plaintext,
    /// TLS if the server has it. Whoever sits between can say that it has not: nothing is verified.
    Offered,
    Tls(Verification),
}

#[derive(Clone, Debug)]
pub(in crate::store::postgres) struct Security {
    pub(super) mode: Option<SslMode>,
    pub(super) roots: Option<Roots>,
    /// Our certificate, and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
    /// `sslnegotiation=direct`.
    pub(super) is_direct: bool,
}

impl Security {
    pub(in crate::store::postgres) fn roots(&self) -> Option<&Roots> {
        self.roots.as_ref()
    }

    pub(in crate::store::postgres) fn identity(&self) -> Option<&(PathBuf, PathBuf)> {
        self.identity.as_ref()
    }

    pub(in crate::store::postgres) fn negotiation(&self) -> SslNegotiation {
        if self.is_direct {
            SslNegotiation::Direct
        } else {
            SslNegotiation::Postgres
        }
    }

    /// What libpq calls `require` is verified here: a session store carries what signs people in.
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
            SslMode::Disable => Protection::Plaintext,
            SslMode::Prefer => Protection::Offered,
            SslMode::Require if allow_unverified => Protection::Tls(Verification::None),
            SslMode::NoVerify => Protection::Tls(Verification::None),
            SslMode::VerifyCa => Protection::Tls(Verification::Chain),
            SslMode::Require | SslMode::VerifyFull => Protection::Tls(Verification::Full),
        }
    }

    /// Where no `sslmode` is given: libpq's `prefer`, but only where that is allowed and nothing else says that
    /// TLS is meant.
    fn mode_for(&self, server: &Server, allow_plaintext: bool) -> SslMode {
        let means_tls = self.roots.is_some() || self.is_direct;
        match self.mode {
            Some(mode) => mode,
            None if !means_tls && (allow_plaintext || server.is_local()) => SslMode::Prefer,
            None => SslMode::Require,
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
            self.check_chain(protection)?;
            let is_certain = matches!(protection, Protection::Tls(_));
            if !is_certain && !server.is_local() && !allow_plaintext {
                return refuse(format!(
                    "sslmode={} would send sessions to {server} unencrypted: take sslmode=require or \
                     sslmode=verify-full, or call `.allow_plaintext()` if nobody else is on that network",
                    self.mode.unwrap_or(SslMode::Prefer).name()
                ));
            }
        }
        Ok(())
    }

    /// Whose name it is, is not asked: among the platform's roots, anybody's certificate would be good.
    fn check_chain(&self, protection: Protection) -> Result<(), StoreError> {
        let is_chain_only = protection == Protection::Tls(Verification::Chain);
        if is_chain_only && !matches!(self.roots, Some(Roots::File(_))) {
            return refuse(
                "sslmode=verify-ca takes a certificate in anybody's name, so it needs a root that vouches for your \
                 servers alone: name its file by sslrootcert=/path/to/root.pem, or take sslmode=verify-full",
            );
        }
        Ok(())
    }

    /// Who names root certificates wants them to be looked at.
    fn check_consistency(&self, allow_unverified: bool) -> Result<(), StoreError> {
        let weak = match self.mode {
            Some(mode @ (SslMode::Prefer | SslMode::NoVerify)) => Some(mode.name()),
            Some(SslMode::Require) | None if allow_unverified => Some("require, unverified"),
            _ => None,
        };
        if let (Some(weak), Some(_)) = (weak, &self.roots) {
            return refuse(format!(
                "root certificates are given (`sslrootcert`), but sslmode={weak} does not look at them: take \
                 sslmode=verify-full, or leave them out"
            ));
        }
        if self.is_direct && matches!(self.mode, Some(SslMode::Disable | SslMode::Prefer)) {
            return refuse(
                "sslnegotiation=direct is TLS at once: take sslmode=require or stricter",
            );
        }
        Ok(())
    }
}
