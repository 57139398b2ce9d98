//! What one page tells the next.

use super::ADA;
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{PASSWORD, Visitor},
};

const REGION: &str = r#"role="status""#;

#[track_caller]
fn assert_told_once(visitor: &Visitor, path: &str, text: &str) {
    let page = visitor.get(path);
    page.assert_shows(REGION);
    page.assert_shows(text);
    assert_eq!(page.header("cache-control"), "no-store");
    visitor.get(path).assert_hides(REGION);
}

on_every_database! {
    fn what_was_done_is_told_on_the_next_page_and_not_again(database: &Database) {
        let demo = Demo::on(database);
        Visitor::new(&demo).get("/").assert_hides(REGION);

        let ada = Visitor::signed_up(&demo, ADA);
        assert_told_once(&ada, "/account", "Your account is made.");

        ada.post("/logout", &[]);
        assert_told_once(&ada, "/", "You are signed out.");

        ada.post("/login", &[("email", ADA), ("password", PASSWORD)]);
        assert_told_once(&ada, "/account", "Welcome back.");

        let change = [("current", PASSWORD), ("password", "another password")];
        ada.post("/password", &change);
        assert_told_once(&ada, "/account", "Your password is changed.");

        ada.post("/logout-everywhere", &[]);
        assert_told_once(&ada, "/", "You are signed out on every device.");
    }

    fn it_waits_for_a_page(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        assert_eq!(ada.get("/style.css").header("set-cookie"), "");
        assert!(ada.is_signed_in());
        assert_told_once(&ada, "/nowhere", "Your account is made.");
    }

    fn nothing_is_told_of_what_was_refused(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        ada.get("/account");
        let wrong = ada.post("/login", &[("email", ADA), ("password", "?")]);
        assert_eq!(wrong.status, 401);
        ada.post_from("cross-site", "/logout", &[]);
        ada.get("/account").assert_hides(REGION);
    }
}
