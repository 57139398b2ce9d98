//! Which values the options take.

use crate::diagnostics::err;
use syn::{Ident, LitStr, Path, Result};

pub(super) fn check_redirect(path: &LitStr) -> Result<()> {
    let text = path.value();
    let local = text.starts_with('/') && !text.starts_with("//");
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    if local && text.bytes().all(plain) {
        return Ok(());
    }
    Err(err!(
        path,
        "`redirect` takes a path of this site, beginning with a single `/`: `redirect = \"/login\"`",
    ))
}

pub(super) fn check_csrf(csrf: &Ident) -> Result<()> {
    if csrf == "off" {
        return Ok(());
    }
    Err(err!(
        csrf,
        "the only value is `off`: `csrf = off`; without it cross-site requests are refused",
    ))
}

pub(super) fn check_runtime(path: &Path) -> Result<()> {
    let segments = path.segments.iter();
    let names: Vec<_> = segments.map(|segment| segment.ident.to_string()).collect();
    let is_rooted = names
        .first()
        .is_some_and(|first| first == "crate" || first == "$crate");
    if is_rooted || path.leading_colon.is_some() {
        return Ok(());
    }
    let named = names
        .iter()
        .map(String::as_str)
        .filter(|name| !matches!(*name, "self" | "super"));
    let named = named.collect::<Vec<_>>().join("::");
    let suggestion = match names.first().map(String::as_str) {
        Some("self" | "super") if named.is_empty() => {
            "`crate = crate::path::to::locals`".to_owned()
        }
        Some("self" | "super") => format!("`crate = crate::path::to::{named}`"),
        _ => format!("`crate = ::{named}` or `crate = crate::{named}`"),
    };
    Err(err!(
        path,
        "`crate` takes a path that means the same everywhere: write {suggestion}"
    ))
}
