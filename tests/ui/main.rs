//! Programs that must compile, and programs that must not, with the message each of them gets.
//!
//! `fail/` holds one mistake per file, named after it. The messages beside them (`.stderr`) are
//! rustc 1.95's, word for word; other releases phrase or order their half of a message differently, so
//! under any other compiler that half of the suite is skipped, and says so.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the messages anew; review the difference.

use std::{env, ffi::OsString, process::Command};

const MESSAGES_WRITTEN_BY: &str = "rustc 1.95.";

#[test]
fn every_supported_handler_compiles() {
    trybuild::TestCases::new().pass("pass/*.rs");
}

/// Skipped unless the compiler is rustc 1.95, to which the `.stderr` files belong.
#[test]
fn every_mistake_gets_its_message() {
    let version = rustc_version();
    if !version.starts_with(MESSAGES_WRITTEN_BY) {
        println!(
            "skipped: the .stderr files are those of {MESSAGES_WRITTEN_BY}x, and this is {version}"
        );
        return;
    }
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

fn rustc_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("a test runs where its compiler is");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
