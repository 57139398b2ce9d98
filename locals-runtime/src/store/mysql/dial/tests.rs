//! What a failure is called, what is set for a connection, and which server will do.

use super::*;
use mysql_async::{IoError, OptsBuilder, ServerError, TlsError};
use std::{
    io,
    net::{IpAddr, Ipv4Addr},
};

fn answer(code: u16) -> Cause {
    Cause::MySql(Error::Server(ServerError {
        code,
        message: "no".to_owned(),
        state: "HY000".to_owned(),
    }))
}

fn told(cause: Cause) -> StoreError {
    failure::failed(&[("db.example:3306".to_owned(), cause)])
}

/// As the driver has it: what rustls says is within an error of the socket.
fn handshake(error: rustls::Error) -> Cause {
    let error = io::Error::new(io::ErrorKind::InvalidData, error);
    Cause::MySql(Error::Io(IoError::Io(error)))
}

#[test]
fn i_01_what_only_the_operator_can_mend_is_told_from_an_outage() {
    for code in [
        1044, 1045, 1049, 1129, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3159, 3955, 4151,
    ] {
        let error = told(answer(code));
        assert!(matches!(error, StoreError::Setup(_)), "{code}: {error}");
        assert!(
            error.to_string().contains(&format!("error {code}): ")),
            "{error}"
        );
    }
    for code in [1040, 1047, 1053, 1203, 1226, 1927] {
        let error = told(answer(code));
        assert!(
            matches!(error, StoreError::Unavailable(_)),
            "{code}: {error}"
        );
    }
    for cause in [
        Cause::NoAddress,
        Cause::TimedOut("it was over"),
        Cause::NotWritable,
        Cause::NotReady,
        Cause::Lookup(io::Error::other("none")),
    ] {
        assert!(matches!(told(cause), StoreError::Unavailable(_)));
    }
}

#[test]
fn a_server_that_may_come_back_makes_it_an_outage() {
    let failures = [
        ("a:3306".to_owned(), answer(1045)),
        ("b:3306".to_owned(), Cause::NotWritable),
    ];
    let error = failure::failed(&failures);
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("a:3306: no (error 1045)"), "{text}");
    assert!(text.contains("b:3306: not writable"), "{text}");
}

#[test]
fn n_04_a_server_s_words_add_no_line() {
    let cause = Cause::MySql(Error::Server(ServerError {
        code: 1045,
        message: "Access denied\nfor all".to_owned(),
        state: "28000".to_owned(),
    }));
    assert!(!told(cause).to_string().contains('\n'));
}

#[test]
fn l_08_a_bad_certificate_is_named_with_what_to_write() {
    use rustls::CertificateError::{Expired, NotValidForName, UnknownIssuer};
    for (problem, advice) in [
        (UnknownIssuer, "ssl-ca=/path/to/ca.pem"),
        (NotValidForName, "connect by a name"),
        (Expired, "good today"),
    ] {
        let error = rustls::Error::InvalidCertificate(problem);
        let wrapped = Cause::MySql(Error::Io(IoError::Tls(TlsError::Tls(error.clone()))));
        for cause in [handshake(error), wrapped] {
            let told = told(cause);
            assert!(matches!(told, StoreError::Setup(_)), "{told}");
            assert!(told.to_string().contains(advice), "{told}");
        }
    }
}

#[test]
fn what_the_driver_cannot_do_is_said_with_what_to_do() {
    for (error, advice) in [
        (DriverError::NoClientSslFlagFromServer, ".allow_plaintext()"),
        (
            DriverError::UnknownAuthPlugin {
                name: "dialog".to_owned(),
            },
            "caching_sha2_password",
        ),
        (DriverError::MysqlOldPasswordDisabled, "ALTER USER"),
        (DriverError::CleartextPluginDisabled, "with_opts"),
    ] {
        let told = told(Cause::MySql(Error::Driver(error)));
        assert!(matches!(told, StoreError::Setup(_)), "{told}");
        assert!(told.to_string().contains(advice), "{told}");
    }
    assert!(told(Cause::GaveUp).to_string().contains("client_ed25519"));
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired);
    assert!(told(handshake(alert)).to_string().contains("ssl-cert"));
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
    assert!(matches!(told(handshake(alert)), StoreError::Unavailable(_)));
}

const MARIADB: &[(&str, &str)] = &[
    ("idle_transaction_timeout", "0"),
    ("innodb_read_only", "OFF"),
    ("max_statement_time", "0.000000"),
    ("read_only", "OFF"),
    ("tx_isolation", "REPEATABLE-READ"),
    ("wsrep_on", "OFF"),
    ("wsrep_sync_wait", "0"),
];

const MYSQL: &[(&str, &str)] = &[
    ("innodb_read_only", "OFF"),
    ("max_execution_time", "0"),
    ("read_only", "OFF"),
    ("transaction_isolation", "REPEATABLE-READ"),
];

