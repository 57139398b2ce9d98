//! [`Reference`]: what `user_id` refers to, as the server writes the table down.
//!
//! By `information_schema` whoever has rights on single tables alone sees no rules of a foreign key.

use crate::{
    error::StoreError,
    store::mysql::{
        asking::{ask, text_in},
        names::Names,
        sql,
    },
};
use mysql_async::{Conn, Params, Row};
use std::fmt;

#[derive(Debug, PartialEq)]
pub(super) struct Reference {
    pub(super) name: String,
    database: String,
    pub(super) table: String,
    pub(super) key: String,
    /// Whether it does all it has to.
    pub(super) is_whole: bool,
}

/// The users table that is to be referred to.
#[derive(Clone, Debug)]
pub(super) struct Referred {
    pub(super) database: String,
    pub(super) table: String,
    pub(super) key: String,
    /// Whether names of tables are the same in upper and lower case.
    pub(super) folds_names: bool,
}

/// As messages name it.
impl fmt::Display for Referred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table `{}`.`{}`", self.database, self.table)
    }
}

impl Referred {
    pub(super) fn is_referred_to(&self, reference: &Reference) -> bool {
        self.is(&self.database, &reference.database)
            && self.is(&self.table, &reference.table)
            && self.key.eq_ignore_ascii_case(&reference.key)
    }

    pub(super) fn is(&self, one: &str, other: &str) -> bool {
        one == other || (self.folds_names && one.eq_ignore_ascii_case(other))
    }
}

impl Reference {
    /// Those of the sessions' `user_id`.
    pub(super) async fn of_sessions(
        conn: &mut Conn,
        names: &Names,
    ) -> Result<Vec<Self>, StoreError> {
        let show = names.about(sql::SHOW_SESSIONS);
        let rows = ask(conn, &show, Params::Empty).await?;
        Ok(Self::all(&rows, names))
    }

    /// Those in what the server shows.
    pub(super) fn all(shown: &[Row], names: &Names) -> Vec<Self> {
        let made = shown.first().and_then(|row| text_in(row, 1));
        let lines = made.as_deref().unwrap_or_default().lines();
        lines
            .filter_map(|line| Self::read(line, &names.database))
            .collect()
    }

    /// ``CONSTRAINT `name` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE ..``
    fn read(line: &str, database: &str) -> Option<Self> {
        let (name, rest) = quoted(line.trim().strip_prefix("CONSTRAINT ")?)?;
        let rest = rest.strip_prefix(" FOREIGN KEY (`user_id`) REFERENCES ")?;
        let (first, rest) = quoted(rest)?;
        let (database, table, rest) = match rest.strip_prefix('.') {
            Some(rest) => {
                let (table, rest) = quoted(rest)?;
                (first, table, rest)
            }
            None => (database.to_owned(), first, rest),
        };
        let (key, rules) = quoted(rest.strip_prefix(" (")?)?;
        Some(Self {
            name,
            database,
            table,
            key,
            is_whole: ["DELETE", "UPDATE"]
                .iter()
                .all(|on| rules.contains(&format!(" ON {on} CASCADE"))),
        })
    }
}

/// The name in backquotes that a text begins with, and what is behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('`')?;
    let mut name = String::new();
    loop {
        let (part, behind) = rest.split_once('`')?;
        name.push_str(part);
        match behind.strip_prefix('`') {
            Some(behind) => {
                name.push('`');
                rest = behind;
            }
            None => return Some((name, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Reference> {
        Reference::read(line, "app")
    }

    #[test]
    fn a_reference_is_read_as_the_server_writes_it() {
        let whole = "  CONSTRAINT `locals_user_0a` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) \
                     ON DELETE CASCADE ON UPDATE CASCADE,";
        let expected = Reference {
            name: "locals_user_0a".into(),
            database: "app".into(),
            table: "users".into(),
            key: "id".into(),
            is_whole: true,
        };
        assert_eq!(read(whole), Some(expected));
        let elsewhere =
            "CONSTRAINT `a``b` FOREIGN KEY (`user_id`) REFERENCES `other`.`odd ``table` (`key`)";
        let found = read(elsewhere).unwrap();
        assert_eq!(found.name, "a`b");
        assert_eq!((&*found.database, &*found.table), ("other", "odd `table"));
        assert!(!found.is_whole);
    }

    #[test]
    fn one_that_keeps_sessions_of_the_deleted_is_not_whole() {
        for rules in [
            " ON DELETE CASCADE",
            " ON UPDATE CASCADE",
            " ON DELETE SET NULL ON UPDATE CASCADE",
            "",
        ] {
            let line =
                format!("CONSTRAINT `a` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`){rules}");
            assert!(!read(&line).unwrap().is_whole, "{rules}");
        }
    }

    #[test]
    fn what_is_no_reference_of_the_key_is_none() {
        for line in [
            "  `user_id` bigint(20) NOT NULL,",
            "  CONSTRAINT `a` FOREIGN KEY (`device`) REFERENCES `devices` (`id`)",
            "  CONSTRAINT `a` CHECK (`user_id` > 0)",
            "  KEY `a` (`user_id`),",
            "CONSTRAINT `a",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
