//! URLs as people have them.

mod refusals;
mod security;

use super::*;

fn parsed(text: &str) -> Target {
    Target::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    match Target::parse(text) {
        Err(StoreError::Setup(reason)) => reason,
        other => panic!("{text}: {other:?}"),
    }
}

/// Servers, user, password and database, as they would be used.
fn summary(text: &str) -> String {
    let target = parsed(text);
    let servers: Vec<_> = target.servers.iter().map(ToString::to_string).collect();
    format!(
        "{} {} {} {}",
        servers.join(","),
        target.user,
        target.password.as_deref().unwrap_or("-"),
        target.database
    )
}

#[test]
fn urls_are_read_as_other_programs_read_them() {
    for (text, expected) in [
        ("mysql://u:p@db.example/app", "db.example:3306 u p app"),
        (
            "mariadb://u:p@db.example:3307/app",
            "db.example:3307 u p app",
        ),
        ("  mysql://u:p@db.example/app\n", "db.example:3306 u p app"),
        ("mysql://u@localhost/app", "localhost:3306 u - app"),
        ("mysql://u:@localhost/app/", "localhost:3306 u - app"),
        ("mysql://u:p@db.example:/app", "db.example:3306 u p app"),
        ("mysql://u:a:b@h/app", "h:3306 u a:b app"),
        ("mysql://u:%40%23%2F%3F%25%3A@h/app", "h:3306 u @#/?%: app"),
        ("mysql://u%40server:p@h/app", "h:3306 u@server p app"),
        ("mysql://u:p+q@h/a%20b", "h:3306 u p+q a b"),
        ("mysql://u@[::1]:3307,h2/app", "[::1]:3307,h2:3306 u - app"),
        ("mysql://u@[2001:db8::1]/app", "[2001:db8::1]:3306 u - app"),
        ("mysql://u@h1:1,h2:2,h3/app", "h1:1,h2:2,h3:3306 u - app"),
        ("mysql://u@h/app?ssl-mode=", "h:3306 u - app"),
        ("mysql://u@h/app?charset=utf8mb4&", "h:3306 u - app"),
        ("mysql://u@h/app?characterEncoding=UTF-8", "h:3306 u - app"),
    ] {
        assert_eq!(summary(text), expected, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn unix_sockets_are_named_by_their_path() {
    for text in [
        "mysql://u@localhost/app?socket=/run/mysqld/mysqld.sock",
        "mysql://u@/app?socket=%2Frun%2Fmysqld%2Fmysqld.sock",
        "mysql://u:@LOCALHOST/app?socket=/run/mysqld/mysqld.sock",
    ] {
        assert_eq!(summary(text), "/run/mysqld/mysqld.sock u - app", "{text}");
        let target = parsed(text);
        let opts = target.opts(&target.servers[0], None);
        assert_eq!(opts.socket(), Some("/run/mysqld/mysqld.sock"));
    }
}

#[test]
fn odd_passwords_reach_the_server_as_they_are() {
    let odd = [
        "@",
        "#",
        "/",
        "?",
        "%",
        ":",
        "'",
        "\\",
        " ",
        "&",
        "=",
        "+",
        "ü😀",
        "%41",
        "a b'c\\d@e",
    ];
    for password in odd {
        let encoded =
            percent_encoding::utf8_percent_encode(password, percent_encoding::NON_ALPHANUMERIC);
        let target = parsed(&format!("mysql://u:{encoded}@h/app"));
        let opts = target.opts(&target.servers[0], None);
        assert_eq!(opts.pass(), Some(password));
        assert_eq!((opts.user(), opts.db_name()), (Some("u"), Some("app")));
    }
}

#[test]
fn the_driver_gets_what_was_given_and_what_the_store_stands_on() {
    let target = parsed("mysql://u:p@db.example:3307/app");
    let opts = target.opts(&target.servers[0], Some(SslOpts::default()));
    assert_eq!(
        (opts.ip_or_hostname(), opts.tcp_port()),
        ("db.example", 3307)
    );
    assert!(opts.client_found_rows());
    assert!(!opts.prefer_socket());
    assert!(opts.tcp_nodelay());
    assert_eq!(opts.tcp_keepalive(), Some(KEEPALIVE));
    assert_eq!(opts.wait_timeout(), Some(28_800));
    assert_eq!(opts.ssl_opts(), Some(&SslOpts::default()));
    assert!(opts.secure_auth() && !opts.enable_cleartext_plugin());
    assert!(opts.compression().is_none() && opts.local_infile_handler().is_none());
}

#[test]
fn a_timeout_is_one_however_it_is_spelled() {
    for key in ["connect_timeout", "connect-timeout", "connectTimeout"] {
        let target = parsed(&format!("mysql://u@h/app?{key}=7"));
        assert_eq!(target.connect_timeout(), Some(Duration::from_secs(7)));
    }
    let target = parsed("mysql://u@h/app?connect_timeout=0");
    assert_eq!(target.connect_timeout(), None);
}
