//! Pages for what is refused, not there or out of order: in the demo's own look, for people only.

use super::{ADA, BOB};
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{Answer, Visitor},
};

#[track_caller]
fn assert_styled(answer: &Answer, status: u16, title: &str) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy:?}");
    answer.assert_shows(r#"<link rel="stylesheet" href="/style.css">"#);
    answer.assert_shows(r#"<nav aria-label="Main">"#);
    answer.assert_shows(&format!("<h1>{title}</h1>"));
}

on_every_database! {
    fn a_page_that_is_not_for_everybody_says_so(database: &Database) {
        let demo = Demo::on(database);
        Visitor::signed_up(&demo, ADA);
        let bob = Visitor::signed_up(&demo, BOB);
        let refusal = bob.get("/admin");
        assert_styled(&refusal, 403, "Not yours to see");
        assert_eq!(refusal.header("cache-control"), "no-store");
        refusal.assert_hides("Sign up");

        let navigation = [("Sec-Fetch-Mode", "navigate")];
        assert_styled(
            &bob.get_with("/admin", &navigation),
            403,
            "Not yours to see",
        );
        let fetch = bob.get_with("/admin", &[("Sec-Fetch-Mode", "cors")]);
        assert_eq!((fetch.status, &*fetch.body), (403, "Not allowed.\n"));
    }

    fn a_form_of_another_site_is_answered_with_a_page(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        let forged = ada.post_from("cross-site", "/logout", &[]);
        assert_styled(&forged, 403, "That came from another site");
    }

    fn a_person_at_an_address_for_programs_is_shown_the_way_to_sign_in(database: &Database) {
        let demo = Demo::on(database);
        let refusal = Visitor::new(&demo).get("/api/me");
        assert_styled(&refusal, 401, "Sign in first");
        refusal.assert_shows("&#x2f;login?next=%2Fapi%2Fme");
    }

    fn what_is_not_there_is_told_to_everybody(database: &Database) {
        let demo = Demo::on(database);
        let nobody = Visitor::new(&demo).get("/nowhere");
        assert_styled(&nobody, 404, "Not found");
        nobody.assert_shows("Sign up");
        let ada = Visitor::signed_up(&demo, ADA).get("/nowhere");
        assert_styled(&ada, 404, "Not found");
        ada.assert_shows("Sign out");
    }

    fn a_store_that_fails_is_told_and_costs_nobody_the_session(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);

        database.hide_the_sessions();
        // A page that asks for the session itself, and one for which the library does.
        for path in ["/", "/account"] {
            let page = ada.get(path);
            assert_styled(&page, 503, "Try again in a moment");
            assert_eq!(page.header("retry-after"), "1", "{path}");
            assert_eq!(page.header("set-cookie"), "", "{path}");
            page.assert_hides("locals_sessions");
        }
        let program = ada.get_with("/api/me", &[("Accept", "application/json")]);
        assert_eq!(program.status, 503);
        assert_eq!(program.header("content-type"), "application/problem+json");

        database.show_the_sessions();
        ada.get("/account").assert_shows("Your account is made.");
    }
}
