//! The compiler whose messages the `.stderr` files hold.

use std::{env, ffi::OsString, process::Command};

const MESSAGES_WRITTEN_BY: &str = "rustc 1.95.";

/// Fails under any other: a suite that compares nothing would say that all is well.
pub(crate) fn expect_theirs() {
    let version = rustc_version();
    assert!(
        version.starts_with(MESSAGES_WRITTEN_BY),
        "the .stderr files are those of {MESSAGES_WRITTEN_BY}x, and this is {version}: run the suite by it, \
         or write the messages anew with TRYBUILD=overwrite, and its name here"
    );
}

fn rustc_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("a test runs where its compiler is");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
