//! The application's users table: its name, its key, and how a [`UserId`] stands in that key.

use super::{
    error::{failure, refuse},
    sql,
};
use crate::{error::StoreError, user_id::UserId};
use rusqlite::{
    Connection,
    types::{ToSqlOutput, ValueRef},
};

/// The application's own table of users: its name, its key, and which of its rows count.
///
/// ```
/// use locals::UsersTable;
///
/// let users = UsersTable::from("users");                       // key column `id`
/// let accounts = UsersTable::new("accounts").key("account_no");
/// ```
///
/// The key is an INTEGER, a TEXT, or a BLOB with the 16 bytes of a UUID; primary, or UNIQUE. As a
/// [`UserId`] it is the number, the text, or the hyphenated lower-case UUID, which is recognized in every
/// usual form. Texts are compared byte for byte: a UUID in a TEXT column is what stands there.
///
/// # Columns and fields
///
/// The columns that the `U` of [`Auth<U>`](crate::Auth) names are read, and serde decides what it can do
/// without (`Option`, `default`, `alias`, `flatten`, `skip`). What is missing, or there twice, is an error
/// of `build()`. A column may be, for a field:
///
/// | field | column |
/// |---|---|
/// | integers | INTEGER in its range; REAL without a fraction |
/// | `f32`, `f64` | REAL, INTEGER |
/// | `bool` | 0 and 1; `true` and `false` as text |
/// | `String`, `char`, an enum without fields | TEXT |
/// | `Option<T>` | NULL, and what `T` takes |
/// | `#[serde(default)]` | NULL is the default, and what the type takes |
/// | `Vec<u8>`, arrays, `serde_bytes` | BLOB |
/// | a struct, `Vec<T>`, a tuple, a map, `sqlx::types::Json<T>`, an enum with fields | TEXT with JSON |
/// | `serde_json::Value` | TEXT with a JSON object or list; any JSON where the column is declared JSON; else the text or number itself. TEXT with JSON of any kind: [`column::json`](crate::column::json) |
/// | `uuid::Uuid` | TEXT in any usual form, BLOB of 16 bytes |
/// | chrono `DateTime`, time `OffsetDateTime`, jiff `Timestamp` | TEXT: RFC 3339, or `2026-11-26 11:32:28` as `CURRENT_TIMESTAMP` writes it, in UTC unless it says otherwise |
/// | chrono `NaiveDateTime`, time `PrimitiveDateTime` | the same, without an offset |
/// | chrono `NaiveDate`, `NaiveTime`, time `Date`, `Time` | TEXT: `2026-11-26`, `11:32:28` |
/// | any of these dates | INTEGER: [`column::unix_seconds`](crate::column::unix_seconds), [`column::unix_millis`](crate::column::unix_millis) |
/// | a field of a `#[serde(flatten)]` struct | the same, but booleans and JSON only where the column is declared so |
///
/// What does not fit is [`StoreError::UserUnreadable`] at the sign-in, with the column's name. A sample of
/// one row is read by `build()`, which warns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsersTable {
    pub(super) table: String,
    pub(super) key: String,
    /// Names and expressions.
    pub(super) computed: Vec<(String, String)>,
    pub(super) conditions: Vec<String>,
}

