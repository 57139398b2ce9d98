//! Several sessions of an account: listed, ended one by one or together, kept over a restart.

use super::{ADA, BOB};
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{Answer, PASSWORD, Visitor},
};

/// The id of the session that the devices page lists under this name.
fn device(page: &Answer, name: &str) -> String {
    let (_, from_name) = page.body.split_once(name).expect("a device of that name");
    let (_, from_id) = from_name.split_once("/devices/").expect("its form");
    let (id, _) = from_id.split_once("/revoke").expect("its button");
    id.to_owned()
}

on_every_database! {
    fn each_session_is_a_device_and_any_of_them_can_be_signed_out(database: &Database) {
        let demo = Demo::on(database);
        let firefox = Visitor::signed_up(&demo, ADA);
        let chrome = Visitor::signed_in(&demo, ADA);

        let page = firefox.get("/devices");
        page.assert_shows("Firefox on Linux, 127.0.0.1");
        page.assert_shows("Chrome on Windows, 127.0.0.1");
        assert_eq!(page.body.matches("This device").count(), 1);
        let other = device(&page, "Chrome on Windows");
        let this = device(&page, "Firefox on Linux");
        assert_ne!(this, other);

        let revoke = format!("/devices/{other}/revoke");
        assert_eq!(firefox.post(&revoke, &[]).leads_to(), "/devices");
        assert!(!chrome.is_signed_in());
        assert!(firefox.is_signed_in());
        firefox.get("/devices").assert_hides("Chrome on Windows");
        assert_eq!(firefox.post(&revoke, &[]).status, 404);

        let revoke = format!("/devices/{this}/revoke");
        assert_eq!(firefox.post(&revoke, &[]).leads_to(), "/");
        assert!(!firefox.is_signed_in());
    }

    fn the_device_of_another_account_is_not_found_and_stays(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        let bob = Visitor::signed_up(&demo, BOB);
        let adas = device(&ada.get("/devices"), "Firefox on Linux");

        let revoke = format!("/devices/{adas}/revoke");
        let answer = bob.post(&revoke, &[]);
        assert_eq!(answer.status, 404);
        answer.assert_hides(ADA);
        let nobody = Visitor::new(&demo).post(&revoke, &[]);
        assert_eq!(nobody.leads_to(), "/login");
        assert!(ada.is_signed_in());
        assert!(bob.is_signed_in());
    }

    fn signing_out_everywhere_ends_every_session_of_the_account_alone(database: &Database) {
        let demo = Demo::on(database);
        let first = Visitor::signed_up(&demo, ADA);
        let second = Visitor::signed_in(&demo, ADA);
        let bob = Visitor::signed_up(&demo, BOB);

        assert_eq!(second.post("/logout-everywhere", &[]).leads_to(), "/");
        assert!(!first.is_signed_in());
        assert!(!second.is_signed_in());
        assert!(bob.is_signed_in());
        assert_eq!(first.post("/logout-everywhere", &[]).leads_to(), "/");
    }

    fn signing_in_again_ends_the_session_that_was_there(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        ada.post("/login", &[("email", ADA), ("password", PASSWORD)]);
        let page = ada.get("/devices");
        assert_eq!(page.body.matches("Firefox on Linux").count(), 1);
    }

    fn a_session_outlives_the_server(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        assert!(demo.interrupt().success());

        let demo = Demo::on(database);
        let ada = ada.at(&demo);
        ada.get("/account").assert_shows(ADA);

        drop(demo); // killed: what was answered is in the database all the same
        let demo = Demo::on(database);
        assert!(ada.at(&demo).is_signed_in());
    }
}
