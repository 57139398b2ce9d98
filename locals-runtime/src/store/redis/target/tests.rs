//! What URLs say, and what is wrong with them.

use super::*;

fn target(url: &str) -> Target {
    Target::parse(url).unwrap()
}

fn refused(url: &str) -> String {
    Target::parse(url).map(|_| ()).unwrap_err().to_string()
}

fn tcp(host: &str, port: u16) -> Place {
    Place::Tcp(host.to_owned(), port)
}

#[test]
fn a_url_says_where_the_server_is() {
    for (url, place, is_encrypted) in [
        ("redis://127.0.0.1", tcp("127.0.0.1", 6379), false),
        (" redis://localhost:7000/ ", tcp("localhost", 7000), false),
        ("valkey://[::1]:7000/3", tcp("::1", 7000), false),
        ("rediss://cache.example", tcp("cache.example", 6379), true),
        (
            "VALKEYS://u:p@cache.example:1/0",
            tcp("cache.example", 1),
            true,
        ),
        (
            "unix:///run/redis.sock?db=2",
            Place::Unix("/run/redis.sock".into()),
            false,
        ),
        ("redis+unix:///a%20b", Place::Unix("/a b".into()), false),
    ] {
        let target = target(url);
        assert_eq!(
            (target.servers, target.is_encrypted),
            (Servers::One(place), is_encrypted),
            "{url}"
        );
    }
}

/// What is sent first, of each command its words.
fn said(greeting: &Greeting) -> Vec<Vec<String>> {
    let commands = [Some(greeting.hello()), greeting.select()];
    commands
        .into_iter()
        .flatten()
        .map(|it| it.words())
        .collect()
}

#[test]
fn a_url_says_as_whom() {
    for (url, hello, select) in [
        ("redis://h", "HELLO 3", None),
        (
            "redis://:pw@h/7",
            "HELLO 3 AUTH default pw",
            Some("SELECT 7"),
        ),
        ("redis://ada:p%40%3a%2f@h", "HELLO 3 AUTH ada p@:/", None),
        ("redis://ada:a@b@h/0", "HELLO 3 AUTH ada a@b", None),
        (
            "unix:///s?user=ada&pass=p%26w&db=1",
            "HELLO 3 AUTH ada p&w",
            Some("SELECT 1"),
        ),
    ] {
        let said: Vec<String> = said(&target(url).greeting())
            .iter()
            .map(|words| words.join(" "))
            .collect();
        let expected: Vec<&str> = [Some(hello), select].into_iter().flatten().collect();
        assert_eq!(said, expected, "{url}");
    }
}

#[test]
fn a_url_of_sentinels_says_whom_they_watch() {
    let url = "rediss+sentinel://ada:pw@a,b:7000,[::1]/my%20main/3?sentinel_username=eve&sentinel_password=w";
    let target = target(url);
    assert!(target.is_encrypted);
    let (greeting, servers) = (target.greeting(), target.servers);
    assert_eq!(
        said(&greeting),
        [vec!["HELLO", "3", "AUTH", "ada", "pw"], vec!["SELECT", "3"]]
    );
    let Servers::Sentinels(watch) = servers else {
        panic!("{servers:?}");
    };
    let places = [tcp("a", 26379), tcp("b", 7000), tcp("::1", 26379)];
    assert_eq!(
        (watch.places.as_slice(), &*watch.service),
        (&places[..], "my main")
    );
    assert_eq!(
        said(&watch.greeting()),
        [["HELLO", "3", "AUTH", "eve", "w"]]
    );
    let Servers::Sentinels(watch) = self::target("valkey+sentinel://:pw@h/main").servers else {
        panic!("sentinels");
    };
    assert_eq!(
        said(&watch.greeting()),
        [["HELLO", "3"]],
        "the password is the server's"
    );
}