impl UsersTable {
    /// A table whose key is the column `id`.
    pub fn new(table: impl Into<String>) -> Self {
        Self {
            table: table.into(),
            key: "id".to_owned(),
            computed: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// The key column: a primary key, or unique.
    #[must_use]
    pub fn key(mut self, column: impl Into<String>) -> Self {
        self.key = column.into();
        self
    }

    /// A value that is in no column: an SQL expression over the columns of the table, for the field
    /// `name`.
    ///
    /// It is checked by [`AuthBuilder::build`](crate::AuthBuilder::build), and computed with every load.
    ///
    /// ```
    /// use locals::UsersTable;
    ///
    /// let users = UsersTable::new("users")
    ///     .column("name", "coalesce(nickname, email)")
    ///     .column("has_profile", "EXISTS (SELECT 1 FROM profiles WHERE profiles.user_id = users.id)");
    /// ```
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, expression: impl Into<String>) -> Self {
        self.computed.push((name.into(), expression.into()));
        self
    }

    /// Only users of whom this holds, an SQL condition over the columns of the table: the others cannot
    /// sign in ([`StoreError::UnknownUser`]) and have no session, from the next request on. Several
    /// conditions have to hold together.
    ///
    /// What can be said of a loaded user is simpler in
    /// [`AuthBuilder::admits`](crate::AuthBuilder::admits).
    ///
    /// ```
    /// use locals::UsersTable;
    ///
    /// let users = UsersTable::new("users").only_if("verified AND deleted_at IS NULL");
    /// ```
    #[must_use]
    pub fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// What stands behind `FROM`: the table, or those of its rows that count, with what is computed.
    pub(super) fn source(&self) -> String {
        let table = quoted(&self.table);
        if self.computed.is_empty() && self.conditions.is_empty() {
            return table;
        }
        let computed: String = self
            .computed
            .iter()
            .map(|(name, expression)| format!(", ({expression}) AS {}", quoted(name)))
            .collect();
        let conditions: String = self
            .conditions
            .iter()
            .map(|condition| format!(" AND ({condition})"))
            .collect();
        format!("(SELECT {table}.*{computed} FROM {table} WHERE 1{conditions})")
    }

    /// Whether both name the same table and key; SQLite's names have no case.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.table.eq_ignore_ascii_case(&other.table) && self.key.eq_ignore_ascii_case(&other.key)
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        let computed = self.computed.iter().map(|(name, _)| ("column", name));
        for (what, name) in [("table", &self.table), ("column", &self.key)]
            .into_iter()
            .chain(computed)
        {
            if !is_identifier(name) {
                return refuse(format!(
                    "`{name}` cannot be the name of the users {what}: use 1 to 63 letters, digits \
                     and underscores, beginning with no digit"
                ));
            }
        }
        let expressions = self.computed.iter().map(|(_, expression)| expression);
        match expressions
            .chain(&self.conditions)
            .find(|text| !is_one_expression(text))
        {
            None => Ok(()),
            Some(text) => refuse(format!(
                "`{}` is not one SQL expression: close every quote and parenthesis, and leave out `;`, \
                 comments and parameters",
                text.escape_debug()
            )),
        }
    }
}

/// Whether a text stays one expression between the parentheses that are put around it.
fn is_one_expression(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = text.chars().peekable();
    let mut is_empty = true;
    while let Some(c) = rest.next() {
        is_empty &= c.is_whitespace();
        match c {
            '\'' | '"' | '`' | '[' => {
                let end = if c == '[' { ']' } else { c };
                if !rest.any(|c| c == end) {
                    return false;
                }
            }
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            '-' if rest.peek() == Some(&'-') => return false,
            '/' if rest.peek() == Some(&'*') => return false,
            ';' | '\0' | '?' | ':' | '@' | '$' => return false,
            _ => {}
        }
    }
    depth == 0 && !is_empty
}

impl From<&str> for UsersTable {
    fn from(table: &str) -> Self {
        Self::new(table)
    }
}

impl From<String> for UsersTable {
    fn from(table: String) -> Self {
        Self::new(table)
    }
}

/// `[A-Za-z_][A-Za-z0-9_]{0,62}`: what can stand in a statement without quoting.
fn is_identifier(name: &str) -> bool {
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    (1..=63).contains(&name.len())
        && name.bytes().next().is_some_and(begins)
        && name
            .bytes()
            .all(|byte| begins(byte) || byte.is_ascii_digit())
}

/// A name as SQL takes it, whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How the key column keeps a user's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Integer,
    Text,
    /// The 16 bytes of a UUID; as a [`UserId`] its hyphenated text.
    Uuid,
}

impl KeyType {
    /// By SQLite's rules of affinity (<https://www.sqlite.org/datatype3.html> §3.1).
    pub(super) fn of_declared(declared: &str) -> Option<Self> {
        let declared = declared.to_ascii_uppercase();
        let has = |word| declared.contains(word);
        if has("INT") {
            Some(Self::Integer)
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Some(Self::Text)
        } else if has("BLOB") {
            Some(Self::Uuid)
        } else {
            None
        }
    }

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
            Self::Uuid => "BLOB",
        }
    }

    pub(super) fn of_sql(name: &str) -> Option<Self> {
        [Self::Integer, Self::Text, Self::Uuid]
            .into_iter()
            .find(|known| known.sql() == name)
    }

    /// In a UTF-16 file two texts may become one (around U+FFFE), and two users with them.
    pub(super) fn check_encoding(self, connection: &Connection) -> Result<(), StoreError> {
        if self != Self::Text {
            return Ok(());
        }
        let encoding = connection.query_row(sql::ENCODING, [], |row| row.get::<_, String>(0));
        match encoding.map_err(failure)?.as_str() {
            "UTF-8" => Ok(()),
            other => refuse(format!(
                "this database file keeps text as {other}, in which two user ids may become one: use \
                 an integer or UUID key, or another file for the sessions (SQLite's default encoding \
                 is UTF-8)"
            )),
        }
    }

    /// The id as the column keeps it; `None` if no user can have this id.
    pub(super) fn to_sql(self, id: &UserId) -> Option<ToSqlOutput<'_>> {
        let text = id.as_str();
        match self {
            Self::Integer => {
                let number: i64 = text.parse().ok()?;
                // `007` is not the user `7`.
                (number.to_string() == text).then_some(number.into())
            }
            Self::Text => Some(text.into()),
            Self::Uuid => Some(uuid_bytes(text)?.into()),
        }
    }

    /// The id as a session brings it; `None` if no user can have it.
    pub(super) fn canonical(self, id: UserId) -> Option<UserId> {
        match self {
            Self::Uuid => Some(uuid_text(&uuid_bytes(id.as_str())?)?.into()),
            Self::Integer | Self::Text => self.to_sql(&id).is_some().then_some(id),
        }
    }

    /// The id that the column keeps; `None` if it keeps something else.
    pub(super) fn read(self, value: ValueRef<'_>) -> Option<UserId> {
        match (self, value) {
            (Self::Integer, ValueRef::Integer(number)) => Some(number.into()),
            (Self::Text, ValueRef::Text(text)) => Some(std::str::from_utf8(text).ok()?.into()),
            (Self::Uuid, ValueRef::Blob(bytes)) => Some(uuid_text(bytes)?.into()),
            _ => None,
        }
    }
}

