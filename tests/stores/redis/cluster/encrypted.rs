//! Nodes with TLS (L-08): the certificate of each is held against what it is called by the others.

use super::{key_of, keys_at};
use crate::{
    rig::{auth, ready},
    tls::is_distrusted,
};
use locals::{
    RedisStore, UserId,
    store::{RedisOptions, Store},
};
use std::path::PathBuf;
use store_tests::program::Program;
use test_servers::{RedisCluster, RedisInstance, Ssl, tls::Authority};
use tokio::task::block_in_place;

/// What the nodes call each other, and tell clients to.
const CALLED_LOCALHOST: [(&str, &str); 2] = [
    ("cluster-announce-hostname", "localhost"),
    ("cluster-preferred-endpoint-type", "hostname"),
];

const BY_ADDRESS: &[&str] = &["127.0.0.1"];
const BY_NAME: &[&str] = &["localhost"];

/// A cluster, and the authority that its clients know.
struct Encrypted {
    cluster: RedisCluster,
    authority: PathBuf,
}

impl Encrypted {
    /// Each node has a certificate for these names.
    fn start(settings: &[(&'static str, &str)], names: [&[&str]; 3]) -> Option<Self> {
        let authority = Authority::generate();
        let nodes = names.map(|names| Ssl::new(authority.peer(names), &authority));
        let cluster = block_in_place(|| RedisCluster::start_with_tls(settings, nodes))?;
        let socket = cluster.nodes()[0].socket();
        let folder = socket.parent().expect("a folder of its own");
        Some(Self {
            authority: authority.save(folder),
            cluster,
        })
    }

    /// By this name of the machine.
    fn options(&self, host: &str) -> RedisOptions {
        let url = self.cluster.url().replace("127.0.0.1", host);
        RedisStore::options(url).expect("options")
    }

    fn verifying(&self, host: &str) -> RedisOptions {
        self.options(host).root_certificates(&self.authority)
    }
}

async fn connected(options: RedisOptions) -> RedisStore {
    ready(options.connect().await.expect("a store")).await
}

/// By nobody else but whoever says so here.
fn is_asked_by_tls_alone(node: &RedisInstance) -> bool {
    let clients = node.command(&["CLIENT", "LIST"]);
    let here = format!("laddr=127.0.0.1:{} ", node.tls_port());
    let encrypted = clients.lines().filter(|client| client.contains(&here));
    let encrypted = encrypted.count();
    encrypted > 0 && encrypted == clients.lines().count() - 1
}

/// What a node says of another by ASK and MOVED is the port for TLS.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_a_slot_moves_between_nodes_that_are_asked_by_tls_alone() {
    let Some(encrypted) = Encrypted::start(&[], [BY_ADDRESS; 3]) else {
        return;
    };
    let store = connected(encrypted.verifying("127.0.0.1")).await;
    let cluster = &encrypted.cluster;
    let slot = cluster.slot(&key_of(&store, &UserId::from(1)));
    let program = Program::on(store).await;
    let from = cluster.owner(&slot).port();
    let mut nodes = cluster.nodes().iter();
    let to = nodes.find(|node| node.port() != from);
    let to = to.expect("there are three");
    cluster.begin_move(&slot, to);
    program.works().await.expect("every answer");
    cluster.move_keys(&slot, to);
    program.works().await.expect("every answer");
    cluster.end_move(&slot, to);
    program.works().await.expect("every answer");
    for node in cluster.nodes() {
        assert!(is_asked_by_tls_alone(node), "{}", node.port());
    }
}

/// The names of the URL are for those whom it names.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_a_node_is_verified_by_the_name_that_it_announces() {
    let Some(encrypted) = Encrypted::start(&CALLED_LOCALHOST, [BY_NAME; 3]) else {
        return;
    };
    let program = Program::on(connected(encrypted.verifying("localhost")).await).await;
    program.works().await.expect("every answer");
    is_distrusted(encrypted.verifying("127.0.0.1")).await;
}

/// They are taken for what the URL calls them, and not for what they call each other.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_a_node_that_announces_another_name_than_its_certificate_s_is_refused() {
    let Some(encrypted) = Encrypted::start(&[], [BY_NAME; 3]) else {
        return;
    };
    is_distrusted(encrypted.verifying("localhost")).await;
    let unverified = encrypted.options("localhost").allow_unverified_tls();
    let program = Program::on(connected(unverified).await).await;
    program.works().await.expect("every answer");
}

/// Its users are away; those of the others are served, and whoever runs the program is told.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_one_node_with_the_certificate_of_another_host_is_told_nothing() {
    let names: [&[&str]; 3] = [BY_ADDRESS, BY_ADDRESS, &["elsewhere.example"]];
    let Some(encrypted) = Encrypted::start(&[], names) else {
        return;
    };
    let store = connected(encrypted.verifying("127.0.0.1")).await;
    let [one, other, elsewhere] = encrypted.cluster.nodes() else {
        panic!("there are three");
    };
    let port = elsewhere.tls_port().to_string();
    let is_told = |warning: &String| warning.contains(&port) && warning.contains("certificate");
    let warnings = Store::<UserId>::warnings(&store);
    assert!(warnings.iter().any(is_told), "{warnings:?}");
    let auth = auth(store).await;
    let mut served = 0;
    for user in 0..60 {
        match auth.create_session(user).await {
            Ok(_) => served += 1,
            Err(error) => assert!(error.is_outage(), "{error}"),
        }
    }
    assert!((20..60).contains(&served), "{served} of 60");
    assert_eq!(keys_at(one) + keys_at(other), served);
    assert_eq!(keys_at(elsewhere), 0);
}
