//! Origins as browsers write them (RFC 6454 §6.2, URL Standard): what an application may name, and what
//! is wrong with the rest.

use super::{Origin, punycode};
use crate::error::BuildError;
use std::{
    borrow::Cow,
    net::{Ipv4Addr, Ipv6Addr},
};

/// Whether the text is an origin as a browser serializes it, of any scheme; else what is wrong with it.
///
/// The origins of pages of http and https are known to the letter. What an application shell calls its own
/// pages, `tauri://localhost` or `chrome-extension://id`, is its own affair: only what cannot be one is
/// refused.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let (scheme, authority) = parts(text)?;
    match scheme {
        "http" | "https" => check_web(text, authority),
        "ws" | "wss" => Err("the page that opens a socket is of http or https: name that"),
        "file" | "data" | "blob" | "about" | "javascript" | "view-source" => {
            Err("pages of this scheme have the origin `null`")
        }
        _ => check_shell(authority),
    }
}

/// The same, of this site itself.
pub(super) fn check_own(text: &str) -> Result<(), &'static str> {
    match parts(text)? {
        ("http" | "https", _) => check(text),
        _ => Err("a site is of http or https"),
    }
}

/// The error about what is no origin, with what to write where that is known.
pub(super) fn refused(origin: String, reason: &'static str) -> BuildError {
    let written = (reason == PUNYCODE).then(|| punycode::written(&origin));
    let written = written.flatten().filter(|written| check(written).is_ok());
    let reason: Cow<'static, str> = match written {
        Some(written) => {
            format!("browsers write an internationalized host in punycode: write `{written}`")
                .into()
        }
        None => Cow::Borrowed(reason),
    };
    BuildError::Origin { origin, reason }
}

/// Scheme, and host with port.
fn parts(text: &str) -> Result<(&str, &str), &'static str> {
    if text.contains('*') {
        return Err("there are no wildcards: name each origin, or decide by `trusted_origin_if`");
    }
    if text.eq_ignore_ascii_case("null") {
        return Err("every page that hides where it is from has this origin");
    }
    if !text.is_ascii() {
        return Err(PUNYCODE);
    }
    if text.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return Err("there is white space in it");
    }
    let (scheme, authority) = text.split_once("://").ok_or(NO_SCHEME)?;
    if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(LOWER_CASE);
    }
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if !scheme.starts_with(|first: char| first.is_ascii_lowercase())
        || !scheme.bytes().all(is_scheme)
    {
        return Err(NO_SCHEME);
    }
    if authority.contains(['/', '?', '#', '\\']) {
        return Err("leave out the path, and the `/` after the host too");
    }
    if authority.contains('@') {
        return Err("leave out user and password");
    }
    if authority.is_empty() || authority.starts_with(':') {
        return Err("there is no host in it");
    }
    Ok((scheme, authority))
}

const NO_SCHEME: &str = "write scheme and host, like `https://shop.example`";
const PUNYCODE: &str =
    "browsers write an internationalized host in punycode, `https://xn--…`: so write it";
const LOWER_CASE: &str = "write it in lower case, as browsers do";

fn check_web(text: &str, authority: &str) -> Result<(), &'static str> {
    if authority.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(LOWER_CASE);
    }
    let origin = Origin::parse(text.as_bytes()).ok_or("host or port is none")?;
    if !is_address_as_written(&origin.host) {
        return Err("write the address as browsers do: `127.0.0.1`, `[::1]`");
    }
    if origin.serialized() != text {
        return Err("leave out the default port, and zeros before another");
    }
    Ok(())
}

