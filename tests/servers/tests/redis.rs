//! The shared server, its prefixes, and what a test may do to its own.

use std::{
    thread,
    time::{Duration, Instant},
};

use test_servers::{Redis, RedisCluster, RedisInstance, RedisOptions, RedisSentinel};

fn instance(settings: &[(&'static str, &str)]) -> Option<RedisInstance> {
    RedisInstance::start(RedisOptions::with(settings))
}

#[test]
fn a_prefix_is_of_one_test() {
    let Some(redis) = Redis::shared() else {
        return;
    };
    let (one, other) = (redis.prefix(), redis.prefix());
    assert_ne!(one, other);
    let key = format!("{one}:key");
    assert_eq!(
        redis.command(&["SET", &key, "a value\r\nof two lines"]),
        "OK"
    );
    assert_eq!(redis.command(&["GET", &key]), "a value\r\nof two lines");
    assert_eq!(redis.command(&["GET", &format!("{other}:key")]), "");
    let both = redis.command(&["MGET", &key, &key]);
    assert_eq!(both.lines().count(), 4);
    assert_eq!(redis.command(&["DEL", &key]), "1");
}

#[test]
fn a_refusal_is_an_error() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let refused = instance.try_command(&["NONSENSE"]).expect_err("no command");
    assert!(refused.starts_with("ERR unknown command"), "{refused}");
}

#[test]
fn a_server_pauses_and_goes_on() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    instance.pause();
    thread::scope(|scope| {
        let asked = scope.spawn(|| instance.command(&["PING"]));
        thread::sleep(Duration::from_millis(300));
        assert!(!asked.is_finished());
        instance.resume();
        assert_eq!(asked.join().expect("an answer"), "PONG");
    });
}

#[test]
fn what_is_not_synchronised_is_lost_with_the_power() {
    let settings = [("appendonly", "yes"), ("appendfsync", "always")];
    let Some(instance) = instance(&settings) else {
        return;
    };
    let Some(disk) = instance.watch_disk() else {
        return;
    };
    instance.command(&["SET", "kept", "1"]);
    instance.command(&["CONFIG", "SET", "appendfsync", "no"]);
    instance.command(&["SET", "lost", "1"]);
    instance.kill();
    disk.lose_power();
    instance.start_again();
    assert_eq!(instance.command(&["GET", "kept"]), "1");
    assert_eq!(instance.command(&["GET", "lost"]), "");
}

#[test]
fn what_is_synchronised_survives_a_crash_and_a_restart() {
    let settings = [("appendonly", "yes"), ("appendfsync", "always")];
    let Some(instance) = instance(&settings) else {
        return;
    };
    let port = instance.port();
    instance.command(&["SET", "kept", "1"]);
    instance.kill();
    let gone = instance.try_command(&["PING"]);
    assert!(gone.is_err(), "{gone:?}");
    instance.start_again();
    assert_eq!(instance.command(&["GET", "kept"]), "1");
    instance.restart();
    assert_eq!(instance.command(&["GET", "kept"]), "1");
    assert_eq!(instance.port(), port);
}

#[test]
fn what_is_kept_in_memory_only_does_not() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    instance.command(&["SET", "lost", "1"]);
    instance.restart();
    assert_eq!(instance.command(&["GET", "lost"]), "");
}

#[test]
fn a_server_that_is_paused_ends_with_its_value_at_once() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let socket = instance.socket();
    assert!(socket.exists());
    instance.pause();
    let start = Instant::now();
    drop(instance);
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(!socket.exists(), "its folder has gone");
}

#[test]
fn a_replica_follows() {
    let (Some(first), Some(second)) = (instance(&[]), instance(&[])) else {
        return;
    };
    first.command(&["SET", "copied", "1"]);
    second.command(&["REPLICAOF", "127.0.0.1", &first.port().to_string()]);
    second.wait_for("master_link_status", "up");
    assert_eq!(second.command(&["GET", "copied"]), "1");
    assert_eq!(second.info("role"), "slave");
}

#[test]
fn sentinels_make_the_follower_lead() {
    let Some(sentinel) = RedisSentinel::start() else {
        return;
    };
    let follower = sentinel.follower();
    sentinel.leader().command(&["SET", "copied", "1"]);
    sentinel.wait_for_follower();
    assert_eq!(follower.command(&["GET", "copied"]), "1");
    sentinel.fail_over();
    assert_eq!(sentinel.leader().port(), follower.port());
    assert_eq!(follower.info("role"), "master");
}

#[test]
fn a_slot_moves_with_its_keys() {
    let Some(mut cluster) = RedisCluster::start(&[]) else {
        return;
    };
    let slot = cluster.slot("{tag}key");
    let from = cluster.owner(&slot);
    let to = cluster.nodes().iter().find(|it| it.port() != from.port());
    let to = to.expect("another");
    from.command(&["SET", "{tag}key", "1"]);
    cluster.begin_move(&slot, to);
    assert_eq!(from.command(&["GET", "{tag}key"]), "1");
    let asked = from.try_command(&["GET", "{tag}other"]);
    let asked = asked.expect_err("it is to be made there");
    assert!(asked.starts_with("ASK "), "{asked}");
    cluster.move_keys(&slot, to);
    cluster.end_move(&slot, to);
    assert_eq!(to.command(&["GET", "{tag}key"]), "1");
    let moved = from.try_command(&["GET", "{tag}key"]);
    assert!(moved.expect_err("it has gone").starts_with("MOVED "));
    cluster.follow(0);
    assert_eq!(cluster.nodes().len(), 4);
}
