//! Texts that are no expression over the columns of the users table: named at the start, before anything
//! is made in the file.

use locals::UsersTable;

use super::{Account, Database, TABLES, open, users};

/// Each as a condition and as a value.
fn refuses(text: &str) {
    refuses_users(text, users().only_if(text));
    refuses_users(text, users().column("extra", text));
}

/// The message names it, and the file is as it was.
fn refuses_users(text: &str, users: UsersTable) {
    let database = Database::with(TABLES);
    let refused = open::<Account>(&database, users.clone());
    let message = refused.expect_err(text).to_string();
    let named = format!("{text}` is no");
    assert!(message.contains(&named), "{users:?}: {message}");
    is_untouched(&database, &message);
}

fn is_untouched(database: &Database, what: &str) {
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    assert_eq!(database.number(ours), 0, "{what}");
    assert_eq!(database.number("SELECT count(*) FROM users"), 2, "{what}");
}

#[test]
fn l_10_a_text_that_leaves_its_parentheses_is_refused() {
    for text in [
        "1); DROP TABLE users; --",
        "1) OR (1",
        "1); DROP TABLE users; SELECT (1",
        "verified; DROP TABLE users",
        "verified)",
        "(verified",
        "'open",
        "\"open",
        "`open",
        "[open",
        "verified --",
        "verified /* and more",
    ] {
        refuses(text);
    }
}

/// SQLite takes a name in double quotes that it does not know for a text.
#[test]
fn e_10_a_misspelled_name_in_double_quotes_is_no_text() {
    for text in [
        "NOT \"is baned\"",
        "\"deletedAt\" IS NULL",
        "\"verifed\"",
        "verified AND \"Verified At\" <> ''",
        "[is baned]",
        "`is baned`",
    ] {
        refuses(text);
    }
}

/// A parameter would be bound to what a statement of ours has in that place.
#[test]
fn l_10_a_text_with_a_parameter_is_refused() {
    for text in ["id = ?1", "id = ?", "id = :id", "id = @id", "id = $id"] {
        refuses(text);
    }
}

#[test]
fn a_text_that_is_no_expression_or_is_about_all_rows_is_refused() {
    for text in [
        "",
        "   ",
        "verified verified",
        "verified,",
        "count(*)",
        "sum(verified)",
        "max(id)",
        "nosuchfunction(id)",
    ] {
        refuses(text);
    }
}

/// SQLite may leave out what no row has to fulfil, and then does not look at it.
#[test]
fn a_text_that_makes_no_sense_over_the_table_is_refused() {
    for text in [
        "nosuchcolumn",
        "users.nosuchcolumn",
        "profiles.id = 7",
        "id = nosuchcolumn",
        "EXISTS (SELECT 1 FROM nosuchtable)",
        "verified, id",
    ] {
        refuses(text);
    }
}

/// Nobody could say which of the two is meant.
#[test]
fn a_computed_column_with_the_name_of_another_is_refused() {
    for (users, name) in [
        (users().column("email", "nick"), "`email`"),
        (users().column("EMAIL", "nick"), "`EMAIL`"),
        (users().column("id", "1"), "`id`"),
        (
            users().column("name", "nick").column("Name", "email"),
            "`Name`",
        ),
    ] {
        let database = Database::with(TABLES);
        let refused = open::<Account>(&database, users);
        let message = refused.expect_err(name).to_string();
        assert!(message.contains(name), "{message}");
        assert!(message.contains("another name"), "{message}");
        is_untouched(&database, &message);
    }
}

#[test]
fn l_10_a_computed_column_whose_name_carries_sql_is_refused() {
    for name in ["", "a b", "x\" FROM users --", "1st", "ä"] {
        let database = Database::with(TABLES);
        let refused = open::<Account>(&database, users().column(name, "nick"));
        let message = refused.expect_err(name).to_string();
        assert!(message.contains(&format!("`{name}`")), "{message}");
        is_untouched(&database, &message);
    }
}