#[test]
fn a_url_of_a_cluster_names_some_of_its_nodes() {
    for (url, is_encrypted) in [
        ("redis-cluster://ada:pw@a,b:7000", false),
        ("rediss-cluster://ada:pw@a,b:7000/", true),
        ("redis+cluster://ada:pw@a,b:7000/0", false),
        ("valkeys-cluster://ada:pw@a,b:7000", true),
    ] {
        let target = target(url);
        assert_eq!(target.is_encrypted, is_encrypted, "{url}");
        assert_eq!(
            said(&target.greeting()),
            [["HELLO", "3", "AUTH", "ada", "pw"]],
            "{url}"
        );
        let seeds = vec![tcp("a", 6379), tcp("b", 7000)];
        assert_eq!(target.servers, Servers::Cluster(seeds), "{url}");
    }
}

#[test]
fn what_is_wrong_with_a_url_is_named() {
    for (url, part) in [
        ("localhost:6379", "redis://"),
        ("http://h", "redis://"),
        ("redis://", "host"),
        ("redis://h:port", "port"),
        ("redis://h/name", "number"),
        ("redis://h?ssl_cert_reqs=none", "`ssl_cert_reqs`"),
        ("unix:///s?timeout=1", "`timeout`"),
        ("rediss://h#insecure", "allow_unverified_tls"),
        ("redis://ada@h", "password"),
        ("redis+sentinel://h", "service"),
        ("redis+sentinel://h/main/name", "number"),
        ("redis+sentinel://h/main?role=replica", "`role`"),
        ("redis+sentinel://a,,b/main", "host"),
        ("redis-sentinel://h/0", "redis+sentinel://"),
        ("redis-cluster://h/1", "database"),
        ("redis-cluster://h?a=1", "`a`"),
        ("redis-cluster://a,", "host"),
        ("redis++cluster://h", "redis-cluster://"),
        ("redis://a,b", "redis-cluster://"),
        ("redis://[::1", "redis://"),
        ("unix://relative", "in full"),
        ("redis://%ff", "UTF-8"),
    ] {
        let reason = refused(url);
        assert!(reason.contains(part), "{url}: {reason}");
    }
}

#[test]
fn n_01_no_password_is_shown() {
    for url in [
        "redis://ada:hunter2@h:hunter2",
        "redis://ada:hunter2@h/hunter2",
        "redis://ada:hunter2/@h",
        "redis://:hunter2@h?x=hunter2",
        "redis://:a?hunter2@h",
        "redis://:a?hunter2==@h/0",
        "redis://u:a?hunter2=1@h/0",
        "rediss://u:a?hunter2&x@h",
        "redis://u:p@a?hunter2@h",
        "redis://u:a?hunter2",
        "redis-cluster://u:a?hunter2@h,i",
        "unix:///s?pass=a&hunter2=1",
        "redis+sentinel://h/main?sentinel_username=u&sentinel_password=a&hunter2=1",
        "hunter2",
        "hunter2://h",
        "redis://h#hunter2",
        "unix:///s?pass=hunter2&db=x",
        "redis+sentinel://:hunter2@h/main/hunter2?sentinel_password=hunter2",
        "redis+sentinel://h:hunter2/main",
    ] {
        let reason = refused(url);
        assert!(!reason.contains("hunter2"), "{reason}");
    }
    for url in [
        "redis://ada:hunter2@127.0.0.1",
        "unix:///s?user=ada&pass=hunter2",
        "redis+sentinel://:hunter2@h/main?sentinel_password=hunter2",
    ] {
        let shown = format!("{:?}", target(url));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn l_08_plaintext_stays_on_this_machine_unless_asked_for() {
    for url in [
        "redis://127.0.0.1",
        "redis://127.9.9.9",
        "redis://[::1]",
        "redis://[::ffff:127.0.0.1]",
        "redis://LocalHost",
        "unix:///s",
        "rediss://cache.example",
    ] {
        assert!(target(url).check(false).is_ok(), "{url}");
    }
    for url in [
        "redis://cache.example",
        "redis://10.0.0.1",
        "redis://localhost.example",
        "redis+sentinel://127.0.0.1,cache.example/main",
        "redis-cluster://127.0.0.1,cache.example",
    ] {
        let refused = target(url).check(false).unwrap_err().to_string();
        assert!(refused.contains("rediss://"), "{refused}");
        assert!(target(url).check(true).is_ok(), "{url}");
    }
}
