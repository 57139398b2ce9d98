//! Ids on their way into a column and back.

use super::*;

const UUID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

fn integer_of(column_type: &str) -> Declared {
    let data_type = column_type.split(['(', ' ']).next().unwrap();
    Declared {
        data_type: data_type.into(),
        column_type: column_type.into(),
        ..Declared::default()
    }
}

fn text_of(data_type: &str, length: u64, charset: &str, collation: &str) -> Declared {
    Declared {
        data_type: data_type.into(),
        column_type: format!("{data_type}({length})"),
        length: Some(length),
        charset: Some(charset.into()),
        collation: Some(collation.into()),
        ..Declared::default()
    }
}

fn binary_of(data_type: &str, length: u64) -> Declared {
    Declared {
        data_type: data_type.into(),
        column_type: format!("{data_type}({length})"),
        length: Some(length),
        ..Declared::default()
    }
}

fn of(declared: &Declared) -> KeyColumn {
    KeyColumn::of(declared).unwrap_or_else(|| panic!("{declared:?}"))
}

fn varchar() -> KeyColumn {
    of(&text_of("varchar", 8, "utf8mb4", "utf8mb4_general_ci"))
}

/// The id again, by way of the parameter.
fn back(column: &KeyColumn, id: &str) -> Option<UserId> {
    column.read(&column.key(&id.into())?)
}

#[test]
fn an_id_comes_back_from_each_kind_of_key() {
    for (column_type, ids) in [
        ("tinyint(4)", ["-128", "0", "127"]),
        ("tinyint(3) unsigned", ["0", "7", "255"]),
        ("smallint(6)", ["-32768", "7", "32767"]),
        ("mediumint(8) unsigned", ["0", "7", "16777215"]),
        ("int", ["-2147483648", "7", "2147483647"]),
        (
            "bigint(20)",
            ["-9223372036854775808", "7", "9223372036854775807"],
        ),
        (
            "bigint(20) unsigned zerofill",
            ["0", "9223372036854775808", "18446744073709551615"],
        ),
    ] {
        let column = of(&integer_of(column_type));
        for id in ids {
            assert_eq!(back(&column, id), Some(id.into()), "{column_type}");
            assert_eq!(column.canonical(id.into()), Some(id.into()));
            assert_eq!(
                column.read(&Value::Bytes(id.into())),
                Some(id.into()),
                "{column_type}"
            );
        }
    }
    for id in ["", "Ada ", "007", "a\\b\"c'", "a\0;?:x", "\u{1f600}"] {
        for column in [varchar(), KeyColumn::without_users()] {
            assert_eq!(back(&column, id), Some(id.into()));
            assert_eq!(column.canonical(id.into()), Some(id.into()));
        }
    }
}

#[test]
fn a_uuid_has_one_form() {
    for declared in [binary_of("binary", 16), integer_of("uuid")] {
        let column = of(&declared);
        for id in [UUID, &UUID.to_uppercase(), &UUID.replace('-', "")] {
            assert_eq!(back(&column, id), Some(UUID.into()));
            assert_eq!(column.canonical(id.into()), Some(UUID.into()));
        }
        for id in ["", "7", "\0", "67e55044"] {
            assert_eq!(column.key(&id.into()), None, "{id:?}");
            assert_eq!(column.canonical(id.into()), None, "{id:?}");
        }
    }
}

