//! URLs that are refused, and what nobody may see of them.

use super::*;

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_do() {
    for (text, expected) in [
        ("", "empty"),
        ("app", "no URL"),
        ("u:hunter2@h/app", "no URL"),
        ("\"mysql://u:hunter2@h/app\"", "quotation marks"),
        ("mysql:u@h/app", "mysql://"),
        ("MySQL://u@h/app", "small letters"),
        (
            "jdbc:mysql://h/app?user=u&password=hunter2",
            "leave out `jdbc:`",
        ),
        ("postgres://u:hunter2@h/app", "`postgres:`"),
        ("sqlite:app.db", "SqliteStore::open"),
        ("mysqlx://u:hunter2@h/app", "3306"),
        ("mysql2://u:hunter2@h/app", "`mysql://` instead"),
        ("mysql+pymysql://u:hunter2@h/app", "driver"),
        // What is missing.
        ("mysql://h/app", "no user"),
        ("mysql://u@h", "database"),
        ("mysql://u@h/", "database"),
        ("mysql://u@/app", "socket="),
        // Passwords that are not encoded.
        ("mysql://u:hunter2@x@h/app", "percent-encode"),
        ("mysql://u:hunter2#x@h/app", "percent-encode"),
        ("mysql://u:hunter2/x@h/app", "percent-encode"),
        ("mysql://u:hunter2?x@h/app", "percent-encode"),
        ("mysql://u:hunter2%x@h/app", "%25"),
        ("mysql://u:hunter2%ff@h/app", "UTF-8"),
        ("mysql://u:hunter2%00@h/app", "UTF-8"),
        // Hosts, ports and sockets.
        ("mysql://u@h:0/app", "1 to 65535"),
        ("mysql://u@h:65536/app", "1 to 65535"),
        ("mysql://u@::1/app", "brackets"),
        ("mysql://u@[::1/app", "]"),
        ("mysql://u@[::1]3306/app", "]"),
        ("mysql://u@h1,,h2/app", "empty host"),
        ("mysql://u@%2Frun%2Fmysqld.sock/app", "?socket="),
        // Parameters and values.
        ("mysql://u@h/app?ssl-mode=allow", "VERIFY_IDENTITY"),
        (
            "mysql://u@h/app?ssl-mode=REQUIRED&sslmode=disable",
            "`ssl-mode` stands twice",
        ),
        (
            "mysql://u@h/app?ssl-mode=REQUIRED&verify_ca=false",
            "contradict",
        ),
        (
            "mysql://u@h/app?require_ssl=false&verify_ca=true",
            "contradict",
        ),
        (
            "mysql://u@h/app?verify_ca=false&verify_identity=true",
            "contradict",
        ),
        ("mysql://u@h/app?require_ssl=yes", "true or false"),
        ("mysql://u@h/app?ssl-cert=/c.pem", "`ssl-key`"),
        ("mysql://u@h/app?connect_timeout=5s", "seconds"),
        ("mysql://u@h/app?connectTimeout=5000", "at most 600"),
        ("mysql://u@h/app?charset=latin1", "utf8mb4"),
        ("mysql://u@h/app?pool_max=5", "no pool"),
        ("mysql://u@h/app?useSSL=true", "ssl-mode=REQUIRED"),
        ("mysql://u@h/app?unix_socket=/s", "write `socket`"),
        ("mysql://u@h/app?sslrootcert=/c.pem", "`ssl-ca`"),
        ("mysql://u@h/app?ssl-caa=/c.pem", "`ssl-caa`"),
        ("mysql://u@h/app?ssl-caa=/c.pem", "connect-timeout"),
        ("mysql://u@h/app?x", "key=value"),
    ] {
        let reason = refused(text);
        assert!(reason.contains(expected), "{text}: {reason}");
        assert!(!reason.contains('\n'), "{reason}");
    }
}

#[cfg(unix)]
#[test]
fn a_socket_is_on_this_machine_and_named_in_full() {
    for (text, expected) in [
        ("mysql://u@db.example/app?socket=/run/s", "leave one out"),
        (
            "mysql://u@localhost:3306/app?socket=/run/s",
            "leave one out",
        ),
        ("mysql://u@a,b/app?socket=/run/s", "leave one out"),
        ("mysql://u@localhost/app?socket=mysqld.sock", "whole path"),
    ] {
        assert!(refused(text).contains(expected), "{text}");
    }
}

/// Every password stands where it should, and nowhere else.
#[test]
fn n_01_no_error_and_no_debug_shows_a_password_or_a_user() {
    for text in [
        "u:hunter2@h/app",
        "alice:hunter2://h/app",
        "jdbc:mysql://h/app?user=u&password=hunter2",
        "mysql://alice:hunter2@x@h/app",
        "mysql://alice:hunter2#@h/app",
        "mysql://alice:hunter2/@h/app",
        "mysql://alice:hunter2?hunter2=1@h/app",
        "mysql://alice:1/hunter2@h/app",
        "mysql://alice:hunter2%@h/app",
        "mysql://alice:hunter2@h:hunter2/app",
        "mysql://alice:hunter2@h/app?ssl-mode=hunter2",
        "mysql://alice:hunter2@h/app?charset=hunter2",
        "mysql://alice:hunter2@h/app?connect_timeout=hunter2",
        "mysql://alice:hunter2@hunter2!/app",
        "mysql://alice:hunter2@h",
        "mysql://h/app?password=hunter2",
        "mysql://alice@h/app?hunter2!=x",
    ] {
        let reason = refused(text);
        assert!(!reason.contains("hunter2"), "{text}: {reason}");
        assert!(!reason.contains("alice"), "{text}: {reason}");
    }
    let shown = format!("{:?}", parsed("mysql://alice:hunter2@h/app"));
    assert!(
        !shown.contains("hunter2") && !shown.contains("alice"),
        "{shown}"
    );
    assert!(shown.contains("app") && shown.contains("\"h\""), "{shown}");
}