/// The bytes of a UUID in any usual form: hyphenated or 32 digits, of either case, also in braces or as a
/// URN (RFC 9562 §4).
fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix("urn:uuid:").unwrap_or(&text);
    let bare = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let text = bare.unwrap_or(text);
    let digits = text.replace('-', "");
    let digit = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..32).step_by(2).map(digit).collect();
    let bytes = bytes?;
    let whole = digits == text || uuid_text(&bytes)? == text;
    (whole && digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(bytes)
}

/// 8-4-4-4-12 (RFC 9562 §4).
fn uuid_text(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
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
    fn a_uuid_is_the_same_in_every_usual_form() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let bytes = uuid_bytes(uuid).unwrap();
        for form in [
            uuid.to_uppercase(),
            uuid.replace('-', ""),
            uuid.replace('-', "").to_uppercase(),
            format!("{{{uuid}}}"),
            format!("urn:uuid:{uuid}"),
            format!("URN:UUID:{}", uuid.to_uppercase()),
        ] {
            assert_eq!(uuid_bytes(&form).as_ref(), Some(&bytes), "{form}");
        }
        assert_eq!(uuid_text(&bytes).as_deref(), Some(uuid));
    }

    #[test]
    fn an_expression_cannot_leave_its_parentheses() {
        for good in [
            "verified",
            "role IN ('a', ';', '--', ')')",
            "\"odd ) name\" = 1 AND [x;y] - 1",
            "EXISTS (SELECT 1 FROM p WHERE p.user_id = users.id)",
        ] {
            assert!(is_one_expression(good), "{good}");
        }
        for bad in [
            "",
            "  ",
            "1) OR (1",
            "1); DROP TABLE users; --",
            "verified -- and more",
            "verified /* and more",
            "'open",
            "\"open",
            "(1",
            "id = ?1",
            "id = :id",
            "x\0",
        ] {
            assert!(!is_one_expression(bad), "{bad}");
            let users = UsersTable::new("users");
            assert!(users.clone().only_if(bad).check().is_err(), "{bad}");
            assert!(users.column("x", bad).check().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_id_has_one_form_in_each_kind_of_key() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        for (key_type, id, round_trips) in [
            (KeyType::Integer, "-7", true),
            (KeyType::Integer, "007", false),
            (KeyType::Integer, "+7", false),
            (KeyType::Integer, "ada", false),
            (KeyType::Integer, "9223372036854775808", false),
            (KeyType::Text, "Ada\u{0}", true),
            (KeyType::Uuid, uuid, true),
            (KeyType::Uuid, &uuid[1..], false),
            (KeyType::Uuid, &format!("{uuid}0"), false),
            (KeyType::Uuid, &uuid.replace("-4", "4-"), false),
            (KeyType::Uuid, &format!("{{{uuid}"), false),
            (KeyType::Uuid, "é", false),
            (KeyType::Uuid, "", false),
        ] {
            let id = UserId::from(id);
            let back = key_type.to_sql(&id).map(|value| match value {
                ToSqlOutput::Borrowed(value) => key_type.read(value),
                ToSqlOutput::Owned(value) => key_type.read((&value).into()),
                other => panic!("{other:?}"),
            });
            assert_eq!(back, round_trips.then_some(Some(id)));
        }
    }
}
