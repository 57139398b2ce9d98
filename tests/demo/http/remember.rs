//! "Stay signed in": whether the cookie outlives the browser, and for how long.

use super::ADA;
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{Answer, PASSWORD, Visitor},
};

const DAY: u64 = 24 * 60 * 60;

/// `None` if the browser forgets the session when it closes.
fn max_age(answer: &Answer) -> Option<u64> {
    let cookie = answer.session_cookie();
    let mut parts = cookie.split("; ");
    let seconds = parts.find_map(|part| part.strip_prefix("Max-Age="))?;
    Some(seconds.parse().expect("seconds"))
}

#[track_caller]
fn assert_remembered(answer: &Answer) {
    let seconds = max_age(answer).expect("a Max-Age");
    assert!((89 * DAY..=90 * DAY).contains(&seconds), "{seconds}");
}

on_every_database! {
    fn the_browser_forgets_a_session_that_is_not_to_be_remembered(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::new(&demo);
        let form = [("email", ADA), ("password", PASSWORD)];
        for path in ["/signup", "/login"] {
            assert_eq!(max_age(&ada.post(path, &form)), None, "{path}");
        }
        ada.get("/account")
            .assert_shows("until the browser is closed");
    }

    fn a_session_that_is_to_be_remembered_stays_for_ninety_days(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::new(&demo);
        let form = [("email", ADA), ("password", PASSWORD), ("remember", "true")];
        for path in ["/signup", "/login"] {
            assert_remembered(&ada.post(path, &form));
        }
        ada.get("/account")
            .assert_shows("after the browser is closed, too");

        let change = [("current", PASSWORD), ("password", "another password")];
        assert_remembered(&ada.post("/password", &change));
    }

    fn the_box_stays_ticked_when_the_password_is_wrong(database: &Database) {
        let demo = Demo::on(database);
        let visitor = Visitor::new(&demo);
        visitor
            .get("/login")
            .assert_shows(r#"type="checkbox" value="true">"#);
        let form = [("email", ADA), ("password", "?"), ("remember", "true")];
        let answer = visitor.post("/login", &form);
        assert_eq!(answer.status, 401);
        answer.assert_shows(r#"type="checkbox" value="true" checked>"#);
    }
}
