//! URLs of the other kind, and the rights that are enough.

use super::{cluster, key_of, store};
use crate::rig::{COMMANDS, instance};
use locals::{RedisStore, StoreError, UserId, store::Store};
use store_tests::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn a_url_of_the_other_kind_is_told_which_to_write() {
    let (Some(cluster), Some(single)) = (cluster(&[]), instance(&[])) else {
        return;
    };
    let node = cluster.nodes()[0].port();
    for (url, part) in [
        (format!("redis://127.0.0.1:{node}"), "redis-cluster://"),
        (
            format!("redis-cluster://127.0.0.1:{}", single.port()),
            "redis://",
        ),
    ] {
        let refused = RedisStore::connect(&url).await.expect_err("another kind");
        assert!(matches!(refused, StoreError::Setup(_)), "{refused}");
        assert!(refused.to_string().contains(part), "{url}: {refused}");
    }
}

/// Of one node it is a warning, of all it is a reason not to start.
#[tokio::test(flavor = "multi_thread")]
async fn one_node_that_refuses_us_keeps_nobody_from_starting() {
    let Some(cluster) = cluster(&[]) else { return };
    let [first, others @ ..] = cluster.nodes() else {
        panic!("there are three");
    };
    first.command(&["ACL", "SETUSER", "default", "-eval"]);
    let store = RedisStore::connect(cluster.url()).await.expect("a store");
    let warnings = Store::<UserId>::warnings(&store);
    let port = first.port().to_string();
    let is_named = |warning: &String| warning.contains(&port) && warning.contains("scripts");
    assert!(warnings.iter().any(is_named), "{warnings:?}");
    for node in others {
        node.command(&["ACL", "SETUSER", "default", "-eval"]);
    }
    let refused = RedisStore::connect(cluster.url()).await;
    let error = refused.expect_err("nobody could sign in");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn l_08_the_rights_that_are_documented_are_enough() {
    let rights = COMMANDS.join(" +");
    let user = format!("app on >theirs ~locals:* -@all +{rights} +cluster|slots +asking");
    let Some(cluster) = cluster(&[("user", &user)]) else {
        return;
    };
    let url = cluster.url();
    let url = url.replacen("://", "://app:theirs@", 1);
    let program = Program::at(&url).await;
    let beside = store(&cluster).await;
    let slot = cluster.slot(&key_of(&beside, &UserId::from(1)));
    let owner = cluster.owner(&slot).port();
    let mut nodes = cluster.nodes().iter();
    let to = nodes.find(|node| node.port() != owner).expect("another");
    cluster.begin_move(&slot, to);
    cluster.move_keys(&slot, to);
    program.works().await.expect("every answer");
    cluster.end_move(&slot, to);
    program.works().await.expect("every answer");
    let refused = RedisStore::connect(url.replace("theirs", "others")).await;
    let error = refused.expect_err("it is another password");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    assert!(!error.to_string().contains("others"), "{error}");
}
