//! `ALTER TABLE .. RENAME`: the sessions go with the table and the key that they were made for,
//! under whatever name, and with no other that takes their name.

use locals::UsersTable;

use super::{App, LOST, NOBODY, THEIR_OWN, is_refused, open, sql, takes_nobody};

/// In the old way without foreign keys, SQLite leaves the reference to a table that is not there.
#[tokio::test]
async fn e_11_a_renamed_users_table_carries_the_sessions_along() {
    for (mode, foreign_keys, kept) in [
        ("", true, true),
        ("", false, true),
        ("PRAGMA legacy_alter_table = ON;", true, true),
        ("PRAGMA legacy_alter_table = ON;", false, false),
    ] {
        let what = format!("{mode} foreign keys {foreign_keys}");
        let (app, running) = App::start().await;
        let renames = format!("{mode} ALTER TABLE users RENAME TO accounts");
        app.change(foreign_keys, sql(&renames));
        assert_eq!(app.seen_by(&running).await, LOST, "{what}");
        takes_nobody(&running, &what).await;
        is_refused(open(&app.database, "users"), &["`users`"]);

        let accounts = || open(&app.database, "accounts").expect("it has the sessions");
        let expected = if kept { THEIR_OWN } else { NOBODY };
        assert_eq!(app.seen_by(&accounts()).await, expected, "{what}");
        let restarted = accounts();
        assert_eq!(app.seen_by(&restarted).await, expected, "{what}, again");

        let reused = "DELETE FROM accounts WHERE id = 1;
                      INSERT INTO accounts VALUES (1, 'mallory@example.com', NULL)";
        app.change(foreign_keys, sql(reused));
        let after = app.seen_by(&restarted).await;
        assert_eq!(after, ["nobody", expected[1]], "{what}: it is guarded");
    }
}

/// Ada's key is Bob's in the new table.
const TAKEN: &str = "
ALTER TABLE users RENAME TO former;
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, spare INTEGER UNIQUE);
INSERT INTO users SELECT 3 - id, email, spare FROM former;";

#[tokio::test]
async fn e_11_a_table_that_takes_the_name_of_a_renamed_one_is_refused() {
    for (mode, foreign_keys) in [
        ("", true),
        ("", false),
        ("PRAGMA legacy_alter_table = ON;", true),
    ] {
        let what = format!("{mode} foreign keys {foreign_keys}");
        let (app, running) = App::start().await;
        app.change(foreign_keys, sql(&format!("{mode} {TAKEN}")));
        assert_eq!(app.seen_by(&running).await, LOST, "{what}");
        takes_nobody(&running, &what).await;
        is_refused(open(&app.database, "users"), &["`users`", "`former`"]);
        let former = open(&app.database, "former").expect("it has the sessions");
        assert_eq!(app.seen_by(&former).await, THEIR_OWN, "{what}");

        app.change(foreign_keys, sql("DROP TABLE former"));
        assert_eq!(app.seen_by(&app.restart()).await, NOBODY, "{what}");
        assert_eq!(app.seen_by(&former).await, LOST, "{what}");
        assert_eq!(app.seen_by(&running).await, LOST, "{what}");
    }
}

/// The reference stays with the name, the triggers go with the table.
#[tokio::test]
async fn e_11_a_table_that_takes_the_name_of_one_renamed_in_the_old_way_ends_every_session() {
    let (app, running) = App::start().await;
    let taken = format!("PRAGMA legacy_alter_table = ON; {TAKEN}");
    app.change(false, sql(&taken));
    assert_eq!(app.seen_by(&running).await, LOST);
    assert_eq!(app.seen_by(&app.restart()).await, NOBODY);
    assert_eq!(app.seen_by(&running).await, LOST);
}

/// By the column that has the key's name now, Ada's session would open Bob's account.
#[tokio::test]
async fn e_11_a_column_that_takes_the_name_of_the_key_is_refused() {
    for foreign_keys in [true, false] {
        let (app, running) = App::start().await;
        let renames = "ALTER TABLE users RENAME COLUMN id TO former;
                       ALTER TABLE users RENAME COLUMN spare TO id";
        app.change(foreign_keys, sql(renames));
        assert_eq!(app.seen_by(&running).await, LOST);
        takes_nobody(&running, "another column is the key").await;
        is_refused(
            open(&app.database, "users"),
            &["`users`", "`former`", "`id`"],
        );
        let key = || UsersTable::new("users").key("former");
        let restarted = open(&app.database, key()).expect("it has the sessions");
        assert_eq!(app.seen_by(&restarted).await, THEIR_OWN);
        assert_eq!(app.seen_by(&running).await, LOST);
    }
}
