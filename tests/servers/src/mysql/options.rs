//! What a private server is started with.

use std::fmt::Write;

use crate::{home::Home, tls::Ssl};

/// The settings of a [`MySqlInstance`](super::MySqlInstance). By default it is small, and `root` of this machine needs
/// no password.
#[derive(Clone, Default)]
pub struct MySqlOptions {
    /// Of `my.cnf`, written as there: `("max_connections", "8".to_owned())`.
    pub settings: Vec<(&'static str, String)>,
    /// With TLS, beside plain connections: the setting `require_secure_transport` forbids those.
    pub ssl: Option<Ssl>,
    /// Answers when the disk has. Without it, what is committed survives
    /// [`MySqlInstance::kill`](super::MySqlInstance::kill) all the same: only the machine must not end.
    pub durable: bool,
    /// Keeps the log that [`MySqlInstance::replica_of`](super::MySqlInstance::replica_of) wants.
    pub replicated: bool,
}

impl MySqlOptions {
    /// With these settings of `my.cnf`.
    pub fn with(settings: &[(&'static str, &str)]) -> Self {
        let settings = settings.iter();
        Self {
            settings: settings
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            ..Self::default()
        }
    }

    /// The file that the server reads; a setting that stands twice has the latter value.
    fn lines(&self, home: &Home) -> String {
        let folder = home.folder().display();
        let mut lines = format!(
            "[mysqld]\nbind_address = 127.0.0.1\ndatadir = {folder}/data\nsocket = {folder}/socket\n\
             pid_file = {folder}/pid\ntmpdir = {folder}\n"
        );
        lines += "character_set_server = utf8mb4\ninnodb_buffer_pool_size = 32M\n\
                  loose_innodb_log_file_size = 16M\nloose_mysqlx = OFF\n";
        if !self.durable {
            lines += "innodb_flush_log_at_trx_commit = 2\ninnodb_flush_method = nosync\nloose_sync_frm = OFF\n";
        }
        lines += if self.replicated {
            "log_bin = binlog\nloose_log_slave_updates = ON\n\
             loose_gtid_mode = ON\nloose_enforce_gtid_consistency = ON\n"
        } else {
            "skip_log_bin\n"
        };
        if self.ssl.is_some() {
            let _ = writeln!(
                lines,
                "ssl_cert = {folder}/server.crt\nssl_key = {folder}/server.key\nssl_ca = {folder}/root.crt"
            );
        }
        for (name, value) in &self.settings {
            let _ = writeln!(lines, "{name} = {value}");
        }
        lines
    }

    /// `lower_case_table_names`, if it is set.
    pub(super) fn folds_names(&self) -> Option<&str> {
        let mut settings = self.settings.iter();
        let (_, value) = settings.find(|(name, _)| *name == "lower_case_table_names")?;
        Some(value)
    }

    pub(super) fn write_into(&self, home: &Home) {
        home.append("my.cnf", &self.lines(home));
        if let Some(ssl) = &self.ssl {
            home.append("server.crt", &ssl.server.certificate);
            home.append("server.key", &ssl.server.key);
            home.append("root.crt", &ssl.clients);
        }
    }
}