/// A name, or an address in the one form that browsers give it (URL Standard, host serializer).
fn is_address_as_written(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        let parsed = address.parse::<Ipv6Addr>();
        return parsed.is_ok_and(|parsed| written(parsed) == address);
    }
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next();
    let is_number = last.is_some_and(|label| {
        let hexadecimal = label.strip_prefix("0x");
        let is_hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        hexadecimal.is_some_and(is_hexadecimal) || label.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_number {
        let parsed = host.parse::<Ipv4Addr>();
        return parsed.is_ok_and(|parsed| parsed.to_string() == host);
    }
    !host.split('.').rev().skip(1).any(str::is_empty)
}

/// Of an IPv4-mapped address Rust writes the end with dots, and browsers do not.
fn written(address: Ipv6Addr) -> String {
    match (address.to_ipv4_mapped(), address.segments()) {
        (Some(_), [.., high, low]) => format!("::ffff:{high:x}:{low:x}"),
        _ => address.to_string(),
    }
}

fn check_shell(authority: &str) -> Result<(), &'static str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = |port: &str| {
        port.parse::<u16>()
            .is_ok_and(|number| number.to_string() == port)
    };
    let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !host.bytes().all(is_host_byte) || !port.is_none_or(is_port) {
        return Err("host or port is none");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f_05_origins_as_browsers_and_shells_write_them_can_be_named() {
        for origin in [
            "https://shop.example",
            "http://localhost:8080",
            "http://tauri.localhost",
            "https://xn--mnchen-3ya.example",
            "https://under_score.example",
            "https://shop.example.",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "https://[2001:db8::1]",
            "https://[::ffff:102:304]",
            "https://1a.example",
            "tauri://localhost",
            "capacitor://localhost",
            "ionic://localhost",
            "app://my-app",
            "app://obsidian.md",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "moz-extension://2f3c1b9e-0000-4000-8000-0123456789ab",
            "safari-web-extension://2F3C1B9E-0000-4000-8000-0123456789AB",
            "vscode-webview://1fuq3ebt",
            "x+y-z.1://host:80",
        ] {
            assert_eq!(check(origin), Ok(()), "{origin}");
        }
    }

    #[test]
    fn f_05_what_no_browser_would_send_is_refused_with_what_to_write() {
        for (origin, word) in [
            ("", "write scheme and host"),
            (" https://shop.example", "white space"),
            ("https://shop.example\n", "white space"),
            ("shop.example", "write scheme and host"),
            ("//shop.example", "write scheme and host"),
            ("https:/shop.example", "write scheme and host"),
            ("1https://shop.example", "write scheme and host"),
            ("ht_tps://shop.example", "write scheme and host"),
            ("null", "hides where it is from"),
            ("NULL", "hides where it is from"),
            ("*", "wildcards"),
            ("https://*.example", "trusted_origin_if"),
            ("https://münchen.example", "punycode"),
            ("tauri://löcalhost", "punycode"),
            ("HTTPS://shop.example", "lower case"),
            ("https://Shop.example", "lower case"),
            ("Tauri://localhost", "lower case"),
            ("https://shop.example/", "leave out the path"),
            ("https://shop.example/a", "leave out the path"),
            ("https://shop.example?a", "leave out the path"),
            ("https://shop.example#a", "leave out the path"),
            ("https://shop.example\\a", "leave out the path"),
            ("tauri://localhost/", "leave out the path"),
            ("https://user@shop.example", "leave out user"),
            ("app://user:pass@host", "leave out user"),
            ("https://", "no host"),
            ("https://:443", "no host"),
            ("app://", "no host"),
            ("https://shop.example:443", "default port"),
            ("http://shop.example:80", "default port"),
            ("https://shop.example:08080", "default port, and zeros"),
            ("https://shop.example:", "host or port"),
            ("https://shop.example:65536", "host or port"),
            ("https://shop.example:8a", "host or port"),
            ("https://shop..example", "as browsers do"),
            ("https://[::1", "host or port"),
            ("https://::1", "no host"),
            ("https://[0:0:0:0:0:0:0:1]", "as browsers do"),
            ("https://[2001:db8::0:1]", "as browsers do"),
            ("https://[::ffff:1.2.3.4]", "as browsers do"),
            ("http://127.1", "as browsers do"),
            ("http://0x7f.0.0.1", "as browsers do"),
            ("http://127.0.0.01", "as browsers do"),
            ("http://2130706433", "as browsers do"),
            ("wss://shop.example", "http or https"),
            ("file://", "no host"),
            ("file://localhost", "`null`"),
            ("data://x", "`null`"),
            ("app://my app", "white space"),
            ("app://my%20app", "host or port"),
            ("app://host:", "host or port"),
            ("app://host:080", "host or port"),
        ] {
            let refused = check(origin).expect_err(origin);
            assert!(refused.contains(word), "{origin}: {refused}");
        }
    }

    #[test]
    fn an_internationalized_host_is_refused_with_how_it_is_written() {
        let message = |origin: &str| {
            let reason = check(origin).expect_err("it is not ASCII");
            refused(origin.to_owned(), reason).to_string()
        };
        for origin in ["https://münchen.example", "https://MÜNCHEN.example"] {
            let told = message(origin);
            assert!(
                told.starts_with(&format!("`{origin}` is no origin")),
                "{told}"
            );
            assert!(
                told.ends_with("write `https://xn--mnchen-3ya.example`"),
                "{told}"
            );
        }
        for origin in [
            "tauri://löcalhost",
            "https://☃.example",
            "https://münchen.example/",
            "https://münchen.example:443",
            "https://münchen..example",
        ] {
            let told = message(origin);
            assert!(told.ends_with(PUNYCODE), "{told}");
        }
        let wildcard = message("https://*.münchen.example");
        assert!(wildcard.contains("there are no wildcards"), "{wildcard}");
    }

    #[test]
    fn a_site_itself_is_of_the_web() {
        assert_eq!(check_own("https://shop.example"), Ok(()));
        assert!(check_own("tauri://localhost").is_err());
        assert!(check_own("https://shop.example/").is_err());
    }
}
