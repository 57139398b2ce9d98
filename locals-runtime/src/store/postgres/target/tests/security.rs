//! Each `sslmode` with each kind of host.

use super::*;

const LOCAL: &[&str] = &[
    "host=localhost",
    "host=LOCALHOST",
    "host=127.0.0.1",
    "host=127.8.9.10",
    "host=::1",
    "host=::ffff:127.0.0.1",
    "host=db.example hostaddr=127.0.0.1",
    "host=localhost,127.0.0.1",
];

const REMOTE: &[&str] = &[
    "host=db.example",
    "host=localhost.example",
    "host=10.0.0.1",
    "host=0.0.0.0",
    "host=2001:db8::1",
    "host=localhost hostaddr=10.0.0.1",
    "host=localhost,db.example",
];

fn is_allowed(hosts: &str, mode: &str, plaintext: bool) -> bool {
    let target = parsed(&format!("{hosts} {mode}"));
    let checked = target.check(plaintext, false);
    if let Err(error) = &checked {
        let text = error.to_string();
        for way_out in ["sslmode=require", "verify-full", ".allow_plaintext()"] {
            assert!(text.contains(way_out), "{text}");
        }
    }
    checked.is_ok()
}

#[test]
fn l_08_plaintext_to_another_machine_is_refused() {
    let weak = ["sslmode=disable", "sslmode=prefer"];
    let strong = [
        "",
        "sslmode=require",
        "sslmode=no-verify",
        "sslmode=verify-ca sslrootcert=/ca.pem",
        "sslmode=verify-full",
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
    #[cfg(unix)]
    for mode in weak.into_iter().chain(strong) {
        assert!(is_allowed("host=/run/pg", mode, false), "{mode}");
    }
}

#[test]
fn l_08_each_mode_protects_as_it_says() {
    use Verification::{Chain, Full};
    let none = Protection::Tls(Verification::None);
    for (text, protection) in [
        ("host=db.example", Protection::Tls(Full)),
        ("host=localhost", Protection::Offered),
        ("host=localhost sslrootcert=/ca.pem", Protection::Tls(Full)),
        (
            "host=localhost sslnegotiation=direct",
            Protection::Tls(Full),
        ),
        ("host=db.example sslmode=disable", Protection::Plaintext),
        ("host=db.example sslmode=prefer", Protection::Offered),
        ("host=db.example sslmode=require", Protection::Tls(Full)),
        ("host=localhost sslmode=require", Protection::Tls(Full)),
        ("host=db.example sslmode=no-verify", none),
        ("host=db.example sslmode=verify-ca", Protection::Tls(Chain)),
        ("host=db.example sslmode=verify-full", Protection::Tls(Full)),
    ] {
        let target = parsed(text);
        let server = &target.hosts()[0];
        assert_eq!(
            target.protection(server, false, false),
            protection,
            "{text}"
        );
    }
    let target = parsed("host=db.example sslmode=require");
    assert_eq!(target.protection(&target.hosts()[0], false, true), none);
    let target = parsed("host=db.example sslmode=verify-full");
    assert_eq!(
        target.protection(&target.hosts()[0], true, true),
        Protection::Tls(Full)
    );
    let target = parsed("host=db.example");
    assert_eq!(
        target.protection(&target.hosts()[0], true, false),
        Protection::Offered
    );
}

#[test]
fn l_08_contradictions_are_refused() {
    for (text, unverified) in [
        ("host=h sslmode=no-verify sslrootcert=/ca.pem", false),
        ("host=h sslmode=no-verify sslrootcert=system", false),
        ("host=localhost sslmode=prefer sslrootcert=/ca.pem", false),
        ("host=localhost sslmode=prefer sslrootcert=system", false),
        ("host=h sslmode=require sslrootcert=/ca.pem", true),
        ("host=h sslmode=require sslrootcert=system", true),
        ("host=h sslrootcert=system", true),
        ("host=localhost sslmode=prefer sslnegotiation=direct", false),
    ] {
        assert!(parsed(text).check(true, unverified).is_err(), "{text}");
    }
}

/// The platform's roots vouch for whoever has a name.
#[test]
fn l_08_a_chain_without_a_name_ends_in_a_root_of_ones_own() {
    for roots in ["", "sslrootcert=system"] {
        let target = parsed(&format!("host=h sslmode=verify-ca {roots}"));
        let refused = target.check(true, false).expect_err("anybody's is good");
        let text = refused.to_string();
        for way_out in ["sslrootcert=/", "sslmode=verify-full"] {
            assert!(text.contains(way_out), "{text}");
        }
    }
    let own = parsed("host=h sslmode=verify-ca sslrootcert=/ca.pem");
    assert!(own.check(false, false).is_ok());
}
