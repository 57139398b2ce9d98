//! The demo as programs use it.

use serde_json::{Value, json};

use super::{ADA, BOB};
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{Answer, PASSWORD, Visitor},
};

const JSON: [(&str, &str); 1] = [("Accept", "application/json")];
const ME: &str = r#"{"id":1,"email":"ada@example.com","admin":true}"#;

fn ask_for_token(program: &Visitor, email: &str, password: &str) -> Answer {
    let credentials = json!({ "email": email, "password": password });
    program.post_json("/api/token", &credentials.to_string())
}

/// What goes into `Authorization`.
fn bearer(program: &Visitor) -> String {
    let answer = ask_for_token(program, ADA, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("set-cookie"), "");
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let token = body["token"].as_str().expect("a token");
    format!("Bearer {token}")
}

fn me(program: &Visitor, authorization: &str) -> Answer {
    program.get_with("/api/me", &[("Authorization", authorization)])
}

on_every_database! {
    fn the_api_answers_in_json_with_and_without_a_session(database: &Database) {
        let demo = Demo::on(database);
        let answer = Visitor::new(&demo).get_with("/api/me", &JSON);
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
        assert_eq!(answer.body, problem);
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, r#"Bearer realm="session""#);

        let answer = Visitor::signed_up(&demo, ADA).get_with("/api/me", &JSON);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.body, ME);
    }

    fn a_program_that_takes_anything_is_told_in_a_line(database: &Database) {
        let demo = Demo::on(database);
        let answer = Visitor::curl(&demo).get("/api/me");
        assert_eq!((answer.status, &*answer.body), (401, "Sign in first.\n"));
    }

    fn a_token_signs_a_program_in_until_its_owner_signs_it_out(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        let curl = Visitor::curl(&demo);
        let token = bearer(&curl);
        let answer = me(&curl, &token);
        assert_eq!((answer.status, &*answer.body), (200, ME));
        assert_eq!(answer.header("set-cookie"), "");
        assert_eq!(me(&curl, "Bearer made-up").status, 401);
        assert_eq!(curl.get("/api/me").status, 401);

        ada.get("/devices").assert_shows("curl, 127.0.0.1");
        ada.post("/logout-everywhere", &[]);
        assert_eq!(me(&curl, &token).status, 401);
    }

    fn a_changed_password_ends_tokens_too(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        let curl = Visitor::curl(&demo);
        let token = bearer(&curl);
        let change = [("current", PASSWORD), ("password", "another password")];
        ada.post("/password", &change);
        assert_eq!(me(&curl, &token).status, 401);
        assert!(ada.is_signed_in());
    }

    fn no_token_is_given_for_a_wrong_password(database: &Database) {
        let demo = Demo::on(database);
        Visitor::signed_up(&demo, ADA);
        let curl = Visitor::curl(&demo);
        for email in [ADA, BOB] {
            let answer = ask_for_token(&curl, email, "wrong guess");
            assert_eq!(answer.status, 401);
            assert_eq!(answer.header("content-type"), "application/problem+json");
            answer.assert_shows("do not belong together");
            answer.assert_hides("token");
        }
    }
}
