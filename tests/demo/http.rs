//! The demo over HTTP.

mod api;
mod flashes;
mod forms;
mod password;
mod refusals;
mod remember;
mod sessions;

#[cfg(not(all(feature = "postgres", feature = "mysql", feature = "redis")))]
use std::process::Command;

#[cfg(not(all(feature = "postgres", feature = "mysql", feature = "redis")))]
use crate::support::server::program;
use crate::{
    database::on_every_database,
    server::Demo,
    visitor::{PASSWORD, Visitor},
};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

on_every_database! {
    fn a_newcomer_signs_up_looks_around_signs_out_and_comes_back(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::new(&demo);

        let home = ada.get("/");
        assert_eq!(home.status, 200);
        home.assert_shows("Hello, stranger");
        assert_eq!(home.header("set-cookie"), "");
        assert_eq!(ada.get("/account").leads_to(), "/login?next=%2Faccount");
        ada.get("/signup")
            .assert_shows(r#"autocomplete="new-password""#);

        let answer = ada.post("/signup", &[("email", ADA), ("password", PASSWORD)]);
        assert_eq!(answer.leads_to(), "/account");
        assert_eq!(answer.header("cache-control"), "no-store");

        let account = ada.get("/account");
        account.assert_shows(ADA);
        account.assert_shows("the administrator");
        ada.get("/").assert_shows(&format!("Hello, {ADA}"));
        assert_eq!(ada.get("/login").leads_to(), "/account");
        assert_eq!(ada.get("/signup").leads_to(), "/account");

        assert_eq!(ada.get("/logout").status, 405);
        assert!(ada.is_signed_in());
        assert_eq!(ada.post("/logout", &[]).leads_to(), "/");
        assert!(!ada.is_signed_in());
        assert_eq!(ada.get("/account").leads_to(), "/login?next=%2Faccount");

        let answer = ada.post("/login", &[("email", ADA), ("password", PASSWORD)]);
        assert_eq!(answer.leads_to(), "/account");
        assert!(ada.is_signed_in());
    }

    fn every_page_of_an_account_stays_out_of_caches(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        for path in [
            "/",
            "/account",
            "/devices",
            "/password",
            "/admin",
            "/api/me",
            "/nowhere",
        ] {
            let cache = ada.get(path).header("cache-control");
            assert_eq!(cache, "no-store", "{path}");
        }
    }

    fn only_the_first_account_sees_the_list_of_accounts(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        let bob = Visitor::signed_up(&demo, BOB);

        let list = ada.get("/admin");
        assert_eq!(list.status, 200);
        list.assert_shows(BOB);

        let refusal = bob.get("/admin");
        assert_eq!(refusal.status, 403);
        refusal.assert_hides(ADA);
        bob.get("/account").assert_hides("administrator");

        let login = Visitor::new(&demo).get("/admin").leads_to();
        assert_eq!(login, "/login?next=%2Fadmin");
    }

    fn the_style_sheet_is_cacheable_and_the_same_for_everybody(database: &Database) {
        let demo = Demo::on(database);
        let ada = Visitor::signed_up(&demo, ADA);
        let style = ada.get("/style.css");
        assert_eq!(style.status, 200);
        assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
        assert_eq!(style.header("cache-control"), "public, max-age=300");
        assert_eq!(style.header("vary"), "");
        assert_eq!(style.header("set-cookie"), "");
    }
}

#[cfg(unix)]
#[test]
fn the_database_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("demo.db");
    let demo = Demo::with_database(&database);
    Visitor::signed_up(&demo, ADA);
    let mode = database.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_demo_that_has_no_postgresql_names_the_command_for_one_that_has() {
    names_the_command("postgres");
}

#[cfg(not(feature = "mysql"))]
#[test]
fn a_demo_that_has_no_mysql_names_the_command_for_one_that_has() {
    names_the_command("mysql");
}

#[cfg(not(feature = "redis"))]
#[test]
fn a_demo_that_has_no_redis_names_the_command_for_one_that_has() {
    names_the_command("redis");
}

/// For a demo that was compiled without the feature of this name.
#[cfg(not(all(feature = "postgres", feature = "mysql", feature = "redis")))]
fn names_the_command(feature: &str) {
    let database = format!("{feature}://ada:swordfish@localhost/0");
    let demo = Command::new(program("demo"))
        .env("DATABASE", database)
        .output()
        .unwrap();
    assert!(!demo.status.success());
    let told = String::from_utf8(demo.stderr).unwrap();
    let command = format!("cargo run --example demo --features {feature}");
    assert!(told.contains(&command), "{told}");
    assert!(!told.contains("swordfish"), "{told}");
}
