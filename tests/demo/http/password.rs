//! The change of a password.

use super::ADA;
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{PASSWORD, Visitor},
};

const OTHER: &str = "hunter2 and hunter3";

on_every_database! {
    fn a_changed_password_signs_the_other_browsers_out_and_this_one_stays(database: &Database) {
        let demo = Demo::on(database);
        let firefox = Visitor::signed_up(&demo, ADA);
        let chrome = Visitor::signed_in(&demo, ADA);
        let form = [("current", PASSWORD), ("password", OTHER)];
        assert_eq!(firefox.post("/password", &form).leads_to(), "/account");

        assert!(firefox.is_signed_in());
        assert!(!chrome.is_signed_in());
        let devices = firefox.get("/devices");
        assert_eq!(devices.body.matches("/revoke").count(), 1);

        let old = chrome.post("/login", &[("email", ADA), ("password", PASSWORD)]);
        assert_eq!(old.status, 401);
        let new = chrome.post("/login", &[("email", ADA), ("password", OTHER)]);
        assert_eq!(new.leads_to(), "/account");
        assert!(chrome.is_signed_in());
        assert!(firefox.is_signed_in());
    }

    fn a_change_that_is_refused_signs_nobody_out(database: &Database) {
        let demo = Demo::on(database);
        let firefox = Visitor::signed_up(&demo, ADA);
        let chrome = Visitor::signed_in(&demo, ADA);

        let wrong = firefox.post("/password", &[("current", OTHER), ("password", OTHER)]);
        assert_eq!(wrong.status, 422);
        wrong.assert_shows(r#"id="current-problem""#);
        wrong.assert_hides(r#"id="password-problem""#);
        wrong.assert_hides(OTHER);

        let short = firefox.post("/password", &[("current", PASSWORD), ("password", "short")]);
        assert_eq!(short.status, 422);
        short.assert_hides(r#"id="current-problem""#);
        short.assert_shows(r#"id="password-problem""#);
        short.assert_hides(PASSWORD);

        let form = [("current", PASSWORD), ("password", OTHER)];
        let forged = firefox.post_from("cross-site", "/password", &form);
        assert_eq!(forged.status, 403);

        assert!(firefox.is_signed_in());
        assert!(chrome.is_signed_in());
        Visitor::signed_in(&demo, ADA);
    }

    fn it_takes_a_session(database: &Database) {
        let demo = Demo::on(database);
        let login = Visitor::new(&demo).get("/password").leads_to();
        assert_eq!(login, "/login?next=%2Fpassword");
    }
}
