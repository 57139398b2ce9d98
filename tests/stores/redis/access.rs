//! Users of the server and what they may do (M-08): the commands that are documented, and fewer.

use crate::rig::{COMMANDS, instance, store_at};
use locals::{Auth, RedisStore, StoreError, UserId, store::Store, testing::conformance};
use std::time::Duration;
use store_tests::program::{Program, is_outage};
use test_servers::RedisInstance;

const PASSWORD: &str = "correct-horse-battery";

/// A server where `app` may do this with the keys that fit.
fn restricted(pattern: &str, commands: &[&str]) -> Option<RedisInstance> {
    let instance = instance(&[])?;
    let password = format!(">{PASSWORD}");
    let rules = ["ACL", "SETUSER", "app", "reset", "on", &password, pattern];
    instance.command(&rules);
    for command in commands {
        instance.command(&["ACL", "SETUSER", "app", &format!("+{command}")]);
    }
    Some(instance)
}

fn without(forbidden: &[&str]) -> Vec<&'static str> {
    let commands = COMMANDS.iter().copied();
    commands
        .filter(|command| !forbidden.contains(command))
        .collect()
}

fn url(instance: &RedisInstance) -> String {
    format!("redis://app:{PASSWORD}@127.0.0.1:{}/0", instance.port())
}

async fn started(url: &str) -> Result<Auth, String> {
    let store = RedisStore::connect(url).await;
    let store = store.map_err(|error| error.to_string())?;
    let auth = Auth::<UserId>::builder(store).connect().await;
    auth.map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn m_08_the_documented_commands_are_enough() {
    let Some(instance) = restricted("~locals:*", &COMMANDS) else {
        return;
    };
    let store = store_at(&url(&instance)).await;
    conformance::check_with_users::<UserId>(&store, ["1".into(), "2".into()]).await;
    let program = Program::at(&url(&instance)).await;
    program.works().await.expect("every answer");
    assert_eq!(instance.command(&["ACL", "LOG"]), "", "nothing was denied");
}

/// What it would warn of cannot be seen then.
#[tokio::test(flavor = "multi_thread")]
async fn m_03_a_server_that_tells_nothing_of_itself_is_taken_as_it_is() {
    let Some(instance) = restricted("~locals:*", &without(&["info", "config|get", "select"]))
    else {
        return;
    };
    instance.command(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    let store = store_at(&url(&instance)).await;
    let warnings = Store::<UserId>::warnings(&store);
    assert!(warnings.is_empty(), "{warnings:?}");
    let program = Program::at(&url(&instance)).await;
    program.works().await.expect("every answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_are_forbidden_are_named_at_start() {
    let Some(instance) = restricted("~locals:*", &without(&["eval", "evalsha"])) else {
        return;
    };
    let refused = started(&url(&instance)).await;
    let text = refused.expect_err("nobody could sign in");
    assert!(text.contains("scripts"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_forbidden_are_told_at_start() {
    let Some(instance) = restricted("~elsewhere:*", &COMMANDS) else {
        return;
    };
    let refused = started(&url(&instance)).await;
    let text = refused.expect_err("nobody could sign in");
    assert!(text.contains("its pattern of keys"), "{text}");
}

/// Not in the midst of a sign-in.
#[tokio::test(flavor = "multi_thread")]
async fn d_04_a_command_of_the_scripts_that_is_forbidden_is_named_at_start() {
    let Some(instance) = restricted("~locals:*", &COMMANDS) else {
        return;
    };
    for command in [
        "hget", "hgetall", "hset", "hsetnx", "hdel", "pttl", "pexpire",
    ] {
        instance.command(&["ACL", "SETUSER", "app", &format!("-{command}")]);
        let refused = RedisStore::connect(url(&instance)).await;
        let error = refused.expect_err("half a sign-in");
        assert!(matches!(error, StoreError::Setup(_)), "{error}");
        let text = error.to_string();
        let named = format!(" {},", command.to_uppercase());
        assert!(text.contains(&named), "{text}");
        instance.command(&["ACL", "SETUSER", "app", &format!("+{command}")]);
    }
    assert_eq!(instance.command(&["KEYS", "*"]), "", "nothing is left");
    started(&url(&instance)).await.expect("a store");
}

/// Not "no session" for what could not be looked at.
#[tokio::test(flavor = "multi_thread")]
async fn i_01_keys_that_are_forbidden_are_no_missing_sessions() {
    let Some(instance) = restricted("~locals:*", &COMMANDS) else {
        return;
    };
    let auth = started(&url(&instance)).await.expect("a store");
    let session = auth.create_session("ada").await.expect("a session");
    instance.command(&["ACL", "SETUSER", "app", "resetkeys", "~elsewhere:*"]);
    is_outage("a read", auth.validate_session(session.token()).await);
    is_outage("a sign-in", auth.create_session("ada").await);
    is_outage("a sign-out", auth.invalidate_session(session.id()).await);
    is_outage("a list", auth.list_sessions("ada").await);
    instance.command(&["ACL", "SETUSER", "app", "resetkeys", "~locals:*"]);
    let read = auth.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_user_who_is_locked_out_is_away_until_it_is_let_in() {
    let Some(instance) = restricted("~locals:*", &COMMANDS) else {
        return;
    };
    let program = Program::at(&url(&instance)).await;
    instance.command(&["ACL", "SETUSER", "app", "off"]);
    instance.command(&["CLIENT", "KILL", "USER", "app"]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    program.is_away().await;
    instance.command(&["ACL", "SETUSER", "app", "on"]);
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn n_01_no_error_has_a_password() {
    let Some(instance) = restricted("~locals:*", &COMMANDS) else {
        return;
    };
    let wrong = "wrong-donkey-accumulator";
    let wrongly = url(&instance).replace(PASSWORD, wrong);
    let options = RedisStore::options(&wrongly).expect("options");
    let debug = format!("{options:?}");
    assert!(!debug.contains(wrong), "{debug}");
    let error = options.connect().await.expect_err("nobody has it");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    assert!(!error.to_string().contains(wrong), "{error}");
    let store = store_at(&url(&instance)).await;
    let debug = format!("{store:?}");
    assert!(!debug.contains(PASSWORD), "{debug}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_may_stand_alone() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    instance.command(&["CONFIG", "SET", "requirepass", PASSWORD]);
    let bare = format!("redis://127.0.0.1:{}", instance.port());
    let text = started(&bare).await.expect_err("it asks for a password");
    assert!(text.contains("NOAUTH"), "{text}");
    let url = format!("redis://:{PASSWORD}@127.0.0.1:{}", instance.port());
    let auth = started(&url).await.expect("a store");
    auth.ping().await.expect("an answer");
}
