//! Strings that are refused, and what nobody may see of them.

use super::*;

fn nothing(_: &str) -> Option<String> {
    None
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_do() {
    for (text, expected) in [
        ("", "empty"),
        ("app", "no connection string"),
        ("u:hunter2@h/app", "no connection string"),
        ("\"postgres://u:hunter2@h/app\"", "quotation marks"),
        ("postgres:u@h/app", "postgres://"),
        (
            "jdbc:postgresql://h/app?user=u&password=hunter2",
            "leave out `jdbc:`",
        ),
        ("mysql://u:hunter2@h/app", "`mysql:`"),
        ("sqlite:app.db", "SqliteStore::open"),
        ("postgresql+asyncpg://u:hunter2@h/app", "driver"),
        // Passwords that are not encoded.
        ("postgres://u:hunter2@x@h/app", "percent-encode"),
        ("postgres://u:hunter2#x@h/app", "percent-encode"),
        ("postgres://u:hunter2/x@h/app", "percent-encode"),
        ("postgres://u:hunter2?x@h/app", "percent-encode"),
        ("postgres://u:hunter2%x@h/app", "%25"),
        ("postgres://u:hunter2%ff@h/app", "UTF-8"),
        ("postgres://u:hunter2%00@h/app", "UTF-8"),
        ("postgres://u:hunter2", "port"),
        ("postgres://h/app?password=hunter2&hunter2=1", "%26"),
        ("host=h password=hunter2 hunter2", "quotation marks"),
        ("host=h password=hunter2 hunter2=x", "quotation marks"),
        ("host=h password='hunter2", "not closed"),
        // Hosts and ports.
        ("postgres://h:0/app", "1 to 65535"),
        ("postgres://h:65536/app", "1 to 65535"),
        ("postgres://h:-1/app", "1 to 65535"),
        ("postgres://::1/app", "brackets"),
        ("postgres://[::1/app", "]"),
        ("postgres://[::1]5432/app", "]"),
        ("postgres://h1,,h2/app", "empty host"),
        ("host=a,b port=1,2,3", "3 ports for 2 hosts"),
        ("host=a,b hostaddr=10.0.0.1", "2 hosts and 1 addresses"),
        ("hostaddr=db.example", "no IP address"),
        ("host='a b'", "neither a name"),
        // Keys and values.
        (
            "postgres://h/app?sslmode=allow",
            "disable, prefer, require, no-verify, verify-ca, verify-full",
        ),
        ("postgres://h/app?sslmode=VERIFY", "verify-full"),
        ("postgres://h/app?ssl=false", "sslmode"),
        ("postgres://h/app?sslmode=require&sslmode=disable", "twice"),
        ("postgres://h/app?target_session_attrs=standby", "primary"),
        ("postgres://h/app?connect_timeout=5s", "seconds"),
        ("postgres://h/app?tcp_user_timeout=-1", "milliseconds"),
        ("postgres://h/app?keepalives=yes", "1, 0"),
        ("postgres://h/app?pgbouncer=1", "true, false"),
        ("postgres://h/app?sslcert=/c.pem", "`sslkey`"),
        ("postgres://h/app?schema=auth", ".schema(\"..\")"),
        ("postgres://h/app?search_path=auth", ".schema(\"..\")"),
        (
            "postgres://h/app?options[search_path]=auth",
            "`options=-c%20search_path%3Dapp`",
        ),
        (
            "postgres://h/app?options%5Bsearch_path%5D=auth",
            "`options[..]`",
        ),
        ("postgres://h/app?connection_limit=5", "no pool"),
        (
            "postgres://h/app?statement_cache_mode=describe",
            "pgbouncer=true",
        ),
        ("postgres://h/app?sslaccept=strict", "sslmode=require"),
        ("postgres://h/app?sslrootcrt=/c.pem", "`sslrootcrt`"),
        ("postgres://h/app?passfile=/p", "password files"),
        ("postgres://h/app?x", "key=value"),
    ] {
        let reason = refused(text);
        assert!(reason.contains(expected), "{text}: {reason}");
        assert!(!reason.contains('\n'), "{reason}");
    }
    let nobody = Target::parse_with("postgres://h/app", &nothing);
    assert!(nobody.unwrap_err().to_string().contains("USER"));
}

/// Every password stands where it should, and nowhere else.
#[test]
fn n_01_no_error_and_no_debug_shows_a_password_or_a_user() {
    for text in [
        "u:hunter2@h/app",
        "jdbc:postgresql://h/app?user=u&password=hunter2",
        "postgres://alice:hunter2@x@h/app",
        "postgres://alice:hunter2#@h/app",
        "postgres://alice:hunter2/@h/app",
        "postgres://alice:hunter2?hunter2=1@h/app",
        "postgres://alice:1/hunter2@h/app",
        "postgres://alice:hunter2%@h/app",
        "postgres://alice:hunter2@h:hunter2/app",
        "postgres://alice:hunter2@h/app?sslmode=hunter2",
        "postgres://alice:hunter2",
        "postgres://h/app?password=a&hunter2=x",
        "host=h password=a hunter2",
        "host=h password=a hunter2=x",
        "postgres://h/app?password=a&options[hunter2]=x",
        "host='hunter2 x'",
        "host=h password='hunter2",
        "host=h port=hunter2",
        "host=h connect_timeout=hunter2",
    ] {
        let reason = refused(text);
        assert!(!reason.contains("hunter2"), "{text}: {reason}");
        assert!(!reason.contains("alice"), "{text}: {reason}");
    }
    let shown = format!(
        "{:?}",
        parsed("postgres://alice:hunter2@h/app?options=hunter2")
    );
    assert!(
        !shown.contains("hunter2") && !shown.contains("alice"),
        "{shown}"
    );
    assert!(shown.contains("app") && shown.contains('h'));
}
