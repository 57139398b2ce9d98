//! The names of the options, and the nearest one to a mistyped name.

const OPTIONS: [&str; 9] = [
    "user", "eager", "required", "name", "redirect", "csrf", "http", "auth", "crate",
];

pub(super) fn listed() -> String {
    let quoted: Vec<_> = OPTIONS.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

pub(super) fn unknown_option(unknown: &str) -> String {
    if unknown == "guard" {
        return "unknown option `guard`: write `required(Admin)`".to_owned();
    }
    if unknown.starts_with(char::is_uppercase) {
        return format!(
            "unknown option `{unknown}`: for the type of the users, write `user = {unknown}`"
        );
    }
    let nearest = OPTIONS
        .iter()
        .map(|option| (distance(unknown, option), *option))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    match nearest {
        Some((_, nearest)) => format!("unknown option `{unknown}`: did you mean `{nearest}`?"),
        None => format!("unknown option `{unknown}`: the options are {}", listed()),
    }
}

/// Levenshtein's: how many letters to insert, delete or replace.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (deleted, a) in from.chars().enumerate() {
        let mut diagonal = deleted;
        let mut left = deleted + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.chars()) {
            let above = *cell;
            left = (diagonal + usize::from(a != b))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = deleted + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
