//! What a cookie may be called and carry.

use super::*;

fn refused(options: CookieOptions) -> &'static str {
    match options.check() {
        Err(BuildError::Cookie { setting, .. }) => setting,
        other => panic!("expected a refusal of {options:?}, got {other:?}"),
    }
}

#[test]
fn b_02_octets_that_could_split_a_header_are_refused_everywhere() {
    for byte in ["\r", "\n", "\0", ";", "é", "\x7f"] {
        let text = format!("/a{byte}b");
        let with = CookieOptions::default;
        assert_eq!(refused(with().name(format!("a{byte}b"))), "name");
        assert_eq!(refused(with().name("s").path(text.clone())), "path");
        assert_eq!(refused(with().name("s").domain(text)), "domain");
    }
    for byte in ["=", ",", " ", "\"", "\\", "\t", ""] {
        assert_eq!(
            refused(CookieOptions::default().name(byte)),
            "name",
            "{byte:?}"
        );
    }
}

#[test]
fn b_04_impossible_combinations_are_refused() {
    let with = CookieOptions::default;
    let none = || with().name("s").same_site(SameSite::None);
    for (setting, options) in [
        ("domain", with().domain("a.example")),
        ("path", with().path("/app")),
        ("secure", with().secure(false)),
        ("secure", with().name("__Secure-s").secure(false)),
        ("name", with().name("__HOST-session")),
        ("name", with().name("__host-session")),
        ("name", with().name("__secure-session")),
        ("same_site", none().secure(false)),
        ("partitioned", with().partitioned(true)),
        ("partitioned", with().name("s").partitioned(true)),
        ("domain", with().name("s").domain(".a.example")),
        ("domain", with().name("s").domain("a..example")),
        ("domain", with().name("s").domain("")),
        ("path", with().name("s").path("app")),
        ("domain", with().name("__Host-Http-s").domain("a.example")),
        ("name", with().name("__Host-http-s")),
        ("path", with().name("s").path("/a b")),
        ("path", with().name("s").path("/a\"")),
        ("secure", with().name("__Http-s").secure(false)),
    ] {
        assert_eq!(refused(options.clone()), setting, "{options:?}");
    }
    for options in [
        with(),
        none(),
        none().partitioned(true),
        with().name("__Secure-s").domain("a.example").path("/app"),
        with().insecure(),
        with().name("__Http-s").insecure(),
        with().name("__Host-Http-s"),
    ] {
        options.check().unwrap();
    }
}

#[test]
fn b_04_in_development_nothing_is_left_that_needs_secure() {
    let embedded = CookieOptions::default()
        .same_site(SameSite::None)
        .partitioned(true);
    let development = embedded.insecure();
    development.check().unwrap();
    assert_eq!(development.name, "session");
    assert_eq!(development.same_site, SameSite::Lax);
    assert!(!development.partitioned && !development.secure);
    let strict = CookieOptions::default().same_site(SameSite::Strict);
    assert_eq!(strict.insecure().same_site, SameSite::Strict);
}

#[test]
fn b_05_names_and_attributes_have_a_size() {
    assert_eq!(
        refused(CookieOptions::default().name("n".repeat(257))),
        "name"
    );
    CookieOptions::default()
        .name("n".repeat(256))
        .check()
        .unwrap();
    let path = |length: usize| {
        CookieOptions::default()
            .name("s")
            .path(format!("/{}", "p".repeat(length - 1)))
    };
    path(1024).check().unwrap();
    assert_eq!(refused(path(1025)), "path");
}

#[test]
fn b_13_the_default_name_gives_nothing_away() {
    let name = CookieOptions::default().name.to_lowercase();
    for word in ["lucia", "rust", "locals", "axum"] {
        assert!(!name.contains(word));
    }
}

#[test]
fn b_15_a_partitioned_cookie_needs_same_site_none_and_secure() {
    let options = CookieOptions::default().partitioned(true);
    assert_eq!(refused(options.clone()), "partitioned");
    options.same_site(SameSite::None).check().unwrap();
}
