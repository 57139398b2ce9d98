//! Texts, and what is kept as one; enums, UUIDs and bytes.

use super::cells;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr};
use uuid::{Uuid, uuid};

const ID: Uuid = uuid!("67e55044-10b1-426f-9247-bb680e5fe0c8");

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Paid,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
    User,
}

cells! {
    texts {
        plain: "text", "Ada" => String = "Ada".to_owned();
        empty: "text", "" => String = String::new();
        letter: "text", "x" => char = 'x';
        list: "text", r#"["a"]"# => Vec<String> = vec!["a".to_owned()];
        uuid: "text", "67E55044-10B1-426F-9247-BB680E5FE0C8" => Uuid = ID;
        moment: "text", "2026-11-26 11:32:28+02:00" => DateTime<Utc>
            = "2026-11-26T09:32:28Z".parse().expect("a moment");
        address: "text", "127.0.0.1" => IpAddr = Ipv4Addr::LOCALHOST.into();
        digits: "text", "10" => String = "10".to_owned();
        #[serde(default)]
        absent: "text", "NULL" => String = String::new();
        optional: "text", "NULL" => Option<String> = None;
        emoji: "text", "Zoë 🦀" => String = "Zoë 🦀".to_owned();
        varying: "varchar(20)", "Ada" => String = "Ada".to_owned();
        padded: "char(5)", "ab" => String = "ab".to_owned();
        plan: "char(5)", "free" => Plan = Plan::Free;
        paid: "varchar(5)", "paid" => Plan = Plan::Paid;
        name: "name", "ada" => String = "ada".to_owned();
        byte: "\"char\"", "x" => String = "x".to_owned();
        without_case: "citext", "Ada@Example.com" => String = "Ada@Example.com".to_owned();
        domain: "auth.email", "A@b" => String = "A@b".to_owned();
    }
}

cells! {
    enums {
        role: "auth.role", "admin" => Role = Role::Admin;
        word: "auth.role", "admin" => String = "admin".to_owned();
        optional: "auth.role", "user" => Option<Role> = Some(Role::User);
        missing: "auth.role", "NULL" => Option<Role> = None;
        list: "auth.role[]", "{admin,user}" => Vec<Role> = vec![Role::Admin, Role::User];
    }
}

cells! {
    uuids_and_bytes {
        plain: "uuid", "67e55044-10b1-426f-9247-bb680e5fe0c8" => Uuid = ID;
        text: "uuid", "67e55044-10b1-426f-9247-bb680e5fe0c8" => String = ID.to_string();
        bytes: "bytea", r"\x0061ff" => Vec<u8> = vec![0, 0x61, 0xff];
        array: "bytea", r"\x6162" => [u8; 2] = *b"ab";
        sixteen: "bytea", r"\x67e5504410b1426f9247bb680e5fe0c8" => Uuid = ID;
        list: "uuid[]", "{67e55044-10b1-426f-9247-bb680e5fe0c8}" => Vec<Uuid> = vec![ID];
    }
}
