//! What is known of the release of SQLite that the program is linked with.

/// What to say of a release that has the bug of <https://sqlite.org/wal.html#walresetbug>.
///
/// Where two connections commit and checkpoint at the same moment, those of an application and of the
/// store for instance, pages may be left out when the log is copied: what was committed is lost.
pub(super) fn may_lose_commits() -> Option<String> {
    (!copies_every_page(rusqlite::version_number())).then(|| {
        format!(
            "SQLite {} may, very rarely, lose what two connections commit at the same moment \
             (https://sqlite.org/wal.html#walresetbug): take 3.51.3 or later, which rusqlite has from 0.39 on, and sqlx from 0.9 on",
            rusqlite::version()
        )
    })
}

/// 3.51.3 or later, or one of the two earlier releases that were mended afterwards; as `MMMmmmppp`.
fn copies_every_page(release: i32) -> bool {
    matches!(release, 3_044_006..3_045_000 | 3_050_007..3_051_000 | 3_051_003..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k_02_a_sqlite_that_may_lose_commits_is_known_by_its_release() {
        for mended in [
            3_044_006, 3_044_099, 3_050_007, 3_051_003, 3_052_000, 4_000_000,
        ] {
            assert!(copies_every_page(mended), "{mended}");
        }
        for other in [
            3_037_000, 3_044_005, 3_045_000, 3_046_000, 3_050_006, 3_051_000, 3_051_002,
        ] {
            assert!(!copies_every_page(other), "{other}");
        }
    }

    /// The one that this is compiled with: CI has it compiled with several.
    #[test]
    fn k_02_a_sqlite_that_may_lose_commits_is_named() {
        let said = may_lose_commits();
        assert_eq!(
            said.is_none(),
            copies_every_page(rusqlite::version_number())
        );
        let names_it = |said: String| said.contains(&format!("SQLite {} may", rusqlite::version()));
        assert!(said.is_none_or(names_it));
    }
}
