//! Texts of the application's: whether one stays one SQL expression between the parentheses that are put around it, and
//! what is said where it fails.

use crate::error::StoreError;
use std::{iter::Peekable, str::Chars};

/// What a condition or a computed column says of a row, where it is checked and fails all the same.
pub(crate) fn failed(said: &str) -> StoreError {
    StoreError::UserUnreadable {
        reason: format!(
            "a condition of the users table, or a column that is computed there, fails on the row: {said}"
        ),
    }
}

/// SQLite: names in four kinds of quotes, in which nothing is escaped but the quote; parameters by `?`, `:`,
/// `@` and `$`.
pub(super) fn stays_one_in_sqlite(text: &str) -> bool {
    stays_one(text, |c, rest| match c {
        '\'' | '"' | '`' => rest.any(|other| other == c),
        '[' => rest.any(|other| other == ']'),
        '?' | ':' | '@' | '$' => false,
        _ => true,
    })
}

/// PostgreSQL: `::`, `?` and `@>` are operators; `$` begins a parameter, or a quotation that ends who knows
/// where.
pub(super) fn stays_one_in_postgres(text: &str) -> bool {
    stays_one(text, |c, rest| match c {
        '\'' => quotation(rest),
        '"' => rest.any(|other| other == '"'),
        '$' => false,
        _ => true,
    })
}

/// MySQL, as our sessions have its `sql_mode`: texts in two kinds of quotes, with `\` before whatever is taken as it
/// stands; names in backquotes; comments by `#` too; `@` for variables.
///
/// `:` is a parameter for the driver, which takes a quote right behind `-` or `/` for no quote.
pub(super) fn stays_one_in_mysql(text: &str) -> bool {
    stays_one(text, |c, rest| match c {
        '\'' | '"' => escaped_quotation(c, rest),
        '`' => rest.any(|other| other == '`'),
        '-' | '/' => !matches!(rest.peek(), Some('\'' | '"' | '`')),
        '?' | ':' | '@' | '#' => false,
        _ => true,
    })
}

fn escaped_quotation(quote: char, rest: &mut Peekable<Chars<'_>>) -> bool {
    while let Some(c) = rest.next() {
        match c {
            '\\' => _ = rest.next(),
            _ if c == quote => return true,
            _ => {}
        }
    }
    false
}

/// A quotation to its end. `\'` is an end in `'..'` and none in `E'..'`, so neither may have it.
fn quotation(rest: &mut Peekable<Chars<'_>>) -> bool {
    let mut former = ' ';
    for c in rest {
        if c == '\'' {
            return former != '\\';
        }
        former = c;
    }
    false
}

/// Goes through the characters; `goes_on` takes what belongs to one, and says whether it may stand there.
fn stays_one(text: &str, goes_on: fn(char, &mut Peekable<Chars<'_>>) -> bool) -> bool {
    let mut depth = 0_usize;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            '-' if rest.peek() == Some(&'-') => return false,
            '/' if rest.peek() == Some(&'*') => return false,
            ';' | '\0' => return false,
            _ if goes_on(c, &mut rest) => {}
            _ => return false,
        }
    }
    depth == 0 && !text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: [&str; 10] = [
        "",
        "  ",
        "1) OR (1",
        "1); DROP TABLE users; --",
        "verified -- and more",
        "verified /* and more",
        "'open",
        "\"open",
        "(1",
        "x\0",
    ];

    #[test]
    fn an_expression_cannot_leave_its_parentheses() {
        for good in [
            "verified",
            "role IN ('a', ';', '--', ')')",
            "\"odd ) name\" = 1 AND [x;y] - 1",
            "EXISTS (SELECT 1 FROM p WHERE p.user_id = users.id)",
        ] {
            assert!(stays_one_in_sqlite(good), "{good}");
        }
        for bad in BAD.into_iter().chain(["id = ?1", "id = :id"]) {
            assert!(!stays_one_in_sqlite(bad), "{bad}");
        }
    }

    #[test]
    fn l_10_an_expression_of_postgresql_cannot_leave_its_parentheses() {
        for good in [
            "role::text IN ('a', ';', '--', ')', 'it''s')",
            "settings @> '{\"beta\": true}' AND settings ? 'beta'",
            "settings ->> 'theme' = tags[1]",
            "\"odd ) name\" - -1",
            "path = 'C:\\temp'",
            "name ~ E'^\\\\w+$'",
            "EXISTS (SELECT 1 FROM p WHERE p.user_id = accounts.id)",
        ] {
            assert!(stays_one_in_postgres(good), "{good}");
        }
        for bad in BAD.into_iter().chain([
            "id = $1",
            "name = $$ it's $$",
            "name = $x$ ) $x$",
            "name = E'\\') OR (true'",
            "name = '\\') OR (true) --'",
            "tags[1) OR (true]",
            "`) OR (true`",
        ]) {
            assert!(!stays_one_in_postgres(bad), "{bad}");
        }
    }

    #[test]
    fn l_10_an_expression_of_mysql_cannot_leave_its_parentheses() {
        for good in [
            "role IN ('a', ';', '#', '--', ')', 'it''s', 'it\\'s', '?:@')",
            "name = \"it's \\\" )\" AND note = 'C:\\\\temp'",
            "`odd ``) name` - -1",
            "price / `count` - 'a' / 2",
            "name = '\\') OR (true) #'",
            "settings->>'$.beta' = 'true'",
            "EXISTS (SELECT 1 FROM p WHERE p.user_id = users.id)",
        ] {
            assert!(stays_one_in_mysql(good), "{good}");
        }
        for bad in BAD.into_iter().chain([
            "id = ?",
            "id = :id",
            "id = @id",
            "(@id := 1)",
            "@@version",
            "verified # and more",
            "`open",
            "name = 'open\\'",
            "name = '\\\\') OR ('a' = 'a'",
            "name = \"\\\") OR (true",
            "[) OR (true]",
            // The driver would take what follows for a parameter.
            "1 -'a:b'",
            "price/`count`",
        ]) {
            assert!(!stays_one_in_mysql(bad), "{bad}");
        }
    }
}
