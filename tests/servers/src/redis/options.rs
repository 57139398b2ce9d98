//! What a private server is started with.

use std::fmt::Write;

use crate::{home::Home, tls::Ssl};

/// The settings of a [`RedisInstance`](super::RedisInstance). By default it keeps nothing on disk, and lets everybody
/// of 127.0.0.1 in.
#[derive(Clone, Default)]
pub struct RedisOptions {
    /// Of `redis.conf`, written as there: `("maxmemory", "8mb".to_owned())`. One with a setting of `sentinel` is one.
    pub settings: Vec<(&'static str, String)>,
    /// With a port for TLS, beside the plain one: clients need no certificate, other nodes of a cluster do.
    pub tls: Option<Ssl>,
}

impl RedisOptions {
    /// With these settings of `redis.conf`.
    pub fn with(settings: &[(&'static str, &str)]) -> Self {
        let settings = settings.iter();
        Self {
            settings: settings
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
            tls: None,
        }
    }

    /// Whether it is to watch other servers.
    pub(super) fn is_sentinel(&self) -> bool {
        self.settings.iter().any(|(name, _)| *name == "sentinel")
    }

    /// The file that the server reads; a setting that stands twice has the latter value.
    pub(super) fn lines(&self, home: &Home) -> String {
        let folder = home.folder().display();
        let mut lines = format!(
            "bind 127.0.0.1\nsave \"\"\nappendonly no\ndir {folder}\nlogfile {folder}/log\n\
             pidfile {folder}/pid\nunixsocket {folder}/socket\n"
        );
        if self.tls.is_some() {
            let _ = writeln!(
                lines,
                "tls-cert-file {folder}/server.crt\ntls-key-file {folder}/server.key\n\
                 tls-ca-cert-file {folder}/root.crt\ntls-auth-clients no"
            );
        }
        for (name, value) in &self.settings {
            let _ = writeln!(lines, "{name} {value}");
        }
        lines
    }

    pub(super) fn write_into(&self, home: &Home) {
        home.append("redis.conf", &self.lines(home));
        if let Some(tls) = &self.tls {
            home.append("server.crt", &tls.server.certificate);
            home.append("server.key", &tls.server.key);
            home.append("root.crt", &tls.clients);
        }
    }
}
