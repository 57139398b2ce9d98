//! Connection strings as people have them.

mod refusals;
mod security;
mod variables;

use super::*;
use crate::store::link::Keepalive;

fn os_user(name: &str) -> Option<String> {
    (name == "USER").then(|| "os".to_owned())
}

fn parsed(text: &str) -> Target {
    Target::parse_with(text, &os_user).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    match Target::parse_with(text, &os_user) {
        Err(StoreError::Setup(reason)) => reason,
        other => panic!("{text}: {other:?}"),
    }
}

/// Hosts, user, password and database, as they would be used.
fn summary(text: &str) -> String {
    let target = parsed(text);
    let hosts: Vec<_> = target.servers.iter().map(ToString::to_string).collect();
    format!(
        "{} {} {} {}",
        hosts.join(","),
        target.user,
        target.password.as_deref().unwrap_or("-"),
        target.dbname.as_deref().unwrap_or("-")
    )
}

#[test]
fn urls_are_read_as_libpq_reads_them() {
    for (text, expected) in [
        // The examples of libpq's documentation, "Connection URIs".
        ("postgresql://localhost", "localhost:5432 os - -"),
        ("postgresql://localhost:5433", "localhost:5433 os - -"),
        ("postgresql://localhost/mydb", "localhost:5432 os - mydb"),
        ("postgresql://user@localhost", "localhost:5432 user - -"),
        (
            "postgresql://user:secret@localhost",
            "localhost:5432 user secret -",
        ),
        (
            "postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
            "localhost:5432 other - otherdb",
        ),
        (
            "postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp",
            "host1:123,host2:456 os - somedb",
        ),
        (
            "postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
            "localhost:5433 user - mydb",
        ),
        (
            "postgresql:///mydb?host=localhost&port=5433",
            "localhost:5433 os - mydb",
        ),
        (
            "postgresql://[2001:db8::1234]/database",
            "[2001:db8::1234]:5432 os - database",
        ),
        // And as they stand in other programs' configuration.
        ("postgres://u:p@db.example/app", "db.example:5432 u p app"),
        (
            "  postgres://u:p@db.example/app\n",
            "db.example:5432 u p app",
        ),
        ("postgres://u:p@db.example:/app", "db.example:5432 u p app"),
        ("postgres://u:a:b@h/app", "h:5432 u a:b app"),
        (
            "postgres://u:%40%23%2F%3F%25%3A@h/app",
            "h:5432 u @#/?%: app",
        ),
        ("postgres://u%40server:p@h/app", "h:5432 u@server p app"),
        ("postgres://u:p+q@h/a%20b", "h:5432 u p+q a b"),
        (
            "postgres://[::1]:5433,h2/app",
            "[::1]:5433,h2:5432 os - app",
        ),
        ("postgres://h/app?hostaddr=10.0.0.1", "h:5432 os - app"),
        ("postgres://h/app?user=u&password=p%26q", "h:5432 u p&q app"),
        ("postgres://h/app?sslmode=", "h:5432 os - app"),
        ("postgres://h/app?ssl=true", "h:5432 os - app"),
        (
            "postgres://h/app?options=-c work_mem=1MB",
            "h:5432 os - app",
        ),
    ] {
        assert_eq!(summary(text), expected, "{text}");
    }
}

#[test]
fn pairs_are_read_as_libpq_reads_them() {
    for (text, expected) in [
        (
            "host=localhost port=5432 dbname=mydb connect_timeout=10",
            "localhost:5432 os - mydb",
        ),
        ("host=h user=u password=p", "h:5432 u p -"),
        (r"host='h' password='it\'s' user=u", "h:5432 u it's -"),
        (r"host=h password=a\ b\\c user=u", r"h:5432 u a b\c -"),
        (r"host=h password='a \\ b' user=u", r"h:5432 u a \ b -"),
        ("host = h  user =  u", "h:5432 u - -"),
        ("host=h password='' user=u", "h:5432 u - -"),
        ("host=h password=a=b user=u", "h:5432 u a=b -"),
        (
            "host=h1,h2,h3 port=1234,,5678 user=u",
            "h1:1234,h2:5432,h3:5678 u - -",
        ),
        ("host=h1,h2 port=1234 user=u", "h1:1234,h2:1234 u - -"),
        (
            "hostaddr=127.0.0.1,::1 user=u",
            "127.0.0.1:5432,[::1]:5432 u - -",
        ),
        ("host=db hostaddr=10.0.0.7", "db:5432 os - -"),
    ] {
        assert_eq!(summary(text), expected, "{text}");
    }
}

