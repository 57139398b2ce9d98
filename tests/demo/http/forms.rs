//! The forms: what they refuse, what they show again, where they lead.

use super::{ADA, BOB};
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{PASSWORD, Visitor},
};

on_every_database! {
    fn a_wrong_password_is_told_in_the_page_and_the_email_stays_typed(database: &Database) {
        let demo = Demo::on(database);
        Visitor::signed_up(&demo, ADA);
        let visitor = Visitor::new(&demo);
        for email in [ADA, "nobody@example.com"] {
            let form = [("email", email), ("password", "wrong guess")];
            let answer = visitor.post("/login", &form);
            assert_eq!(answer.status, 401);
            answer.assert_shows("do not belong together");
            answer.assert_shows(&format!(r#"value="{email}""#));
            answer.assert_hides("wrong guess");
            assert_eq!(answer.header("set-cookie"), "");
        }
        assert!(!visitor.is_signed_in());
    }

    fn a_taken_email_is_a_conflict_in_whatever_case(database: &Database) {
        let demo = Demo::on(database);
        Visitor::signed_up(&demo, ADA);
        let visitor = Visitor::new(&demo);
        for email in [ADA, "Ada@Example.COM"] {
            let answer = visitor.post("/signup", &[("email", email), ("password", PASSWORD)]);
            assert_eq!(answer.status, 409);
            answer.assert_shows("account with this e-mail already");
            answer.assert_shows(&format!(r#"value="{email}""#));
            answer.assert_hides(PASSWORD);
        }
        assert!(!visitor.is_signed_in());
    }

    fn an_empty_field_is_told_beside_it_and_the_email_stays_typed(database: &Database) {
        let demo = Demo::on(database);
        let visitor = Visitor::new(&demo);
        for path in ["/signup", "/login"] {
            let answer = visitor.post(path, &[("email", ADA), ("password", "")]);
            assert_eq!(answer.status, 422, "{path}");
            answer.assert_shows(&format!(r#"value="{ADA}""#));
            answer.assert_shows(r#"id="password-problem""#);
            answer.assert_hides(r#"id="email-problem""#);

            let answer = visitor.post(path, &[("email", " "), ("password", PASSWORD)]);
            assert_eq!(answer.status, 422, "{path}");
            answer.assert_shows(r#"id="email-problem""#);
            answer.assert_hides(r#"id="password-problem""#);
            answer.assert_hides(PASSWORD);
        }
    }

    fn what_was_typed_comes_back_as_text_not_as_markup(database: &Database) {
        let demo = Demo::on(database);
        let email = r#""><script>alert(1)</script>"#;
        let answer = Visitor::new(&demo).post("/login", &[("email", email), ("password", "x")]);
        assert_eq!(answer.status, 401);
        answer.assert_shows("&quot;&gt;&lt;script&gt;");
        answer.assert_hides("<script");
    }

    fn a_form_with_a_field_missing_is_rejected_and_the_session_stays(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        for path in ["/login", "/signup"] {
            let answer = ada.post(path, &[("email", BOB)]);
            assert_eq!(answer.status, 422, "{path}");
            assert_eq!(answer.header("set-cookie"), "", "{path}");
        }
        assert!(ada.is_signed_in());
    }

    fn signing_in_leads_to_the_page_that_was_asked_for(database: &Database) {
        let demo = Demo::on(database);
        Visitor::signed_up(&demo, ADA);
        let visitor = Visitor::new(&demo);
        let login = visitor.get("/devices").leads_to();
        assert_eq!(login, "/login?next=%2Fdevices");
        visitor
            .get(&login)
            .assert_shows(r#"name="next" value="&#x2f;devices""#);

        let wrong = [("email", ADA), ("password", "?"), ("next", "/devices")];
        visitor
            .post("/login", &wrong)
            .assert_shows(r#"name="next" value="&#x2f;devices""#);
        let right = [("email", ADA), ("password", PASSWORD), ("next", "/devices")];
        assert_eq!(visitor.post("/login", &right).leads_to(), "/devices");
    }

    fn a_next_that_leads_away_is_not_followed(database: &Database) {
        let demo = Demo::on(database);
        Visitor::signed_up(&demo, ADA);
        let visitor = Visitor::new(&demo);
        visitor
            .get("/login?next=https%3A%2F%2Fevil.example")
            .assert_hides("evil");
        for next in [
            "//evil.example",
            "https://evil",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "evil.example",
        ] {
            let form = [("email", ADA), ("password", PASSWORD), ("next", next)];
            let answer = Visitor::new(&demo).post("/login", &form);
            assert_eq!(answer.leads_to(), "/account", "{next:?}");
        }
    }

    fn a_form_of_another_site_changes_nothing(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        for path in ["/logout", "/logout-everywhere", "/nowhere"] {
            assert_eq!(ada.post_from("cross-site", path, &[]).status, 403, "{path}");
        }
        assert!(ada.is_signed_in());

        let form = [("email", ADA), ("password", PASSWORD)];
        let answer = Visitor::new(&demo).post_from("cross-site", "/login", &form);
        assert_eq!(answer.status, 403);
        assert_eq!(answer.header("set-cookie"), "");
    }
}
