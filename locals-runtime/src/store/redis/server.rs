//! [`Server`]: what a server says of itself, and what whoever runs it should mend.

use super::{
    error::TOO_OLD,
    pipeline::Pipeline,
    resp::{Command, Value},
};
use crate::{error::StoreError, store::refuse};
use std::collections::BTreeMap;

/// The answer to `HELLO`.
#[derive(Debug)]
pub(super) struct Server {
    version: (u32, u32),
    mode: String,
    role: String,
}

/// From here on a script may say that it runs in a server that is full.
const FLAGS: (u32, u32) = (7, 0);
const OLDEST: (u32, u32) = (6, 2);

impl Server {
    pub(super) fn of(hello: &Value) -> Self {
        Self {
            version: version(&said(hello, "version")),
            mode: said(hello, "mode"),
            role: said(hello, "role"),
        }
    }

    /// Whether sessions can be kept there.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] for a replica, which may be there no longer after a failover is over.
    pub(super) fn check(&self, in_cluster: bool) -> Result<(), StoreError> {
        match (self.mode.as_str(), self.role.as_str()) {
            ("cluster", _) if !in_cluster => refuse(
                "this is a node of a Redis Cluster: write redis-cluster://host:6379, or rediss-cluster:// for TLS",
            ),
            ("standalone", _) if in_cluster => {
                refuse("this server is in no cluster: write redis:// for redis-cluster://")
            }
            ("sentinel", _) => refuse(
                "this is a Sentinel: write redis+sentinel://host:26379/service, with the name of what it watches",
            ),
            _ if self.is_replica() => Err(StoreError::unavailable(
                "this server of Redis is a replica, which takes no writes and does not know yet who has signed \
                 out: connect to its primary",
            )),
            _ if self.version < OLDEST => refuse(TOO_OLD),
            _ => Ok(()),
        }
    }

    pub(super) fn is_replica(&self) -> bool {
        matches!(self.role.as_str(), "replica" | "slave")
    }

    pub(super) fn takes_flags(&self) -> bool {
        self.version >= FLAGS
    }
}

/// Whether the server says that it follows another one.
pub(super) async fn leads_to_replica(pipeline: &Pipeline) -> bool {
    let hello = pipeline.ask(&Command::new("HELLO")).await;
    hello.is_ok_and(|hello| Server::of(&hello).is_replica())
}

fn said(hello: &Value, key: &str) -> String {
    match hello.named(key) {
        Some(Value::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    }
}

fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// What to say of a server, of what `INFO` and `CONFIG GET save` answer; nothing of what it does not tell.
pub(super) fn warnings(info: &str, save: Option<&str>) -> Vec<String> {
    let info: BTreeMap<&str, &str> = info
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .collect();
    let mut warnings = Vec::new();
    if let Some(policy) = info
        .get("maxmemory_policy")
        .filter(|policy| **policy != "noeviction")
    {
        warnings.push(format!(
            "Redis evicts keys when its memory is used up (`maxmemory-policy {policy}`): the users whose \
             sessions these are get signed out; set `noeviction`, and then it takes no new session instead"
        ));
    }
    if info.get("aof_enabled") == Some(&"0") && save == Some("") {
        warnings.push(
            "Redis keeps nothing on its disk: when it restarts, everybody is signed out; set `appendonly yes`"
                .to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(version: &str, mode: &str, role: &str) -> Server {
        let text = |text: &str| Value::Text(text.into());
        let pairs = [
            ("server", "redis"),
            ("version", version),
            ("mode", mode),
            ("role", role),
        ];
        let pairs = pairs.map(|(name, value)| (text(name), text(value)));
        Server::of(&Value::Map(pairs.into()))
    }

    #[test]
    fn a_server_is_a_primary_that_is_new_enough() {
        for (version, takes_flags) in [
            ("6.2.0", false),
            ("6.3.4", false),
            ("7.0.15", true),
            ("10.1", true),
        ] {
            let server = server(version, "standalone", "master");
            assert!(server.check(false).is_ok(), "{version}");
            assert_eq!(server.takes_flags(), takes_flags, "{version}");
        }
    }

    #[test]
    fn what_cannot_keep_sessions_is_told_at_start() {
        for (server, part) in [
            (server("6.0.16", "standalone", "master"), "too old"),
            (server("7.0.0", "cluster", "master"), "redis-cluster://"),
            (server("7.0.0", "sentinel", ""), "redis+sentinel://"),
        ] {
            let refused = server.check(false).unwrap_err();
            assert!(matches!(refused, StoreError::Setup(_)));
            assert!(refused.to_string().contains(part), "{refused}");
        }
        let node = server("7.0.0", "cluster", "master");
        assert!(node.check(true).is_ok());
        let single = server("7.0.0", "standalone", "master").check(true);
        assert!(matches!(single, Err(StoreError::Setup(_))));
        for role in ["replica", "slave"] {
            let replica = server("7.0.0", "standalone", role);
            assert!(replica.is_replica());
            let refused = replica.check(false);
            assert!(matches!(refused, Err(StoreError::Unavailable(_))));
        }
        assert!(!server("7.0.0", "standalone", "master").is_replica());
    }

    #[test]
    fn m_03_a_server_that_evicts_or_forgets_is_warned_of() {
        let info = "# Memory\r\nmaxmemory_policy:allkeys-lru\r\n# Persistence\r\naof_enabled:0\r\n";
        assert_eq!(warnings(info, Some("")).len(), 2);
        assert_eq!(warnings(info, Some("3600 1")).len(), 1);
        assert_eq!(
            warnings(info, None).len(),
            1,
            "what is not told is not guessed"
        );
        let kept = "maxmemory_policy:noeviction\r\naof_enabled:1\r\n";
        assert!(warnings(kept, Some("")).is_empty());
        assert!(warnings("", None).is_empty());
    }
}