#[cfg(unix)]
#[test]
fn unix_sockets_are_named_by_their_directory() {
    for text in [
        "postgres://u@%2Frun%2Fpg/app",
        "postgres://u@/app?host=/run/pg",
        "postgres://u@localhost/app?host=/run/pg",
        "host=/run/pg user=u dbname=app",
        "postgres://u@:5432/app?host=%2Frun%2Fpg",
    ] {
        assert_eq!(summary(text), "/run/pg/.s.PGSQL.5432 u - app", "{text}");
    }
    assert!(refused("host=/run/pg/.s.PGSQL.5432").contains("directory"));
    assert!(refused("host=@abstract").contains("abstract"));
}

#[test]
fn a_host_that_is_not_given_is_on_this_machine() {
    for text in [
        "postgresql://",
        "postgres:///app",
        "user=u",
        "postgres://u@/app",
    ] {
        let target = parsed(text);
        assert!(target.servers.iter().all(Server::is_local), "{text}");
        assert!(target.check(false, false).is_ok());
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
        let quoted = password.replace('\\', "\\\\").replace('\'', "\\'");
        for text in [
            format!("postgres://u:{encoded}@h/app"),
            format!("postgres://h/app?user=u&password={encoded}"),
            format!("host=h user=u password='{quoted}' dbname=app"),
        ] {
            let config = parsed(&text).config(None);
            assert_eq!(config.get_password(), Some(password.as_bytes()), "{text}");
            assert_eq!(config.get_dbname(), Some("app"));
        }
    }
}

#[test]
fn the_driver_gets_what_was_given() {
    let target = parsed(
        "host=h user=u options='-c work_mem=1MB' channel_binding=require sslnegotiation=direct connect_timeout=7 \
         keepalives_idle=9 keepalives_interval=0 tcp_user_timeout=1500 load_balance_hosts=random \
         target_session_attrs=primary",
    );
    let config = target.config(Some("-c lock_timeout=1000"));
    assert_eq!(
        config.get_options(),
        Some("-c work_mem=1MB -c lock_timeout=1000")
    );
    assert_eq!(config.get_application_name(), Some("locals"));
    assert_eq!(config.get_channel_binding(), ChannelBinding::Require);
    assert_eq!(
        config.get_ssl_negotiation(),
        tokio_postgres::config::SslNegotiation::Direct
    );
    assert_eq!(target.connect_timeout(), Some(Duration::from_secs(7)));
    assert_eq!(target.session_attrs(), Some(SessionAttrs::ReadWrite));
    assert!(target.is_shuffled());
    let liveness = target.liveness();
    assert_eq!(liveness.user_timeout, Some(Duration::from_millis(1500)));
    let keepalive = liveness.keepalive.unwrap();
    assert_eq!(keepalive.idle, Duration::from_secs(9));
    assert_eq!(keepalive.interval, Keepalive::DEFAULT.interval);
    assert_eq!(parsed("keepalives=0").liveness().keepalive, None);
    assert_eq!(parsed("user=u").liveness(), Liveness::DEFAULT);
    assert_eq!(parsed("connect_timeout=0").connect_timeout(), None);
    assert_eq!(parsed("user=u").config(None).get_options(), None);
}

#[test]
fn transaction_poolers_are_recognised() {
    for (text, looks, is) in [
        ("postgres://u@aws-0.pooler.supabase.com/app", true, false),
        (
            "postgres://u@ep-cool-1234-pooler.eu-central-1.aws.neon.tech/app",
            true,
            false,
        ),
        ("postgres://u@db.example:6543/app", true, false),
        (
            "postgres://u@app.proxy-abc123.eu-central-1.rds.amazonaws.com/app",
            true,
            false,
        ),
        (
            "postgres://u@app.abc123.eu-central-1.rds.amazonaws.com/app",
            false,
            false,
        ),
        ("postgres://u@db.example/app", false, false),
        ("postgres://u@pooler.example/app", false, false),
        ("postgres://u@db.example/app?pgbouncer=true", false, true),
        (
            "postgres://u@db.example:6543/app?pgbouncer=false",
            false,
            false,
        ),
    ] {
        let target = parsed(text);
        assert_eq!(target.looks_pooled().is_some(), looks, "{text}");
        assert_eq!(target.is_pooled(), is, "{text}");
    }
}
