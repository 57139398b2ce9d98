//! What the documents say of each other and of the tests.

use std::{collections::BTreeSet, fs, path::Path};

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The first block of this language.
fn block<'a>(text: &'a str, fence: &str) -> &'a str {
    let (_, rest) = text.split_once(fence).expect("a block of this language");
    rest.split_once("```").expect("the end of the block").0
}

#[test]
fn the_front_page_shows_the_application_of_the_readme() {
    let front_page: String = read("src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    assert_eq!(
        block(&front_page, "```no_run\n"),
        block(&read("README.md"), "```rust,no_run\n")
    );
}

/// The paths of this repository that a page links to.
fn links(page: &str) -> Vec<String> {
    let text = read(page);
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.contains("://"))
        .collect()
}

#[test]
fn every_file_that_a_page_links_to_exists() {
    for page in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ] {
        for target in links(page) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&target);
            assert!(path.exists(), "{page} links to `{target}`");
        }
    }
}

#[test]
fn every_page_of_the_guide_is_declared_and_linked() {
    let (guide, linked) = (read("src/guide.rs"), links("README.md"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide");
    for entry in fs::read_dir(folder).expect("the pages") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        assert!(guide.contains(&format!("pub mod {name} {{}}")), "{name}");
        assert!(guide.contains(&format!("| [`{name}`] |")), "{name}");
        assert!(linked.contains(&format!("src/guide/{name}.md")), "{name}");
    }
}

/// Of `a/{b,c}`, `a/b` and `a/c`.
fn expanded(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.trim_end_matches('/').to_owned()];
    };
    let names = rest.trim_end_matches('}').split(',');
    names.map(|name| format!("{before}{name}")).collect()
}

#[test]
fn the_map_of_the_runtime_names_what_is_there() {
    let text = read("ARCHITECTURE.md");
    let (_, rest) = text
        .split_once("below `locals-runtime/src`\n")
        .expect("the map");
    let map = rest.split("\n## ").next().unwrap_or_default();
    let cells = map
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|row| row.split('|').nth(1));
    let named: BTreeSet<String> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .flat_map(expanded)
        .collect();

    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("locals-runtime/src");
    for name in &named {
        let file = sources.join(format!("{name}.rs"));
        assert!(file.is_file(), "there is no {name}.rs");
    }
    for entry in fs::read_dir(&sources).expect("the runtime") {
        let path = entry.expect("an entry").path();
        let module = path.file_stem().expect("a name").to_string_lossy();
        let is_module = path.extension().is_some_and(|extension| extension == "rs");
        let is_named = |name: &String| name.split('/').next() == Some(&*module);
        assert!(
            !is_module || module == "lib" || named.iter().any(is_named),
            "{module} is on no line of the map"
        );
    }
}

/// The names of all test functions below these folders.
fn tests_below(folders: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders: Vec<_> = folders
        .iter()
        .map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = read(&path);
                let functions = text.split("fn ").skip(1);
                names.extend(functions.map(|rest| {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    rest[..end.unwrap_or(0)].to_owned()
                }));
                let stem = path.file_stem().expect("a name").to_string_lossy();
                names.insert(stem.into_owned());
            }
        }
    }
    names
}

#[test]
fn every_test_that_security_md_names_exists() {
    let known = tests_below(&[
        "tests",
        "locals-runtime/src",
        "locals-runtime/tests",
        "locals-macros/src",
    ]);
    let text = read("SECURITY.md");
    let mut named = 0;
    let (_, held) = text.split_once("## What is held").expect("the table");
    for line in held.lines().filter(|line| line.starts_with("| ")) {
        let Some(tests) = line.split('|').nth(3) else {
            continue;
        };
        for name in tests.split('`').skip(1).step_by(2) {
            assert!(
                known.contains(name),
                "SECURITY.md names `{name}`, which is no test"
            );
            named += 1;
        }
    }
    assert!(named > 100, "only {named} tests are named");
}

#[test]
fn every_common_mistake_is_answered_as_the_table_says() {
    let table = read("locals-macros/src/mistakes.md");
    let rows: Vec<_> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert!(rows.len() >= 25, "only {} rows", rows.len());
    for row in rows {
        let cells = row
            .strip_prefix("| ")
            .and_then(|row| row.strip_suffix(" --> |"));
        let (cells, program) = cells
            .and_then(|cells| cells.split_once(" <!-- "))
            .unwrap_or_else(|| panic!("no file in {row}"));
        let (typed, message) = cells.split_once(" | ").expect("two cells");

        let source = read(program);
        let words: Vec<_> = source.split_whitespace().collect();
        for code in typed.split('`').skip(1).step_by(2) {
            assert!(words.join(" ").contains(code), "no `{code}` in {program}");
        }
        let answer = read(Path::new(program).with_extension("stderr"));
        let first_line = answer.lines().next().unwrap_or_default();
        let (kind, said) = first_line.split_once(": ").expect("an error");
        assert!(kind.starts_with("error"), "{program}: {first_line}");
        assert_eq!(said, message, "{program}");
    }
}
