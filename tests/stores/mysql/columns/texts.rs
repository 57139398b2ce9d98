//! Texts, and what is kept as one; enums, UUIDs and bytes.

use super::{Cells, cells};
use crate::rig::{database, is_mariadb};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use uuid::{Uuid, uuid};

const ID: Uuid = uuid!("67e55044-10b1-426f-9247-bb680e5fe0c8");

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Paid,
}

cells! {
    texts {
        plain: "varchar(40)", "Ada" => String = "Ada".to_owned();
        empty: "varchar(40)", "" => String = String::new();
        letter: "char(1)", "x" => char = 'x';
        long: "text", "Ada" => String = "Ada".to_owned();
        short: "tinytext", "Ada" => String = "Ada".to_owned();
        medium: "mediumtext", "Ada" => String = "Ada".to_owned();
        longest: "longtext", "Ada" => String = "Ada".to_owned();
        list: "text", r#"["a"]"# => Vec<String> = vec!["a".to_owned()];
        uuid: "char(36)", "67E55044-10B1-426F-9247-BB680E5FE0C8" => Uuid = ID;
        moment: "varchar(40)", "2026-11-26 11:32:28+02:00" => DateTime<Utc>
            = "2026-11-26T09:32:28Z".parse().expect("a moment");
        address: "varchar(40)", "127.0.0.1" => IpAddr = Ipv4Addr::LOCALHOST.into();
        digits: "varchar(40)", "10" => String = "10".to_owned();
        #[serde(default)]
        absent: "text", "NULL" => String = String::new();
        optional: "varchar(40)", "NULL" => Option<String> = None;
        emoji: "varchar(40)", "Zoë 🦀" => String = "Zoë 🦀".to_owned();
        padded: "char(5)", "ab" => String = "ab".to_owned();
        blank: "varchar(5)", "ab " => String = "ab ".to_owned();
        plan: "char(5)", "free" => Plan = Plan::Free;
        paid: "varchar(5)", "paid" => Plan = Plan::Paid;
        latin: "varchar(40) CHARACTER SET latin1", "Zoë" => String = "Zoë".to_owned();
        utf16: "varchar(40) CHARACTER SET utf16", "Zoë 🦀" => String = "Zoë 🦀".to_owned();
        ascii: "varchar(40) CHARACTER SET ascii", "Ada" => String = "Ada".to_owned();
        bytewise: "varchar(40) COLLATE utf8mb4_bin", "Zoë" => String = "Zoë".to_owned();
        bytewise_text: "text COLLATE utf8mb4_bin", "Zoë" => String = "Zoë".to_owned();
    }
}

cells! {
    enums {
        role: "enum('free','paid')", "free" => Plan = Plan::Free;
        word: "enum('free','paid')", "free" => String = "free".to_owned();
        optional: "enum('free','paid')", "paid" => Option<Plan> = Some(Plan::Paid);
        missing: "enum('free','paid')", "NULL" => Option<Plan> = None;
        latin: "enum('zoë','ada') CHARACTER SET latin1", "zoë" => String = "zoë".to_owned();
        set: "set('a','b','c')", "a,c" => String = "a,c".to_owned();
        empty_set: "set('a','b','c')", "" => String = String::new();
    }
}

cells! {
    uuids_and_bytes {
        sixteen: "binary(16)", "X'67e5504410b1426f9247bb680e5fe0c8'" => Uuid = ID;
        varying: "varbinary(16)", "X'67e5504410b1426f9247bb680e5fe0c8'" => Uuid = ID;
        bytes: "varbinary(40)", "X'0061ff'" => Vec<u8> = vec![0, 0x61, 0xff];
        blob: "blob", "X'0061ff'" => Vec<u8> = vec![0, 0x61, 0xff];
        tiny: "tinyblob", "X'0061ff'" => Vec<u8> = vec![0, 0x61, 0xff];
        medium: "mediumblob", "X''" => Vec<u8> = Vec::new();
        long: "longblob", "X'5b315d'" => Vec<u8> = b"[1]".to_vec();
        array: "binary(2)", "X'6162'" => [u8; 2] = *b"ab";
        padded: "binary(4)", "X'6162'" => [u8; 4] = *b"ab\0\0";
        missing: "blob", "NULL" => Option<Vec<u8>> = None;
    }
}

#[derive(Debug, Deserialize)]
struct OfMariaDb {
    id: i32,
    uuid: Uuid,
    text: String,
    v4: IpAddr,
    v6: Ipv6Addr,
    written: String,
}

/// They have types of their own there; `inet4` since 10.10.
#[tokio::test(flavor = "multi_thread")]
async fn uuids_and_addresses_of_mariadb() {
    let Some(database) = database() else { return };
    if !is_mariadb(&database) || database.text("SELECT @@version").starts_with("10.6") {
        return;
    }
    let id = "67E55044-10B1-426F-9247-BB680E5FE0C8";
    let columns = [
        ("uuid", "uuid", id),
        ("text", "uuid", id),
        ("v4", "inet4", "127.0.0.1"),
        ("v6", "inet6", "::1"),
        ("written", "inet6", "::1"),
    ];
    for row in Cells::of(database, &columns)
        .await
        .read::<OfMariaDb>()
        .await
    {
        assert_eq!((row.id, row.uuid, row.text), (1, ID, ID.to_string()));
        assert_eq!(
            (row.v4, row.v6),
            (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST)
        );
        assert_eq!(row.written, "::1");
    }
}
