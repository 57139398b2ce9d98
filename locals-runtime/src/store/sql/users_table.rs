//! [`UsersTable`]: the application's users table, its key, and which of its rows count.

use super::{expression, refuse, statement_text::quoted};
use crate::error::StoreError;

/// The application's own table of users: its name, its key, and which of its rows count.
///
/// ```
/// use locals::UsersTable;
///
/// let users = UsersTable::from("users");                       // key column `id`
/// let accounts = UsersTable::new("accounts").key("account_no");
/// ```
///
/// In SQLite the key is an INTEGER, a TEXT, or a BLOB with the 16 bytes of a UUID; primary, or UNIQUE. As a
/// [`UserId`](crate::UserId) it is the number, the text, or the hyphenated lower-case UUID, which is recognized in every
/// usual form. Texts are compared byte for byte: a UUID in a TEXT column is what stands there. What
/// [PostgreSQL](#postgresql) and [MySQL](#mysql-and-mariadb) do otherwise is below.
///
/// It is a table, and no view: nothing says of a view that a key is of one user. The fields of the type choose the
/// columns, [`only_if`](Self::only_if) the rows.
///
/// The names of the table, of the key and of [computed columns](Self::column) are 1 to 63 ASCII letters,
/// digits and underscores, beginning with no digit. Users whose table is called otherwise come by
/// [`users_with`](crate::AuthBuilder::users_with).
///
/// # Columns and fields
///
/// The columns that the `U` of [`Auth<U>`](crate::Auth) names are read, and serde decides what it can do
/// without (`Option`, `default`, `alias`, `flatten`, `skip`). What is missing, or there twice, is an error
/// of `build()` or `connect()`. A column may be, for a field:
///
/// | field | column |
/// |---|---|
/// | integers | INTEGER in its range; REAL without a fraction |
/// | `f32`, `f64` | REAL, INTEGER |
/// | `bool` | 0 and 1; `true` and `false` as text |
/// | `String`, `char`, an enum without fields | TEXT |
/// | `Option<T>` | NULL, and what `T` takes |
/// | `#[serde(default)]` | NULL is the default, and what the type takes |
/// | `Vec<u8>`, arrays of bytes | BLOB |
/// | a struct, `Vec<T>`, a tuple, a map, `sqlx::types::Json<T>`, an enum with fields | TEXT with JSON |
/// | `serde_json::Value` | TEXT with a JSON object or list; any JSON where the column is declared JSON; else the text or number itself. TEXT with JSON of any kind: [`column::json`](crate::column::json) |
/// | `uuid::Uuid` | TEXT in any usual form, BLOB of 16 bytes |
/// | chrono `DateTime`, time `OffsetDateTime` | TEXT: RFC 3339, or `2026-11-26 11:32:28` as `CURRENT_TIMESTAMP` writes it, in UTC unless it says otherwise |
/// | chrono `NaiveDateTime`, time `PrimitiveDateTime` | the same, without an offset |
/// | chrono `NaiveDate`, `NaiveTime`, time `Date`, `Time` | TEXT: `2026-11-26`, `11:32:28` |
/// | any of these dates | INTEGER: [`column::unix_seconds`](crate::column::unix_seconds), [`column::unix_millis`](crate::column::unix_millis) |
/// | a field of a `#[serde(flatten)]` struct | the same |
///
/// # PostgreSQL
///
/// The table may be one of a schema, `UsersTable::new("auth.accounts")`; else the search path finds it. Names
/// are looked up as they are written, and then in lower case. The key is a smallint, integer, bigint, uuid,
/// text or varchar, or a domain over one of these; not citext, char(n) or numeric, in which one user has several
/// ids. Of columns, a domain is what it is made of; NULL,
/// `#[serde(default)]` and `flatten` are as above, and besides what is said there a column may be:
///
/// | field | column |
/// |---|---|
/// | integers | smallint, integer, bigint, oid in its range; numeric without a fraction |
/// | `f32`, `f64` | real, double precision, integers, numeric |
/// | `rust_decimal::Decimal`, `bigdecimal::BigDecimal` | numeric, integers |
/// | `bool` | boolean |
/// | `String`, `char`, an enum without fields | text, varchar, citext, char(n) without its padding, an enum |
/// | `String` | besides: uuid, dates, numeric, interval, inet, macaddr, ranges and any other type, as PostgreSQL writes it; a moment as RFC 3339; JSON as text |
/// | `Vec<u8>`, arrays of bytes | bytea |
/// | a struct, `Vec<T>`, a tuple, a map, an enum with fields | jsonb, json; an array; a composite type; hstore |
/// | `serde_json::Value` | the same, as JSON; boolean, integers, real, double precision; else the text |
/// | `uuid::Uuid` | uuid, text |
/// | `std::net::IpAddr` | inet without a mask, text; with one, and cidr, a type that reads `10.1.0.0/16` |
/// | chrono `DateTime`, time `OffsetDateTime` | timestamptz; timestamp, taken as UTC |
/// | chrono `NaiveDateTime`, time `PrimitiveDateTime` | timestamp; timestamptz, in UTC |
/// | chrono `NaiveDate`, `NaiveTime`, time `Date`, `Time` | date, time |
///
/// `infinity` and dates before the year 1 or after 9999 are in no type that is read: they do not fit.
///
/// # MySQL and MariaDB
///
/// The table may be one of another database, `UsersTable::new("auth.accounts")`; else it is in the connection's.
/// Names of tables differ in case where the server's do (`lower_case_table_names`), names of columns never.
///
/// The key is a tinyint, smallint, mediumint, int or bigint, signed or not; a char or varchar; a binary(16) with
/// the bytes of a UUID in their order, not as `UUID_TO_BIN(.., 1)` swaps them; or MariaDB's uuid. It is the primary
/// key, or UNIQUE by itself and as a whole. Texts are compared as the key's collation does, which by default takes
/// `Ada` and `ada` for one user: the id that a session brings is as the table has it. Where they shall be two, give the
/// key a collation that ends in `_bin`. An id with a character that the key's character set lacks is no user's; of other
/// sets than Unicode's, latin1 and ascii, only ids of ASCII are taken.
///
/// A boolean is a number here, so a condition of [`only_if`](Self::only_if) has to be one. In an expression, a blank
/// stands between `-` or `/` and a quote. NULL, `#[serde(default)]` and `flatten` are as above, and besides what is
/// said there a column may be:
///
/// | field | column |
/// |---|---|
/// | integers | tinyint to bigint, signed or not, year, bit(n) in its range; decimal without a fraction |
/// | `f32`, `f64` | float, double, decimal, integers |
/// | `rust_decimal::Decimal`, `bigdecimal::BigDecimal` | decimal, integers |
/// | `bool` | boolean, which is tinyint(1), with 0 or 1; bit(1); a comparison; 0 and 1 in any integer |
/// | `String`, `char`, an enum without fields | char, varchar, text, enum |
/// | `String` | besides: set as `a,b`, decimal, uuid, inet4, inet6, dates, a time of any length (`-838:59:59`); a timestamp as RFC 3339; JSON as text; a geometry as WKT |
/// | `Vec<u8>`, arrays of bytes | binary, varbinary, blob |
/// | a struct, `Vec<T>`, a tuple, a map, an enum with fields | json; text with JSON |
/// | `serde_json::Value` | the same, as JSON; tinyint(1) with 0 or 1 as a boolean; numbers; else the text |
/// | `uuid::Uuid` | MariaDB's uuid; text in any usual form; binary(16) |
/// | `std::net::IpAddr` | MariaDB's inet6 and inet4, text |
/// | chrono `DateTime`, time `OffsetDateTime` | timestamp; datetime, taken as UTC |
/// | chrono `NaiveDateTime`, time `PrimitiveDateTime` | datetime; timestamp, in UTC |
/// | chrono `NaiveDate`, `NaiveTime`, time `Date`, `Time` | date, time within a day |
///
/// `0000-00-00`, and any other date with a zero in it, is in no type that is read: it does not fit.
///
/// # What does not fit
///
/// chrono's types need its feature `serde`; time's need `serde` and `serde-human-readable`, without which
/// they ask for a tuple, and every sign-in is a 500.
///
/// What does not fit is [`StoreError::UserUnreadable`] at the sign-in, with the column's name. A sample of
/// one row is read by `build()` or `connect()`, which warns.
#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite")))
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsersTable {
    pub(crate) table: String,
    pub(crate) key: String,
    /// Names and expressions.
    pub(crate) computed: Vec<(String, String)>,
    pub(crate) conditions: Vec<String>,
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
    /// It is checked by [`AuthBuilder::build`](crate::AuthBuilder::build) or
    /// [`connect`](crate::AuthBuilder::connect), and computed with every load.
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
    pub(crate) fn source(&self) -> String {
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
        format!("(SELECT {table}.*{computed} FROM {table} WHERE TRUE{conditions})")
    }

    /// Whether both name the same table and key; SQL's names have no case.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.table.eq_ignore_ascii_case(&other.table) && self.key.eq_ignore_ascii_case(&other.key)
    }

    /// Whether SQLite can be asked about it.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        self.check_names(is_identifier)?;
        self.check_expressions(expression::stays_one_in_sqlite, USUAL)
    }

    /// Whether PostgreSQL can be asked about it: the table may be of a schema, `auth.accounts`.
    pub(crate) fn check_qualified(&self) -> Result<(), StoreError> {
        self.check_names(is_qualified)?;
        self.check_expressions(expression::stays_one_in_postgres, USUAL)
    }

    /// Whether MySQL can be asked about it: the table may be of a database, `auth.accounts`.
    pub(crate) fn check_in_mysql(&self) -> Result<(), StoreError> {
        self.check_names(is_qualified)?;
        self.check_expressions(expression::stays_one_in_mysql, IN_MYSQL)
    }

    fn check_names(&self, is_table: impl Fn(&str) -> bool) -> Result<(), StoreError> {
        let computed = self.computed.iter().map(|(name, _)| name);
        let bad = Some(&self.table)
            .filter(|table| !is_table(table))
            .map(|table| ("table", table))
            .or_else(|| {
                let mut columns = std::iter::once(&self.key).chain(computed);
                let bad = columns.find(|name| !is_identifier(name));
                bad.map(|name| ("column", name))
            });
        match bad {
            None => Ok(()),
            Some((what, name)) => refuse(format!(
                "`{name}` cannot be the name of the users {what}: use 1 to 63 ASCII letters, \
                 digits and underscores, beginning with no digit"
            )),
        }
    }

    fn check_expressions(&self, is_one: fn(&str) -> bool, without: &str) -> Result<(), StoreError> {
        let expressions = self.computed.iter().map(|(_, expression)| expression);
        match expressions
            .chain(&self.conditions)
            .find(|text| !is_one(text))
        {
            None => Ok(()),
            Some(text) => refuse(format!(
                "`{}` is not one SQL expression: close every quote and parenthesis, and leave out {without}",
                text.replace(char::is_control, " ")
            )),
        }
    }
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

/// What no expression may have.
const USUAL: &str = "`;`, comments and parameters";

const IN_MYSQL: &str =
    "`;`, comments, parameters, variables, and any quote right behind `-` or `/`";

/// `[A-Za-z_][A-Za-z0-9_]{0,62}`: what can stand in a statement without quoting.
fn is_identifier(name: &str) -> bool {
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    (1..=63).contains(&name.len())
        && name.bytes().next().is_some_and(begins)
        && name
            .bytes()
            .all(|byte| begins(byte) || byte.is_ascii_digit())
}

/// One such name, or two with a point between them.
fn is_qualified(name: &str) -> bool {
    match name.split_once('.') {
        Some((schema, table)) => is_identifier(schema) && is_identifier(table),
        None => is_identifier(name),
    }
}

#[cfg(test)]
mod tests;
