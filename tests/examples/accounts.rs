//! Signing up, signing in, signing out, and what is refused.

use crate::{
    ADA, BOB,
    device::{Device, PASSWORD},
    on_both_examples,
    support::server::Server,
};
use serde_json::json;

on_both_examples! {
    fn a_newcomer_signs_up_signs_out_and_comes_back(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::new(&api);
        assert!(!ada.is_signed_in());

        let answer = ada.enter("/signup", ADA, PASSWORD);
        assert_eq!(answer.status, 201);
        assert_eq!(answer.header("cache-control"), "no-store");
        let me = ada.get("/me");
        assert_eq!(me.status, 200);
        assert_eq!(me.header("cache-control"), "private");
        assert_eq!(me.json(), json!({ "id": 1, "email": ADA }));
        assert_eq!(answer.json(), me.json());

        let answer = ada.post("/logout", "");
        assert_eq!(answer.status, 204);
        assert_eq!(answer.body, "");
        assert_eq!(answer.cookie(), "session=");
        assert!(!ada.is_signed_in());

        let answer = ada.enter("/login", ADA, PASSWORD);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), me.json());
        assert!(ada.is_signed_in());
    }

    fn a_cookie_opens_nothing_after_signing_out(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::new(&api);
        let cookie = ada.enter("/signup", ADA, PASSWORD).cookie();
        let thief = Device::new(&api);
        assert_eq!(thief.me_with(&cookie).status, 200);
        ada.post("/logout", "");
        thief.me_with(&cookie).assert_refuses(401);
    }

    fn signing_out_without_a_session_is_fine(example: &str) {
        let api = Server::without_accounts(example);
        let answer = Device::new(&api).post("/logout", "");
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("set-cookie"), "");
    }

    fn a_taken_email_is_a_conflict_in_whatever_case(example: &str) {
        let api = Server::without_accounts(example);
        Device::signed_up(&api, ADA);
        let device = Device::new(&api);
        for email in [ADA, "Ada@Example.COM", " ada@example.com "] {
            device.enter("/signup", email, PASSWORD).assert_refuses(409);
        }
        assert!(!device.is_signed_in());
    }

    fn an_empty_field_is_refused(example: &str) {
        let api = Server::without_accounts(example);
        let device = Device::new(&api);
        for path in ["/signup", "/login"] {
            for (email, password) in [("", PASSWORD), (" ", PASSWORD), (ADA, "")] {
                device.enter(path, email, password).assert_refuses(422);
            }
        }
        assert!(!device.is_signed_in());
    }

    fn a_short_password_is_refused(example: &str) {
        let api = Server::without_accounts(example);
        let device = Device::new(&api);
        device.enter("/signup", ADA, "swordfi").assert_refuses(422);
        assert_eq!(device.enter("/signup", ADA, "swordfis").status, 201);
    }

    fn what_is_no_json_is_refused_and_the_session_stays(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::signed_up(&api, ADA);
        for path in ["/signup", "/login"] {
            for body in [
                "",
                "{",
                "null",
                r#"{"email": "bob@example.com"}"#,
                r#"{"email": "bob@example.com", "password": 12345678}"#,
                "email=bob%40example.com&password=12345678",
            ] {
                ada.post(path, body).assert_refuses(400);
            }
        }
        assert!(ada.is_signed_in());
    }

    fn a_wrong_password_and_an_unknown_email_are_told_alike(example: &str) {
        let api = Server::without_accounts(example);
        Device::signed_up(&api, ADA);
        let device = Device::new(&api);
        let wrong = device.enter("/login", ADA, "wrong guess");
        wrong.assert_refuses(401);
        let unknown = device.enter("/login", BOB, "wrong guess");
        unknown.assert_refuses(401);
        assert_eq!(wrong.body, unknown.body);
        assert!(!device.is_signed_in());
    }

    fn a_wrong_password_leaves_the_session_that_is_there(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::signed_up(&api, ADA);
        ada.enter("/login", ADA, "wrong guess").assert_refuses(401);
        assert!(ada.is_signed_in());
    }

    fn without_a_session_only_the_way_in_is_open(example: &str) {
        let api = Server::without_accounts(example);
        let device = Device::new(&api);
        device.get("/me").assert_refuses(401);
        device.get("/sessions").assert_refuses(401);
        device.delete("/sessions/AAECAwQFBgcICQoLDA0ODw").assert_refuses(401);
        device.me_with("session=no.token").assert_refuses(401);
    }

    fn an_address_without_a_handler_is_not_found(example: &str) {
        let api = Server::without_accounts(example);
        let device = Device::new(&api);
        for path in ["/", "/nowhere", "/login", "/me/too", "/sessions/"] {
            device.get(path).assert_refuses(404);
        }
    }

    fn another_site_changes_nothing(example: &str) {
        let api = Server::without_accounts(example);
        let ada = Device::signed_up(&api, ADA);
        let current = ada.session(true);
        let bob = json!({ "email": BOB, "password": PASSWORD }).to_string();
        for (method, path, body) in [
            ("POST", "/signup", bob.as_str()),
            ("POST", "/login", bob.as_str()),
            ("POST", "/logout", ""),
            ("DELETE", current.as_str(), ""),
        ] {
            ada.send_from("cross-site", method, path, body).assert_refuses(403);
        }
        assert!(ada.is_signed_in());
        Device::new(&api).enter("/login", BOB, PASSWORD).assert_refuses(401);
    }
}
