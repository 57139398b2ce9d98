//! Names and expressions that are refused.

use super::*;

#[test]
fn l_10_names_that_could_carry_sql_are_refused() {
    for name in [
        "",
        "1st",
        "a b",
        "a;DROP TABLE users",
        "a\"b",
        "ä",
        &"n".repeat(64),
    ] {
        assert!(UsersTable::new(name).check().is_err(), "{name}");
        assert!(
            UsersTable::new("users").key(name).check().is_err(),
            "{name}"
        );
    }
    UsersTable::new("_Users2").check().unwrap();
}

#[test]
fn l_10_a_schema_is_one_more_name_and_nothing_else() {
    for name in ["accounts", "auth.accounts", "_A1._b"] {
        UsersTable::new(name).check_qualified().unwrap();
    }
    assert!(UsersTable::new("auth.accounts").check().is_err());
    for name in [
        "",
        ".",
        "auth.",
        ".accounts",
        "a.b.c",
        "auth.1st",
        "auth .accounts",
        "\"auth\".accounts",
        "auth.accounts; DROP TABLE users",
        "auth.\u{e4}",
        &format!("{}.a", "n".repeat(64)),
        &format!("a.{}", "n".repeat(64)),
    ] {
        assert!(UsersTable::new(name).check_qualified().is_err(), "{name}");
        let key = UsersTable::new("users").key(name);
        let computed = UsersTable::new("users").column(name, "1");
        assert!(key.check_qualified().is_err(), "{name}");
        assert!(computed.check_qualified().is_err(), "{name}");
    }
    let key = UsersTable::new("users").key("auth.id");
    assert!(key.check_qualified().is_err());
}

#[test]
fn l_10_an_expression_that_ends_early_is_refused() {
    for bad in ["1) OR (1", "verified -- and more", "", "id = ?1"] {
        let users = UsersTable::new("users");
        assert!(users.clone().only_if(bad).check().is_err(), "{bad}");
        assert!(users.column("x", bad).check().is_err(), "{bad}");
    }
    for bad in ["1) OR (1", "verified -- and more", "", "id = $1"] {
        let users = UsersTable::new("users");
        assert!(
            users.clone().only_if(bad).check_qualified().is_err(),
            "{bad}"
        );
        assert!(users.column("x", bad).check_qualified().is_err(), "{bad}");
    }
    for bad in ["1) OR (1", "verified # and more", "", "id = @id"] {
        let users = UsersTable::new("auth.users");
        let condition = users.clone().only_if(bad);
        assert!(condition.check_in_mysql().is_err(), "{bad}");
        assert!(users.column("x", bad).check_in_mysql().is_err(), "{bad}");
    }
    let users = UsersTable::new("auth.users").only_if("verified");
    users.check_in_mysql().unwrap();
    let elsewhere = UsersTable::new("a.b.users").check_in_mysql();
    assert!(elsewhere.is_err());
}
