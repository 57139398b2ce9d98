//! What a private server is started with.

use std::fmt::Write;

use crate::tls::Ssl;

/// The settings of an [`Instance`](super::Instance). The default is PostgreSQL's, for clients of 127.0.0.1,
/// of which everybody is let in.
#[derive(Clone, Default)]
pub struct Options {
    /// Of `postgresql.conf`, unquoted: `("max_connections", "8".to_owned())`.
    pub settings: Vec<(&'static str, String)>,
    /// Lines of `pg_hba.conf`. Where none of them is for a client, it is let in.
    pub hba: Vec<String>,
    /// With TLS, beside plain connections: lines of `hba` forbid those.
    pub ssl: Option<Ssl>,
    /// Answers before the disk does. What is committed survives [`Instance::kill`](super::Instance::kill)
    /// all the same: only the machine must not end.
    pub without_fsync: bool,
}

impl Options {
    pub(super) fn lines(&self) -> String {
        let mut lines = "listen_addresses = '127.0.0.1'\n".to_owned();
        if self.ssl.is_some() {
            lines += "ssl = on\nssl_ca_file = 'root.crt'\n";
        }
        if self.without_fsync {
            lines += "fsync = off\n";
        }
        // A setting that stands twice has the latter value.
        for (name, value) in &self.settings {
            let _ = writeln!(lines, "{name} = '{}'", value.replace('\'', "''"));
        }
        lines
    }

    /// We come in by the socket, whatever a test forbids. The first line that is for a client decides.
    pub(super) fn rules(&self) -> String {
        let mut rules = "local all postgres trust\nlocal replication postgres trust\n".to_owned();
        for line in &self.hba {
            let _ = writeln!(rules, "{line}");
        }
        rules + "local all all trust\nhost all all 127.0.0.1/32 trust\nhost all all ::1/128 trust\n"
    }
}