#[test]
fn an_id_that_no_user_can_have_is_none() {
    for (declared, ids) in [
        (integer_of("tinyint(4)"), ["128", "-129", "ada", "007"]),
        (integer_of("int unsigned"), ["-1", "4294967296", "", "+7"]),
        (
            integer_of("bigint"),
            ["9223372036854775808", "-0", "7\0", "٧"],
        ),
        (
            integer_of("bigint unsigned"),
            ["18446744073709551616", "-1", " 7", "0x7"],
        ),
        (
            text_of("char", 3, "latin1", "latin1_swedish_ci"),
            ["anna", "\u{e9}\u{e9}\u{e9}\u{e9}", "\u{2603}", "ada "],
        ),
        (
            text_of("varchar", 3, "ascii", "ascii_bin"),
            ["anna", "\u{e9}", "\u{1f600}", "\u{80}"],
        ),
        (
            text_of("varchar", 3, "utf8mb3", "utf8mb3_bin"),
            [
                "anna",
                "\u{1f600}",
                "a\u{10000}",
                "\u{e9}\u{e9}\u{e9}\u{e9}",
            ],
        ),
    ] {
        let column = of(&declared);
        for id in ids {
            let id = UserId::from(id);
            assert_eq!(column.key(&id), None, "{declared:?}: {id}");
            assert_eq!(column.canonical(id), None, "{declared:?}");
        }
    }
    let longest = "n".repeat(LONGEST);
    let any = KeyColumn::without_users();
    assert_eq!(back(&any, &longest), Some(longest.as_str().into()));
    assert_eq!(any.key(&format!("{longest}n").into()), None);
}

#[test]
fn a_column_that_refers_to_the_key_is_of_its_type() {
    for (declared, expected) in [
        (integer_of("int(11)"), Some("int")),
        (integer_of("int"), Some("int")),
        (
            integer_of("int(10) unsigned zerofill"),
            Some("int unsigned"),
        ),
        (integer_of("bigint unsigned"), Some("bigint unsigned")),
        (integer_of("uuid"), Some("uuid")),
        (binary_of("binary", 16), Some("binary(16)")),
        (
            text_of("varchar", 64, "utf8mb4", "utf8mb4_0900_ai_ci"),
            Some("varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci"),
        ),
        (
            text_of("char", 7, "ucs2", "ucs2_bin"),
            Some("char(7) CHARACTER SET ucs2 COLLATE ucs2_bin"),
        ),
        (text_of("varchar", 64, "swe7", "swe7_bin"), None),
        (text_of("text", 65_535, "utf8mb4", "utf8mb4_bin"), None),
        (text_of("enum", 3, "utf8mb4", "utf8mb4_bin"), None),
        (binary_of("binary", 15), None),
        (binary_of("varbinary", 16), None),
        (integer_of("decimal(10,0)"), None),
        (integer_of("bit(1)"), None),
        (integer_of("datetime"), None),
    ] {
        let column = KeyColumn::of(&declared);
        let sql_type = column.as_ref().map(KeyColumn::sql_type);
        assert_eq!(sql_type, expected, "{declared:?}");
    }
}

#[test]
fn a_column_of_the_sessions_is_known_again() {
    let any = KeyColumn::without_users();
    let declared = binary_of("varbinary", 3072);
    assert_eq!(declared.column_type, any.sql_type());
    assert_eq!(KeyColumn::of_sessions(&declared), Some(any));
    let declared = integer_of("bigint(20) unsigned");
    let users = of(&integer_of("bigint(20) unsigned zerofill"));
    assert_eq!(KeyColumn::of_sessions(&declared), Some(users));
    assert_eq!(KeyColumn::of_sessions(&binary_of("varbinary", 16)), None);
}

#[test]
fn what_is_no_key_is_read_as_none() {
    let number = of(&integer_of("bigint"));
    for cell in [
        Value::NULL,
        Value::Double(7.0),
        Value::Bytes(b"ada".into()),
        Value::Date(2026, 11, 26, 0, 0, 0, 0),
    ] {
        assert_eq!(number.read(&cell), None, "{cell:?}");
    }
    assert_eq!(varchar().read(&Value::Int(7)), None);
    assert_eq!(varchar().read(&Value::Bytes(b"\xff".into())), None);
    let uuid = of(&binary_of("binary", 16));
    assert_eq!(uuid.read(&Value::Bytes(b"ada".into())), None);
    assert_eq!(number.read(&Value::Bytes(b"0007".into())), Some("7".into()));
}

#[test]
fn a_character_set_that_we_do_not_know_keeps_ascii() {
    let column = of(&text_of("varchar", 9, "cp1251", "cp1251_bin"));
    assert!(column.takes_ascii_only());
    assert_eq!(back(&column, "ada"), Some("ada".into()));
    assert_eq!(column.key(&"\u{430}".into()), None);
    assert!(!varchar().takes_ascii_only());
}