#[test]
fn l_08_each_server_gets_the_limits_that_it_knows() {
    let mariadb = LIMITS.statement(&Variables::named(MARIADB));
    for part in [
        "SET @@SESSION.sql_mode = 'STRICT_TRANS_TABLES,",
        "@@SESSION.time_zone = '+00:00', ",
        "@@SESSION.tx_isolation = 'READ-COMMITTED', ",
        "@@SESSION.max_statement_time = 1.5, ",
        "@@SESSION.innodb_lock_wait_timeout = 1, ",
        "@@SESSION.lock_wait_timeout = 2, ",
        "@@SESSION.idle_transaction_timeout = 5, ",
        "@@SESSION.wsrep_sync_wait = 3",
    ] {
        assert!(mariadb.contains(part), "{part}: {mariadb}");
    }
    assert!(!mariadb.contains("max_execution_time") && !mariadb.contains(".transaction_isolation"));
    let mysql = LIMITS.statement(&Variables::named(MYSQL));
    assert!(
        mysql.contains("@@SESSION.transaction_isolation = 'READ-COMMITTED', "),
        "{mysql}"
    );
    assert!(
        mysql.ends_with("@@SESSION.max_execution_time = 1500"),
        "{mysql}"
    );
    assert!(
        !mysql.contains("wsrep") && !mysql.contains("max_statement_time"),
        "{mysql}"
    );
    let setup = LIMITS_OF_SETUP.statement(&Variables::named(MARIADB));
    assert!(
        setup.contains("@@SESSION.max_statement_time = 60, "),
        "{setup}"
    );
    let unknown = LIMITS.statement(&Variables::default());
    assert!(
        unknown.ends_with("@@SESSION.transaction_isolation = 'READ-COMMITTED'"),
        "{unknown}"
    );
}

fn role(name: &str, value: &str) -> Role {
    Variables::named(&[(name, value)]).role()
}

#[test]
fn l_05_a_server_that_takes_no_writes_serves_reads_only_where_that_was_said() {
    for (name, value, expected) in [
        ("read_only", "OFF", Role::Writable),
        ("read_only", "0", Role::Writable),
        ("read_only", "ON", Role::ReadOnly),
        ("read_only", "NO_LOCK_NO_ADMIN", Role::ReadOnly),
        ("innodb_read_only", "ON", Role::ReadOnly),
        ("wsrep_on", "ON", Role::Writable),
    ] {
        assert_eq!(role(name, value), expected, "{name} {value}");
    }
    let terms = |reads_anywhere| Terms {
        limits: LIMITS,
        timeout: Duration::from_secs(1),
        reads_anywhere,
    };
    for reads_anywhere in [false, true] {
        let terms = terms(reads_anywhere);
        for wants in [Wants::Any, Wants::ReadWrite] {
            assert_eq!(terms.fit(Role::Writable, wants), Some(Fit::Best));
        }
        assert_eq!(terms.fit(Role::ReadOnly, Wants::ReadWrite), None);
        let spare = reads_anywhere.then_some(Fit::Spare);
        assert_eq!(terms.fit(Role::ReadOnly, Wants::Any), spare);
    }
}

#[test]
fn what_the_application_made_keeps_its_address_and_finds_rows() {
    let url = "mysql://u:p@[::1]:3307/app?client_found_rows=false&stmt_cache_size=7";
    let given = Opts::from_url(url).unwrap();
    let route = Route::given(&given);
    assert_eq!(route.to_string(), "[::1]:3307");
    let opts = route.opts();
    assert!(opts.client_found_rows() && !opts.prefer_socket());
    assert_eq!(opts.ip_or_hostname(), "::1");
    assert_eq!((opts.pass(), opts.stmt_cache_size()), (Some("p"), 0));
}

#[tokio::test]
async fn i_06_each_address_is_a_way_of_its_own_to_the_server_of_one_name() {
    let addresses = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(192, 0, 2, last)));
    let given = OptsBuilder::default()
        .ip_or_hostname("db.example")
        .resolved_ips(Some(addresses));
    let Ok(ways) = Route::given(&given.into()).ways().await else {
        panic!("nothing has to be looked up");
    };
    for (opts, address) in ways.iter().zip(addresses) {
        assert_eq!(opts.resolved_ips(), &Some(vec![address]));
        assert_eq!(opts.ip_or_hostname(), "db.example", "for its certificate");
    }
    assert_eq!(ways.len(), 2);
}

#[test]
fn each_address_gets_its_share_of_the_time() {
    let now = Instant::now();
    let deadline = now + Duration::from_secs(4);
    assert!(share(deadline, 4) <= now + Duration::from_millis(1500));
    assert!(share(deadline, 1) <= deadline + Duration::from_millis(1));
    assert!(share(deadline, 1) > now + Duration::from_secs(3));
}
