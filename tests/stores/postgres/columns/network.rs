//! Addresses, ranges, and every other type, which comes as PostgreSQL writes it.

use super::cells;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

cells! {
    addresses {
        host: "inet", "10.0.0.1" => IpAddr = Ipv4Addr::new(10, 0, 0, 1).into();
        host6: "inet", "::1" => IpAddr = Ipv6Addr::LOCALHOST.into();
        narrow: "inet", "10.0.0.1" => Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
        text: "inet", "10.0.0.1" => String = "10.0.0.1".to_owned();
        masked: "inet", "10.0.0.1/24" => String = "10.0.0.1/24".to_owned();
        network: "cidr", "10.1.0.0/16" => String = "10.1.0.0/16".to_owned();
        card: "macaddr", "08:00:2b:01:02:03" => String = "08:00:2b:01:02:03".to_owned();
        missing: "inet", "NULL" => Option<IpAddr> = None;
    }
}

cells! {
    whatever_else_there_is {
        range: "int4range", "[1,5)" => String = "[1,5)".to_owned();
        any: "int4range", "[1,5)" => Value = json!("[1,5)");
        money: "money", "12.50" => String = "$12.50".to_owned();
        bits: "bit(3)", "101" => String = "101".to_owned();
        words: "tsvector", "a b" => String = "'a' 'b'".to_owned();
        xml: "xml", "<a/>" => String = "<a/>".to_owned();
        point: "point", "(1,2)" => String = "(1,2)".to_owned();
        missing: "point", "NULL" => Option<String> = None;
    }
}

/// PostgreSQL 14 and later.
#[tokio::test(flavor = "multi_thread")]
async fn ranges_of_several_parts() {
    #[derive(serde::Deserialize)]
    struct Row {
        parts: String,
    }
    let Some(database) = super::database() else {
        return;
    };
    let version = database.text("SHOW server_version_num");
    if version.parse::<u32>().expect("a number") < 140_000 {
        return;
    }
    let columns = [("parts", "int4multirange", "{[1,3),[5,6)}")];
    let cells = super::Cells::of(database, &columns).await;
    for row in cells.read::<Row>().await {
        assert_eq!(row.parts, "{[1,3),[5,6)}");
    }
}
