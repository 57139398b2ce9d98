//! Dependencies point one way: no module of either crate imports one above it, and none of two
//! neighbours imports the other back.
//!
//! The order of the modules at the top of a crate is the list below; a new one gets its place there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// From the top to the bottom: each imports from those below it only.
const RUNTIME: &[&str] = &[
    "testing",
    "framework",
    "layer",
    "current_user",
    "handler",
    "locals",
    "transport",
    "guard",
    "auth",
    "visitor",
    "cookie",
    "session",
    "column",
    "store",
    "stamp",
    "response",
    "event",
    "refusal",
    "origin",
    "login",
    "request",
    "error",
    "lifetime",
    "clock",
    "token",
    "user_id",
    "log",
];

const MACROS: &[&str] = &[
    "fallback",
    "expand",
    "convention",
    "rejection",
    "handler",
    "binding",
    "args",
    "diagnostics",
    "spelled",
    "return_type",
    "pattern",
    "tokens",
    "span",
];

/// A module, as the names from the crate's root to it.
type Module = Vec<String>;

struct Crate {
    /// What each module imports, in full paths from the crate's root.
    imports: BTreeMap<Module, Vec<Module>>,
}

impl Crate {
    fn read(source: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
        let mut imports = BTreeMap::new();
        for file in files(&root) {
            let module = module_of(file.strip_prefix(&root).expect("below the root"));
            let text = fs::read_to_string(&file).expect("a source file");
            imports.insert(module.clone(), imports_of(&module, &text));
        }
        assert!(imports.len() > 10, "{source} has the crate's sources");
        Self { imports }
    }

    /// The modules directly below `parent`, each with those of them that it imports.
    fn neighbours(&self, parent: &[String]) -> BTreeMap<String, BTreeSet<String>> {
        let depth = parent.len();
        let child = |module: &[String]| {
            (module.len() > depth && module.starts_with(parent)).then(|| module[depth].clone())
        };
        let mut neighbours: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, imports) in &self.imports {
            let Some(from) = child(module) else { continue };
            let is_module = |path: &[String]| self.imports.contains_key(&path[..=depth]);
            let to = imports
                .iter()
                .filter_map(|path| child(path).filter(|_| is_module(path)));
            let others = to.filter(|to| *to != from);
            neighbours.entry(from.clone()).or_default().extend(others);
        }
        neighbours
    }

    fn parents(&self) -> BTreeSet<Module> {
        let parents = self.imports.keys().filter_map(|module| module.split_last());
        parents.map(|(_, parent)| parent.to_vec()).collect()
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| !path.components().any(|part| part.as_os_str() == "tests"))
        .filter(|path| path.file_name().is_some_and(|name| name != "tests.rs"))
        .collect()
}

fn module_of(file: &Path) -> Module {
    let path = file.with_extension("");
    let names = path.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name != "lib").collect()
}

/// What a module's text names by `crate::` or `super::`, its tests and comments aside.
fn imports_of(module: &[String], text: &str) -> Vec<Module> {
    let code = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut tokens = tokens(&code).into_iter().peekable();
    let mut imports = Vec::new();
    while let Some(token) = tokens.next() {
        let begin = match token {
            "crate" => Vec::new(),
            "super" => module
                .split_last()
                .map_or_else(Vec::new, |(_, parent)| parent.to_vec()),
            _ => continue,
        };
        if tokens.peek() == Some(&"::") {
            path(&mut tokens, begin, &mut imports);
        }
    }
    imports
}

type Tokens<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

/// Reads `::a::{b, c::d}` and adds `a::b` and `a::c::d` to what it begins with.
fn path(tokens: &mut Tokens<'_>, mut begin: Module, paths: &mut Vec<Module>) {
    while tokens.next_if_eq(&"::").is_some() {
        match tokens.next() {
            Some("{") => {
                while tokens.peek().is_some_and(|token| *token != "}") {
                    let first = tokens.next().unwrap_or_default();
                    let mut branch = begin.clone();
                    match first {
                        "," => continue,
                        "super" => drop(branch.pop()),
                        "self" => {}
                        name => branch.push(name.to_owned()),
                    }
                    path(tokens, branch, paths);
                }
                tokens.next();
                return;
            }
            Some("super") => drop(begin.pop()),
            Some(name) if name.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                begin.push(name.to_owned());
            }
            _ => break,
        }
    }
    paths.push(begin);
}

/// Names, `::`, and every other sign by itself.
fn tokens(code: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_name(first) {
            rest.find(|c| !is_name(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, left) = rest.split_at(length);
        tokens.push(token);
        rest = left.trim_start();
    }
    tokens
}

/// Neighbours that import each other, over any number of steps.
fn circles(neighbours: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let reached = |from: &String| {
        let mut reached = BTreeSet::new();
        let mut next: Vec<_> = neighbours[from].iter().collect();
        while let Some(module) = next.pop() {
            if reached.insert(module) {
                next.extend(neighbours.get(module).into_iter().flatten());
            }
        }
        reached
    };
    let in_circle = neighbours
        .keys()
        .filter(|module| reached(module).contains(module));
    in_circle.cloned().collect()
}

fn points_one_way(source: &str, order: &[&str]) {
    let sources = Crate::read(source);
    let top = sources.neighbours(&[]);
    let mut wrong = Vec::new();
    for (module, imports) in &top {
        let place = |name: &str| order.iter().position(|known| *known == name);
        let Some(here) = place(module) else {
            wrong.push(format!("{module} has no place in the order"));
            continue;
        };
        let upwards = imports
            .iter()
            .filter(|other| place(other).is_some_and(|there| there < here));
        wrong.extend(upwards.map(|other| format!("{module} imports {other}, which is above it")));
    }
    for parent in sources.parents() {
        let circle = circles(&sources.neighbours(&parent));
        if !circle.is_empty() {
            wrong.push(format!(
                "a circle below `{}`: {}",
                parent.join("::"),
                circle.join(", ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{source}:\n{}", wrong.join("\n"));
}

#[test]
fn the_runtime_s_arrows_point_one_way() {
    points_one_way("locals-runtime/src", RUNTIME);
}

#[test]
fn the_macro_s_arrows_point_one_way() {
    points_one_way("locals-macros/src", MACROS);
}

#[test]
fn a_circle_and_an_import_upwards_are_found() {
    let text = "use crate::{a::{B, c::D}, e};\nuse super::f;\nfn g() { crate::h::i() }";
    let imports = imports_of(&["x".to_owned(), "y".to_owned()], text);
    let paths: Vec<_> = imports.iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["a::B", "a::c::D", "e", "x::f", "h::i"]);
    let edges = [
        ("a", vec!["b"]),
        ("b", vec!["c"]),
        ("c", vec!["a"]),
        ("d", vec!["a"]),
    ];
    let neighbours =
        edges.map(|(from, to)| (from.to_owned(), to.into_iter().map(str::to_owned).collect()));
    assert_eq!(circles(&BTreeMap::from(neighbours)), ["a", "b", "c"]);
}
