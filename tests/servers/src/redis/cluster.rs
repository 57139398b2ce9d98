//! Servers that have the keys between them.

use std::process::Command;

use super::{RedisInstance, RedisOptions, patience::until};
use crate::{home, programs, tls::Ssl};

/// Three nodes of one test, and replicas where it asks for them.
///
/// Its functions block.
pub struct RedisCluster {
    nodes: Vec<RedisInstance>,
    options: RedisOptions,
}

/// A node that is gone takes no other with it.
const SETTINGS: [(&str, &str); 4] = [
    ("cluster-enabled", "yes"),
    ("cluster-node-timeout", "5000"),
    ("cluster-require-full-coverage", "no"),
    ("repl-diskless-sync-delay", "0"),
];

/// What the nodes say to each other is encrypted, too, and they announce the ports for it.
const SETTINGS_OF_TLS: [(&str, &str); 2] = [("tls-cluster", "yes"), ("tls-replication", "yes")];

impl RedisCluster {
    /// Starts it with these settings besides, and waits until each node knows the others. `None` where no Redis is
    /// installed.
    pub fn start(settings: &[(&'static str, &str)]) -> Option<Self> {
        Self::of([None, None, None], settings)
    }

    /// The same with TLS, beside plain ports for whoever tests it. The nodes take each other's certificates whatever
    /// names these are for.
    pub fn start_with_tls(settings: &[(&'static str, &str)], nodes: [Ssl; 3]) -> Option<Self> {
        let settings = [&SETTINGS_OF_TLS[..], settings].concat();
        Self::of(nodes.map(Some), &settings)
    }

    fn of(nodes: [Option<Ssl>; 3], settings: &[(&'static str, &str)]) -> Option<Self> {
        let Some(program) = programs::on_path("redis-cli") else {
            return programs::skip(programs::NO_REDIS);
        };
        let options = RedisOptions {
            tls: nodes[0].clone(),
            ..RedisOptions::with(&[&SETTINGS[..], settings].concat())
        };
        let nodes = nodes.map(|tls| {
            let options = options.clone();
            RedisInstance::start(RedisOptions { tls, ..options })
        });
        let cluster = Self {
            nodes: nodes.into_iter().collect::<Option<_>>()?,
            options,
        };
        cluster.join(Command::new(program));
        cluster.settle();
        Some(cluster)
    }

    fn join(&self, mut program: Command) {
        if self.is_encrypted() {
            let authority = self.nodes[0].home.path("root.crt");
            program.arg("--tls").arg("--cacert").arg(authority);
        }
        program.args(["--cluster", "create"]);
        home::run(program.args(self.places()).arg("--cluster-yes"));
    }

    fn is_encrypted(&self) -> bool {
        self.options.tls.is_some()
    }

    /// Waits until every node knows that all slots are served: one that was restarted serves none for two seconds.
    pub fn settle(&self) {
        until("all nodes know all slots", || {
            self.nodes.iter().all(is_complete)
        });
    }

    fn places(&self) -> Vec<String> {
        let nodes = self.nodes.iter();
        nodes
            .map(|node| format!("127.0.0.1:{}", node.announced_port()))
            .collect()
    }

    /// With all the nodes that there are.
    pub fn url(&self) -> String {
        let scheme = if self.is_encrypted() {
            "rediss-cluster"
        } else {
            "redis-cluster"
        };
        format!("{scheme}://{}", self.places().join(","))
    }

    /// Those that were there from the start, and then the replicas.
    pub fn nodes(&self) -> &[RedisInstance] {
        &self.nodes
    }

    /// The slot of a key.
    pub fn slot(&self, key: &str) -> String {
        let [node, ..] = self.nodes.as_slice() else {
            panic!("there are nodes");
        };
        node.command(&["CLUSTER", "KEYSLOT", key])
    }

    /// The node that has this slot.
    pub fn owner(&self, slot: &str) -> &RedisInstance {
        let has = |node: &&RedisInstance| {
            let nodes = node.try_command(&["CLUSTER", "NODES"]).unwrap_or_default();
            let own = nodes.lines().find(|line| line.contains("myself,master"));
            own.is_some_and(|line| has_slot(line, slot))
        };
        let owner = self.nodes.iter().find(has);
        owner.unwrap_or_else(|| panic!("nobody has slot {slot}"))
    }

    /// Keys of this slot may be on their way to this node from now on: those that are not there are made at its end.
    pub fn begin_move(&self, slot: &str, to: &RedisInstance) {
        let from = self.owner(slot);
        to.command(&["CLUSTER", "SETSLOT", slot, "IMPORTING", &id(from)]);
        from.command(&["CLUSTER", "SETSLOT", slot, "MIGRATING", &id(to)]);
    }

    /// Moves the keys that there are.
    pub fn move_keys(&self, slot: &str, to: &RedisInstance) {
        let from = self.owner(slot);
        loop {
            let keys = from.command(&["CLUSTER", "GETKEYSINSLOT", slot, "100"]);
            if keys.is_empty() {
                return;
            }
            let port = to.announced_port().to_string();
            let mut migrate = vec!["MIGRATE", "127.0.0.1", &port, "", "0", "5000", "KEYS"];
            migrate.extend(keys.lines());
            from.command(&migrate);
        }
    }

    /// The slot is that node's from now on.
    pub fn end_move(&self, slot: &str, to: &RedisInstance) {
        let from = self.owner(slot);
        let id = id(to);
        for node in [to, from] {
            node.command(&["CLUSTER", "SETSLOT", slot, "NODE", &id]);
        }
    }

    /// Adds a replica of this node, and waits until it has all that the node has.
    pub fn follow(&mut self, leader: usize) {
        let replica = RedisInstance::start(self.options.clone());
        let replica = replica.expect("the nodes could be started");
        let [first, ..] = self.nodes.as_slice() else {
            panic!("there are nodes");
        };
        let port = first.announced_port().to_string();
        replica.command(&["CLUSTER", "MEET", "127.0.0.1", &port]);
        let leader = id(&self.nodes[leader]);
        until("it knows its leader", || {
            replica.command(&["CLUSTER", "NODES"]).contains(&leader) && is_complete(&replica)
        });
        replica.command(&["CLUSTER", "REPLICATE", &leader]);
        replica.wait_for("master_link_status", "up");
        let replica_id = id(&replica);
        until("the others know it as a replica", || {
            self.nodes.iter().all(|node| {
                let nodes = node.command(&["CLUSTER", "NODES"]);
                let mut lines = nodes.lines();
                lines.any(|line| line.starts_with(&replica_id) && line.contains("slave"))
            })
        });
        self.nodes.push(replica);
    }
}

fn id(node: &RedisInstance) -> String {
    node.command(&["CLUSTER", "MYID"])
}

/// Whether it knows of all slots that they are served.
fn is_complete(node: &RedisInstance) -> bool {
    let info = node.try_command(&["CLUSTER", "INFO"]).unwrap_or_default();
    let says = |line: &str| info.lines().any(|it| it.trim() == line);
    says("cluster_state:ok") && says("cluster_slots_ok:16384")
}

/// Whether a line of `CLUSTER NODES` has this slot, alone or in a range.
fn has_slot(line: &str, slot: &str) -> bool {
    let slot: u16 = slot.parse().expect("a number");
    let ranges = line.split_whitespace().skip(8);
    ranges.filter(|range| !range.starts_with('[')).any(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let bound = |text: &str| text.parse::<u16>().expect("a number");
        (bound(first)..=bound(last)).contains(&slot)
    })
}

#[cfg(test)]
mod tests {
    use super::has_slot;

    #[test]
    fn a_node_has_the_slots_of_its_ranges() {
        let line = "5c68 127.0.0.1:1@10001 myself,master - 0 0 1 connected 0-5 7 [9-<-a46c]";
        for (slot, expected) in [
            ("0", true),
            ("5", true),
            ("6", false),
            ("7", true),
            ("9", false),
        ] {
            assert_eq!(has_slot(line, slot), expected, "{slot}");
        }
    }
}
