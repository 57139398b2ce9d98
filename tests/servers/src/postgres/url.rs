//! A configuration as a URL, for those who read no other form.

use std::fmt::Write;

use tokio_postgres::{Config, config::Host};

/// The URL of the first host, with these `options` of the server (none if empty).
pub(super) fn of(config: &Config, options: &str) -> String {
    let mut url = "postgres://".to_owned();
    if let Some(user) = config.get_user() {
        url += &encoded(user.as_bytes());
        if let Some(password) = config.get_password() {
            url.push(':');
            url += &encoded(password);
        }
        url.push('@');
    }
    let host = encoded(host(config).as_bytes());
    let _ = write!(url, "{host}:{}/", port(config));
    url += &encoded(config.get_dbname().unwrap_or_default().as_bytes());
    if !options.is_empty() {
        url += "?options=";
        url += &encoded(options.as_bytes());
    }
    url
}

/// The first host: a name, an address, or the folder of a socket.
pub(crate) fn host(config: &Config) -> String {
    match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(folder)) => folder.display().to_string(),
        None => panic!("the connection string names no host"),
    }
}

/// The port of the first host.
pub(crate) fn port(config: &Config) -> u16 {
    config.get_ports().first().copied().unwrap_or(5432)
}

/// Bytes as a part of a URL.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(byte.into());
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_what_the_configuration_does() {
        let config = "host=/run/a user='a b' password='p@:/?' dbname=d port=5433";
        let url = of(&config.parse().unwrap(), "-c search_path=x");
        let parsed: Config = url.parse().unwrap();
        assert_eq!(parsed.get_user(), Some("a b"));
        assert_eq!(parsed.get_password(), Some(b"p@:/?".as_slice()));
        assert_eq!(parsed.get_dbname(), Some("d"));
        assert_eq!(parsed.get_options(), Some("-c search_path=x"));
        assert_eq!((host(&parsed).as_str(), port(&parsed)), ("/run/a", 5433));
    }
}
