//! Cookies that `build()` refuses, because a browser would refuse or misread them.

use std::time::Duration;

use locals::{Auth, BuildError, CookieOptions, Lifetimes, MemoryStore, SameSite, UserId};

fn build(cookie: CookieOptions) -> Result<Auth<UserId>, BuildError> {
    Auth::builder(MemoryStore::new()).cookie(cookie).build()
}

/// The setting that the refusal names.
fn refused(cookie: CookieOptions) -> &'static str {
    let shown = format!("{cookie:?}");
    match build(cookie) {
        Err(BuildError::Cookie { setting, reason }) => {
            assert!(!reason.is_empty(), "{shown}");
            setting
        }
        Err(other) => panic!("refused for another reason, {other}: {shown}"),
        Ok(_) => panic!("not refused: {shown}"),
    }
}

/// A cookie that may have any domain and path.
fn plain() -> CookieOptions {
    CookieOptions::default().name("s")
}

#[test]
fn b_02_octets_that_are_not_of_a_name_are_refused() {
    let illegal = (0..=0x20_u8)
        .chain([0x7f])
        .map(char::from)
        .chain("()<>@,;:\\\"/[]?={}é\u{85}\u{a0}".chars());
    for octet in illegal {
        for name in [
            format!("{octet}s"),
            format!("s{octet}s"),
            format!("s{octet}"),
        ] {
            assert_eq!(
                refused(CookieOptions::default().name(name.clone())),
                "name",
                "{name:?}"
            );
        }
    }
    assert_eq!(refused(CookieOptions::default().name("")), "name");
}

#[test]
fn b_02_octets_that_end_an_attribute_are_refused() {
    for octet in ['\r', '\n', '\0', '\t', '\u{7f}', ';', 'é', '\u{2028}'] {
        assert_eq!(
            refused(plain().path(format!("/a{octet}b"))),
            "path",
            "{octet:?}"
        );
        assert_eq!(
            refused(plain().path(format!("/a{octet}"))),
            "path",
            "{octet:?}"
        );
        assert_eq!(
            refused(plain().domain(format!("a{octet}.example"))),
            "domain",
            "{octet:?}"
        );
        assert_eq!(
            refused(plain().domain(format!("a.example{octet}"))),
            "domain",
            "{octet:?}"
        );
    }
    for domain in [
        "",
        " ",
        "a b.example",
        "a.example, b.example",
        "https://a.example",
        "a.example/",
    ] {
        assert_eq!(refused(plain().domain(domain)), "domain", "{domain:?}");
    }
    for path in ["", "app", "app/", " /app"] {
        assert_eq!(refused(plain().path(path)), "path", "{path:?}");
    }
}

#[test]
fn b_04_what_browsers_drop_is_refused_with_its_reason() {
    let with = CookieOptions::default;
    let none = || plain().same_site(SameSite::None);
    for (setting, cookie) in [
        ("domain", with().domain("shop.example")),
        ("domain", with().name("__Host-s").domain("shop.example")),
        ("path", with().path("/app")),
        ("path", with().name("__Host-s").path("/app/")),
        ("secure", with().secure(false)),
        ("secure", with().name("__Host-s").secure(false)),
        ("secure", with().name("__Secure-s").secure(false)),
        (
            "secure",
            with()
                .name("__Secure-s")
                .domain("shop.example")
                .secure(false),
        ),
        ("name", with().name("__HOST-session")),
        ("name", with().name("__host-session")),
        ("name", with().name("__hOsT-session")),
        ("name", with().name("__SECURE-session")),
        ("name", with().name("__secure-session")),
        ("same_site", none().secure(false)),
    ] {
        assert_eq!(refused(cookie.clone()), setting, "{cookie:?}");
    }
}

#[test]
fn b_04_what_browsers_take_is_built() {
    let with = CookieOptions::default;
    for cookie in [
        with(),
        with().same_site(SameSite::Strict),
        with().same_site(SameSite::None),
        with()
            .name("__Secure-s")
            .domain("shop.example")
            .path("/app"),
        plain().domain("shop.example"),
        plain().path("/app"),
        with().name("Host-session"),
        with().name("!#$%&'*+-.^_`|~09azAZ"),
    ] {
        let shown = format!("{cookie:?}");
        assert!(build(cookie).is_ok(), "{shown}");
    }
}

#[test]
fn b_05_names_and_attributes_are_bounded() {
    assert_eq!(refused(plain().name("n".repeat(4000))), "name");
    assert_eq!(refused(plain().name("n".repeat(257))), "name");
    assert!(build(plain().name("n".repeat(256))).is_ok());

    let path = |octets: usize| plain().path(format!("/{}", "p".repeat(octets - 1)));
    assert_eq!(refused(path(1025)), "path");
    assert!(build(path(1024)).is_ok());
    assert_eq!(refused(plain().domain(["a"; 600].join("."))), "domain");
}

#[test]
fn b_06_a_lifetime_of_nothing_is_refused() {
    let usual = Lifetimes::default();
    let zero = Duration::ZERO;
    for (name, lifetimes) in [
        (
            "active",
            Lifetimes {
                active: zero,
                ..usual
            },
        ),
        (
            "idle",
            Lifetimes {
                idle: zero,
                ..usual
            },
        ),
        (
            "absolute",
            Lifetimes {
                absolute: zero,
                ..usual
            },
        ),
    ] {
        let built: Result<Auth<UserId>, _> = Auth::builder(MemoryStore::new())
            .lifetimes(lifetimes)
            .build();
        let error = built.expect_err(name).to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn b_15_a_partitioned_cookie_needs_secure_and_same_site_none() {
    let partitioned = || plain().partitioned(true);
    assert_eq!(refused(partitioned()), "partitioned");
    assert_eq!(
        refused(partitioned().same_site(SameSite::Strict)),
        "partitioned"
    );
    let insecure = build(partitioned().same_site(SameSite::None).secure(false));
    assert!(insecure.is_err());
    assert!(build(partitioned().same_site(SameSite::None)).is_ok());
}
