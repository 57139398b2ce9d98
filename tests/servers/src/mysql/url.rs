//! Where a server is, as a URL and as what the driver takes.

use std::fmt::Write;

use mysql_async::{Opts, OptsBuilder, UrlError};

use crate::postgres::encoded;

/// By TCP, even where the server has a socket: whatever stands between is meant to be met.
pub(super) fn parse(url: &str) -> Result<Opts, UrlError> {
    let opts = OptsBuilder::from_opts(Opts::from_url(url)?);
    Ok(opts.prefer_socket(false).into())
}

pub(super) fn of(opts: &Opts) -> String {
    let mut url = "mysql://".to_owned();
    if let Some(user) = opts.user() {
        url += &encoded(user.as_bytes());
        if let Some(password) = opts.pass() {
            url.push(':');
            url += &encoded(password.as_bytes());
        }
        url.push('@');
    }
    let _ = write!(url, "{}:{}/", opts.ip_or_hostname(), opts.tcp_port());
    url + &encoded(opts.db_name().unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_comes_back_as_it_was() {
        for url in [
            "mysql://root@127.0.0.1:3306/test",
            "mysql://ada:p%40%3A%2F%3F@localhost:3307/a%20b",
        ] {
            let opts = parse(url).expect("a URL");
            assert_eq!(of(&opts), url);
        }
        assert!(parse("postgres://localhost").is_err());
    }
}
