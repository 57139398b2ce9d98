use super::*;
use crate::{Auth, SqliteStore, UserId};
use rusqlite::{Connection, StatementStatus, ToSql, types::Null};

/// A plan costs ten times what a point read does.
#[test]
fn a_statement_is_planned_once_whatever_is_bound() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.db");
    let connection = Connection::open(&path).unwrap();
    let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)";
    connection.execute_batch(users).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    let _: Auth<UserId> = Auth::builder(store).build().unwrap();

    let about_users = |statement: &str| {
        statement
            .replace("{user_columns}", ", u.email")
            .replace("{users}", "users")
            .replace("{key}", "id")
    };
    let ids: [[u8; 16]; 3] = [[0; 16], [7; 16], [0xff; 16]];
    for statement in [
        LOAD.to_owned(),
        about_users(LOAD_WITH_USER),
        about_users(LOAD_USER),
        LIST.to_owned(),
        ANY_BEYOND.to_owned(),
        EVICT.to_owned(),
        UPDATE.to_owned(),
        DELETE.to_owned(),
        DELETE_BY_EXTERNAL_REF.to_owned(),
        ANY_OF_EXTERNAL_REF.to_owned(),
        SESSION_EXISTS.to_owned(),
        DELETE_OF_USER.to_owned(),
        ANY_OF_USER.to_owned(),
        DELETE_EXPIRED.to_owned(),
    ] {
        let mut prepared = connection.prepare(&statement).unwrap();
        for (run, id) in (0_i64..).zip(&ids) {
            for number in 1..=prepared.parameter_count() {
                let value: &dyn ToSql = match number {
                    1 if statement.contains("user_id = +?1") => &run,
                    1 => id,
                    2 if statement.contains("LIMIT +?2") => &run,
                    2 if statement.contains("OFFSET +?2") => &run,
                    3 if statement.contains("OFFSET +?3") => &run,
                    _ => &Null,
                };
                prepared.raw_bind_parameter(number, value).unwrap();
            }
            let mut rows = prepared.raw_query();
            while rows.next().unwrap().is_some() {}
        }
        let planned_again = prepared.get_status(StatementStatus::RePrepare);
        assert_eq!(planned_again, 0, "{statement}");
    }
}
