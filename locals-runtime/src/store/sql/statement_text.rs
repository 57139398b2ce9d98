//! Texts of statements: names in quotes, and what is filled in.

/// A name as SQL takes it, whatever is in it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The same for MySQL, where that is a text.
pub(crate) fn backquoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A statement with what stands in braces filled in, once: whatever the application says is left as it is.
pub(crate) fn filled(statement: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(2 * statement.len());
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        rest = match value {
            Some((value, after)) => {
                filled.push_str(value);
                after
            }
            None => {
                filled.push('{');
                after
            }
        };
    }
    filled.push_str(rest);
    filled
}

/// A server's message, with `..` from its first quote to its last: a value may stand there (N-01).
pub(crate) fn without_quoted(message: &str) -> String {
    let is_quote = |c: char| {
        matches!(
            c,
            '"' | '\'' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}'
        )
    };
    let mut parts = message.splitn(2, is_quote);
    let (before, quoted) = (parts.next().unwrap_or_default(), parts.next());
    match quoted {
        Some(quoted) => {
            let behind = quoted
                .rsplit_once(is_quote)
                .map_or("", |(_, behind)| behind);
            format!("{before}..{behind}")
        }
        None => before.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_01_what_a_server_quotes_is_left_out() {
        for (message, shown) in [
            (
                "invalid input syntax for type integer: \"x\"",
                "invalid input syntax for type integer: ..",
            ),
            (
                "value \"99999999999\" is out of range for type integer",
                "value .. is out of range for type integer",
            ),
            (
                "ungültige Eingabesyntax für Typ integer: »secret«",
                "ungültige Eingabesyntax für Typ integer: ..",
            ),
            ("\"a\"secret\" is none", ".. is none"),
            ("no integer: \"open secret", "no integer: .."),
            ("division by zero", "division by zero"),
        ] {
            assert_eq!(without_quoted(message), shown);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        let values = [("key", "id"), ("source", "(SELECT '{key}')")];
        let statement = "SELECT {key} FROM {source} WHERE x = '{none}' AND y = '{";
        assert_eq!(
            filled(statement, &values),
            "SELECT id FROM (SELECT '{key}') WHERE x = '{none}' AND y = '{"
        );
    }

    #[test]
    fn l_10_a_name_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\"; --`"), "\"a\"\"; --`\"");
        assert_eq!(backquoted("a`; --\""), "`a``; --\"`");
    }
}
