//! Several sessions of an account: listed, ended one by one, kept over a restart.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{
    ADA, BOB,
    device::{Device, PASSWORD},
    on_both_examples,
    support::server::Server,
};

on_both_examples! {
    fn the_list_tells_every_session_and_marks_the_one_that_asks(example: &str) {
        let api = Server::without_accounts(example);
        let phone = Device::signed_up(&api, ADA);
        let laptop = Device::signed_in(&api, ADA);
        Device::signed_up(&api, BOB);

        assert_eq!(phone.sessions().len(), 2);
        assert_eq!(phone.session(true), laptop.session(false));
        assert_eq!(phone.session(false), laptop.session(true));
        assert_ne!(phone.session(true), phone.session(false));

        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.expect("a clock after 1970").as_secs();
        for session in phone.sessions() {
            let created_at = session["created_at"].as_u64().expect("whole seconds");
            assert!((now - 60..=now).contains(&created_at), "{session}");
        }
    }

    fn another_device_is_signed_out_from_here(example: &str) {
        let api = Server::without_accounts(example);
        let phone = Device::signed_up(&api, ADA);
        let laptop = Device::signed_in(&api, ADA);

        let other = phone.session(false);
        let answer = phone.delete(&other);
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("set-cookie"), "");
        assert!(!laptop.is_signed_in());
        assert!(phone.is_signed_in());
        assert_eq!(phone.sessions().len(), 1);
        phone.delete(&other).assert_refuses(404);
    }

    fn ending_the_session_that_asks_is_signing_out(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::signed_up(&api, ADA);
        let answer = ada.delete(&ada.session(true));
        assert_eq!(answer.status, 204);
        assert_eq!(answer.cookie(), "session=");
        assert!(!ada.is_signed_in());
    }

    fn the_session_of_somebody_else_is_not_found_and_stays(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::signed_up(&api, ADA);
        let bob = Device::signed_up(&api, BOB);
        bob.delete(&ada.session(true)).assert_refuses(404);
        assert!(ada.is_signed_in());
        assert!(bob.is_signed_in());
    }

    fn what_is_no_session_id_is_not_found(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::signed_up(&api, ADA);
        for path in ["/sessions/1", "/sessions/%FF", "/sessions/..%2Fme"] {
            ada.delete(path).assert_refuses(404);
        }
    }

    fn signing_in_again_replaces_the_session_that_was_there(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::new(&api);
        let first = ada.enter("/signup", ADA, PASSWORD).cookie();
        let second = ada.enter("/login", ADA, PASSWORD).cookie();
        assert_ne!(first, second);
        assert_eq!(ada.sessions().len(), 1);

        let elsewhere = Device::new(&api);
        elsewhere.me_with(&first).assert_refuses(401);
        assert_eq!(elsewhere.me_with(&second).status, 200);
    }

    fn a_session_outlives_the_server(example: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = folder.path().join("example.db");
        let api = Server::start(example, &database);
        let ada = Device::signed_up(&api, ADA);

        drop(api); // killed: what was answered is in the file all the same
        let api = Server::start(example, &database);
        let ada = ada.at(&api);
        assert!(ada.is_signed_in());
        assert_eq!(ada.sessions().len(), 1);
    }
}
