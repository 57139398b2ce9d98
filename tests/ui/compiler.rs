//! The compiler whose messages the `.stderr` files hold.

use std::{env, ffi::OsString, process::Command};

const MESSAGES_WRITTEN_BY: &str = "rustc 1.95.";

/// Whether the messages can be compared; if not, it says that the test is skipped.
pub(crate) fn wrote_the_messages() -> bool {
    let version = rustc_version();
    let is_theirs = version.starts_with(MESSAGES_WRITTEN_BY);
    if !is_theirs {
        eprintln!(
            "skipped: the .stderr files are those of {MESSAGES_WRITTEN_BY}x, and this is {version}"
        );
    }
    is_theirs
}

fn rustc_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("a test runs where its compiler is");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
