//! Each `ssl-mode` with each kind of host.

use super::*;

const LOCAL: &[&str] = &[
    "localhost",
    "LOCALHOST",
    "127.0.0.1",
    "127.8.9.10",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost,127.0.0.1",
];

const REMOTE: &[&str] = &[
    "db.example",
    "localhost.example",
    "10.0.0.1",
    "0.0.0.0",
    "[2001:db8::1]",
    "localhost,db.example",
];

fn is_allowed(hosts: &str, mode: &str, plaintext: bool) -> bool {
    let target = parsed(&format!("mysql://u@{hosts}/app?{mode}"));
    let checked = target.check(plaintext, false);
    if let Err(error) = &checked {
        let text = error.to_string();
        for way_out in ["ssl-mode=REQUIRED", "VERIFY_IDENTITY", ".allow_plaintext()"] {
            assert!(text.contains(way_out), "{text}");
        }
    }
    checked.is_ok()
}

#[test]
fn l_08_plaintext_to_another_machine_is_refused() {
    let weak = [
        "ssl-mode=DISABLED",
        "ssl-mode=PREFERRED",
        "require_ssl=false",
    ];
    let strong = [
        "",
        "ssl-mode=REQUIRED",
        "ssl-mode=no-verify",
        "ssl-mode=VERIFY_CA&ssl-ca=/ca.pem",
        "ssl-mode=VERIFY_IDENTITY",
    ];
    for mode in weak {
        assert!(
            LOCAL.iter().all(|hosts| is_allowed(hosts, mode, false)),
            "{mode}"
        );
        assert!(
            !REMOTE.iter().any(|hosts| is_allowed(hosts, mode, false)),
            "{mode}"
        );
        assert!(
            REMOTE.iter().all(|hosts| is_allowed(hosts, mode, true)),
            "{mode}"
        );
    }
    for mode in strong {
        for hosts in LOCAL.iter().chain(REMOTE) {
            assert!(is_allowed(hosts, mode, false), "{hosts} {mode}");
        }
    }
}

fn protection(text: &str, plaintext: bool, unverified: bool) -> Protection {
    let target = parsed(&format!("mysql://u@{text}"));
    target.protection(&target.servers()[0], plaintext, unverified)
}

#[test]
fn l_08_each_mode_protects_as_it_says() {
    use Protection::{Offered, Plaintext, Unverified, Verified};
    for (text, expected) in [
        ("db.example/app", Verified),
        ("localhost/app", Plaintext),
        ("localhost/app?ssl-ca=/ca.pem", Verified),
        ("localhost/app?ssl-cert=/c.pem&ssl-key=/k.pem", Verified),
        ("localhost/app?ssl-mode=PREFERRED", Offered),
        ("localhost/app?ssl-mode=REQUIRED", Verified),
        ("db.example/app?ssl-mode=DISABLED", Plaintext),
        ("db.example/app?ssl-mode=PREFERRED", Offered),
        ("db.example/app?ssl-mode=REQUIRED", Verified),
        ("db.example/app?ssl-mode=VERIFY_CA", Verified),
        ("db.example/app?ssl-mode=VERIFY_IDENTITY", Verified),
        ("db.example/app?ssl-mode=no-verify", Unverified),
    ] {
        assert_eq!(protection(text, false, false), expected, "{text}");
    }
    assert_eq!(protection("db.example/app", true, false), Offered);
    assert_eq!(protection("db.example/app", false, true), Unverified);
    for strict in ["VERIFY_CA", "VERIFY_IDENTITY"] {
        let text = format!("db.example/app?ssl-mode={strict}");
        assert_eq!(protection(&text, true, true), Verified, "{text}");
    }
}

#[test]
fn a_mode_is_one_however_it_is_spelled() {
    let mode = |text: &str| {
        let target = parsed(&format!("mysql://u@db.example/app?{text}"));
        target.security.mode
    };
    for same in [
        "ssl-mode=VERIFY_IDENTITY",
        "sslmode=verify-full",
        "ssl_mode=verify_identity",
        "sslMode=Verify-Identity",
        "ssl-mode=VERIFY_IDENTITY&sslmode=verify-identity",
        "verify_identity=true",
        "require_ssl=true&verify_ca=true&verify_identity=true",
        "ssl-mode=VERIFY_IDENTITY&verify_identity=true",
    ] {
        assert_eq!(mode(same), mode("ssl-mode=VERIFY_IDENTITY"), "{same}");
    }
    for (driver, ours) in [
        ("require_ssl=true", "ssl-mode=REQUIRED"),
        ("require_ssl=false", "ssl-mode=DISABLED"),
        ("require_ssl=true&verify_ca=false", "ssl-mode=no-verify"),
        (
            "require_ssl=true&verify_identity=false",
            "ssl-mode=VERIFY_CA",
        ),
        ("sslmode=disable", "ssl-mode=DISABLED"),
        ("sslmode=prefer", "ssl-mode=PREFERRED"),
        ("sslmode=require", "ssl-mode=REQUIRED"),
        ("sslmode=verify-ca", "ssl-mode=VERIFY_CA"),
    ] {
        assert_eq!(mode(driver), mode(ours), "{driver}");
    }
}

#[test]
fn l_08_contradictions_are_refused() {
    for (text, unverified) in [
        ("h/app?ssl-mode=DISABLED&ssl-ca=/ca.pem", false),
        ("h/app?ssl-mode=no-verify&ssl-ca=/ca.pem", false),
        ("localhost/app?ssl-mode=PREFERRED&ssl-ca=/ca.pem", false),
        (
            "localhost/app?ssl-mode=DISABLED&ssl-cert=/c.pem&ssl-key=/k.pem",
            false,
        ),
        ("h/app?ssl-mode=REQUIRED&ssl-ca=/ca.pem", true),
        ("h/app?ssl-ca=/ca.pem", true),
    ] {
        let target = parsed(&format!("mysql://u@{text}"));
        assert!(target.check(true, unverified).is_err(), "{text}");
    }
}
