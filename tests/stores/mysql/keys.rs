//! What a user's key may be, and which table is the users table.

mod cases;
mod changed;
mod following;
mod ranges;
mod refused;
mod whereabouts;
mod widened;

use crate::{
    rig::{Database, database, is_mariadb},
    users::{Named, auth, is_nobody, listed, name, signed_in},
};
use locals::{Auth, UsersTable};

/// A table `users` of nobody, whose key `id` is declared so.
fn with_key(declaration: &str) -> Option<Database> {
    let database = database()?;
    database.execute(&format!(
        "CREATE TABLE users (id {declaration}, name varchar(600) NOT NULL) CHARACTER SET utf8mb4"
    ));
    Some(database)
}

/// How many sessions there are, whoever's.
fn sessions(database: &Database) -> String {
    database.text("SELECT count(*) FROM locals_sessions")
}

/// An id as it stands in a statement: a UUID in 16 bytes has no text.
fn literal(id: &str, is_binary: bool) -> String {
    if is_binary {
        format!("X'{}'", id.replace('-', ""))
    } else {
        format!("'{id}'")
    }
}

/// Of which a column keeps the bytes.
fn is_binary(declaration: &str) -> bool {
    declaration.starts_with("binary")
}

/// A table of users, and how its key is written.
struct Keyed<'d> {
    database: &'d Database,
    key: &'d str,
    is_binary: bool,
}

impl Keyed<'_> {
    fn change(&self, statement: &str, [id, later]: [&str; 2]) {
        self.database.execute(
            &statement
                .replace("{key}", self.key)
                .replace("{id}", &literal(id, self.is_binary))
                .replace("{later}", &literal(later, self.is_binary)),
        );
    }

    /// A session comes with its user, follows a key that changes, and ends: when everybody of the user's is
    /// signed out, and with the user.
    async fn check(&self, users: impl Into<UsersTable>, ids: [&str; 2]) {
        let [id, later] = ids;
        self.change("INSERT INTO users ({key}, name) VALUES ({id}, 'Ada')", ids);
        let auth: Auth<Named> = auth(self.database.url(), users).await;
        let ended = signed_in(&auth, id).await;
        assert_eq!(ended.user_id().as_str(), id);
        assert_eq!(listed(&auth, id).await, 1);
        assert_eq!(auth.invalidate_user_sessions(id).await.expect("ended"), 1);
        assert_eq!(name(&auth, &ended).await, None);

        let session = signed_in(&auth, id).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
        is_nobody(&auth, later).await;
        self.change("UPDATE users SET {key} = {later} WHERE {key} = {id}", ids);
        let found = auth.validate_session(session.token()).await;
        let found = found.expect("an answer").expect("a session");
        assert_eq!(found.user_id().as_str(), later);
        assert_eq!(listed(&auth, later).await, 1);
        assert_eq!(listed(&auth, id).await, 0);

        self.change("DELETE FROM users WHERE {key} = {later}", ids);
        assert_eq!(name(&auth, &session).await, None);
        assert_eq!(sessions(self.database), "0");
    }
}

async fn check(declaration: &str, ids: [&str; 2]) {
    let Some(database) = with_key(declaration) else {
        return;
    };
    let table = Keyed {
        database: &database,
        key: "id",
        is_binary: is_binary(declaration),
    };
    table.check("users", ids).await;
}

/// `name: "SQL type", "an id", "another";`
macro_rules! keys {
    ($($test:ident: $sql:literal, $id:literal, $later:literal;)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            check(concat!($sql, " PRIMARY KEY"), [$id, $later]).await;
        }
    )+};
}

keys! {
    tinyint: "tinyint", "7", "-128";
    tinyint_unsigned: "tinyint unsigned", "7", "255";
    smallint: "smallint", "7", "-32768";
    smallint_unsigned: "smallint unsigned", "7", "65535";
    mediumint: "mediumint", "7", "-8388608";
    mediumint_unsigned: "mediumint unsigned", "7", "16777215";
    int: "int", "7", "-8";
    int_unsigned: "int unsigned", "7", "4294967295";
    bigint: "bigint", "7", "-9007199254740993";
    bigint_unsigned: "bigint unsigned", "7", "18446744073709551615";
    with_a_width: "int(10)", "7", "8";
    filled_with_zeros: "int(10) unsigned zerofill", "7", "8";
    counted_up: "bigint unsigned AUTO_INCREMENT", "7", "8";
    char: "char(20)", "ada", "grace";
    varchar: "varchar(20)", "ada", "007";
    varchar_of_any_case: "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", "Zoë 🦀", "Ada";
    varchar_of_this_case: "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "Ada", "ada";
    varchar_of_utf8mb3: "varchar(20) CHARACTER SET utf8mb3", "Zoë", "Ada";
    varchar_of_latin1: "varchar(20) CHARACTER SET latin1", "Zoë", "Ada";
    varchar_of_latin1_and_this_case: "varchar(20) CHARACTER SET latin1 COLLATE latin1_bin", "Ada", "ada";
    varchar_of_ascii: "varchar(20) CHARACTER SET ascii", "ada", "grace";
    char_of_a_hyphenated_uuid: "char(36) CHARACTER SET ascii COLLATE ascii_bin",
        "67e55044-10b1-426f-9247-bb680e5fe0c8", "00000000-0000-0000-0000-000000000001";
    uuid_in_16_bytes: "binary(16)",
        "67e55044-10b1-426f-9247-bb680e5fe0c8", "00000000-0000-0000-0000-000000000001";
    uuid_that_ends_with_a_zero_or_a_blank: "binary(16)",
        "67e55044-10b1-426f-9247-bb680e5fe000", "67e55044-10b1-426f-9247-bb680e5fe020";
}

#[tokio::test(flavor = "multi_thread")]
async fn uuid_of_mariadb() {
    let Some(database) = database() else { return };
    if is_mariadb(&database) {
        let ids = [
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "00000000-0000-0000-0000-000000000001",
        ];
        check("uuid PRIMARY KEY", ids).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_unique_and_not_primary() {
    let declaration = "int AUTO_INCREMENT PRIMARY KEY, account_no bigint NOT NULL UNIQUE";
    let Some(database) = with_key(declaration) else {
        return;
    };
    let table = Keyed {
        database: &database,
        key: "account_no",
        is_binary: false,
    };
    let users = UsersTable::new("users").key("account_no");
    table.check(users, ["7", "8"]).await;
}

/// One that would not do beside it is no harm.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_other_indexes() {
    check(
        "varchar(20) NOT NULL, UNIQUE KEY begins (id(5)), UNIQUE KEY whole (id), \
         KEY both_of_them (id, name(5))",
        ["ada", "grace"],
    )
    .await;
}

/// Names of columns have no case.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_name_has_capitals() {
    for key in ["userId", "USERID"] {
        let Some(database) = with_key("int, userId bigint PRIMARY KEY") else {
            return;
        };
        let table = Keyed {
            database: &database,
            key,
            is_binary: false,
        };
        let users = UsersTable::new("users").key(key);
        table.check(users, ["7", "8"]).await;
    }
}

/// What a key has to be quoted for.
#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_words_of_sql() {
    let Some(database) = database() else { return };
    database.execute("CREATE TABLE `order` (`key` int PRIMARY KEY, name varchar(40) NOT NULL)");
    database.execute("INSERT INTO `order` VALUES (1, 'Ada')");
    let users = UsersTable::new("order").key("key");
    let auth: Auth<Named> = auth(database.url(), users).await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}
