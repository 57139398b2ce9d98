//! Records as bytes and back, and bytes that are no record.

use super::*;

fn plain() -> SessionRecord {
    let at = Timestamp::from_millis;
    let credential = Credential {
        id: SessionId::from_bytes([7; 16]),
        secret_hash: SecretHash::from_bytes([1; 32]),
    };
    let deadlines = Deadlines {
        active_until: at(2_000),
        idle_until: at(3_000),
        expires_at: at(4_000),
    };
    SessionRecord::new(credential, "ada".into(), at(1_000), deadlines)
}

fn with_everything() -> SessionRecord {
    let at = Timestamp::from_millis;
    SessionRecord {
        former_hash: Some(Box::new(SecretHash::from_bytes([2; 32]))),
        succession: Some(Succession::pending(SuccessorNonce::from_bytes([3; 32]))),
        user_stamp: Some(SecretHash::from_bytes([4; 32])),
        authenticated_at: at(1_100),
        renewed_at: at(1_200),
        periods: Some(Periods {
            active: Duration::from_millis(5),
            idle: Duration::from_millis(6),
        }),
        browser_session: true,
        device: Some("Firefox, \u{1f980}".into()),
        assurance: Some("aal2".into()),
        external_ref: Some("".into()),
        ..plain()
    }
}

fn hashes(record: &SessionRecord) -> [Option<[u8; 32]>; 3] {
    let bytes = |hash: Option<&SecretHash>| hash.map(|hash| *hash.as_bytes());
    [
        bytes(Some(&record.secret_hash)),
        bytes(record.former_hash.as_deref()),
        bytes(record.user_stamp.as_ref()),
    ]
}

#[track_caller]
fn comes_back(record: &SessionRecord) {
    let read = read(record.id, &written(record)).unwrap();
    assert_eq!(format!("{read:?}"), format!("{record:?}"));
    assert_eq!(read.succession, record.succession);
    assert_eq!(hashes(&read), hashes(record));
}

#[test]
fn every_field_comes_back() {
    comes_back(&plain());
    comes_back(&with_everything());
    for millis in [i64::MIN, -1, 0, 1, i64::MAX] {
        let at = Timestamp::from_millis(millis);
        comes_back(&SessionRecord {
            succession: Some(Succession::Promoted(at)),
            created_at: at,
            authenticated_at: at,
            renewed_at: at,
            deadlines: Deadlines {
                active_until: at,
                idle_until: at,
                expires_at: at,
            },
            ..with_everything()
        });
    }
}

#[test]
fn each_field_comes_back_without_the_others() {
    let all = with_everything();
    for record in [
        SessionRecord {
            former_hash: all.former_hash.clone(),
            ..plain()
        },
        SessionRecord {
            succession: all.succession.clone(),
            ..plain()
        },
        SessionRecord {
            user_stamp: all.user_stamp,
            ..plain()
        },
        SessionRecord {
            periods: all.periods,
            ..plain()
        },
        SessionRecord {
            browser_session: true,
            ..plain()
        },
        SessionRecord {
            device: all.device.clone(),
            ..plain()
        },
        SessionRecord {
            assurance: all.assurance.clone(),
            ..plain()
        },
        SessionRecord {
            external_ref: all.external_ref.clone(),
            ..plain()
        },
        SessionRecord {
            user_id: "".into(),
            ..plain()
        },
        SessionRecord {
            user_id: "\0\u{e9}\n".repeat(300).into(),
            ..plain()
        },
    ] {
        comes_back(&record);
    }
}

/// Where the scripts look.
#[test]
fn what_the_scripts_compare_stands_at_fixed_offsets() {
    let record = with_everything();
    let bytes = written(&record);
    let at = Timestamp::from_millis;
    for (from, part) in [
        (0, vec![1, 1, PENDING]),
        (3, vec![3; 32]),
        (35, vec![1; 32]),
        (67, vec![2; 32]),
        (99, instant(at(1_100)).to_vec()),
        (107, instant(at(2_000)).to_vec()),
        (115, instant(at(3_000)).to_vec()),
        (123, instant(at(4_000)).to_vec()),
        (131, instant(at(1_200)).to_vec()),
        (139, instant(at(1_000)).to_vec()),
        (147, owner(&record.user_id)),
    ] {
        assert_eq!(bytes[from..from + part.len()], part, "at {from}");
    }
}

#[test]
fn instants_are_ordered_as_their_bytes() {
    let millis = [
        i64::MIN,
        i64::MIN + 1,
        -1,
        0,
        1,
        1 << 53,
        i64::MAX - 1,
        i64::MAX,
    ];
    let bytes = millis.map(|millis| instant(Timestamp::from_millis(millis)));
    assert!(bytes.is_sorted());
}

#[test]
fn i_01_bytes_that_are_no_session_are_corrupt_and_never_another_session() {
    let whole = written(&with_everything());
    let id = plain().id;
    for length in 0..whole.len() {
        let cut = read(id, &whole[..length]);
        assert!(
            matches!(cut, Err(StoreError::Corrupt { .. })),
            "{length} bytes"
        );
    }
    let longer = [whole.as_slice(), b"x"].concat();
    assert!(read(id, &longer).is_err());
    for (at, byte) in [(0, 0), (0, 2), (1, 2), (2, 3), (147, 0xff), (151, 0xff)] {
        let mut broken = whole.clone();
        broken[at] = byte;
        assert!(read(id, &broken).is_err(), "{byte} at {at}");
    }
    let flags = 147 + 4 + 3;
    for byte in [0, 0x40, 0x80, 0xff] {
        let mut broken = whole.clone();
        broken[flags] = byte;
        assert!(read(id, &broken).is_err(), "{byte} for what is there");
    }
}

#[test]
fn n_01_what_is_corrupt_shows_nothing_of_it() {
    let mut broken = written(&plain());
    broken.truncate(154);
    let text = read(plain().id, &broken).unwrap_err().to_string();
    assert!(!text.contains("ada"), "{text}");
}
