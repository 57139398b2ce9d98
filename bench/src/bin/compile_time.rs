//! What the attribute costs the compiler, as ratios: `cargo run --release --bin compile_time`.
//!
//! One crate of 500 handlers is written three times, the same but for what stands above each
//! handler, and compiled in turns: checked from nothing with its dependencies ready, then checked
//! and built again after an edit in the body of one handler. A time is the best round's.

use locals_bench::results::Results;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

const ROUNDS: usize = 3;
const MODULES: usize = 10;
const HANDLERS: usize = 50;

/// What stands above the handlers of a crate, in turn.
type Attributes = &'static [&'static str];

const CRATES: [(&str, Attributes); 3] = [
    ("bare", &[""]),
    ("instrument", &["#[tracing::instrument]"]),
    (
        "with_locals",
        &[
            "#[with_locals(user = Account)]",
            "#[with_locals(user = Account, eager)]",
            "#[with_locals(user = Account, required)]",
        ],
    ),
];

fn main() {
    let workspace = Workspace::write();
    let mut edits = 1..; // 0 is what is written at first
    let mut edit = || edits.next().expect("numbers do not end");

    workspace.compile(&["check", "--workspace"]);
    let checked = best(|name, _| workspace.check_from_nothing(name));
    workspace.compile(&["build", "--workspace"]);
    let checked_again = best(|name, kinds| workspace.edited("check", name, kinds, &mut edit));
    let built_again = best(|name, kinds| workspace.edited("build", name, kinds, &mut edit));

    let results = Results::of("compile_time");
    let [bare, instrument, with_locals] = CRATES.map(|(name, _)| name);
    println!(
        "{:<19} {bare:>7} {instrument:>12} {with_locals:>12}   {with_locals} : {instrument}, {with_locals} : {bare}",
        "seconds"
    );
    for (what, times) in [
        ("check", checked),
        ("check after an edit", checked_again),
        ("build after an edit", built_again),
    ] {
        for ((name, _), time) in CRATES.iter().zip(times) {
            results.one(what, "seconds", name, time.as_secs_f64());
        }
        let [bare, instrument, with_locals] = times.map(|time| time.as_secs_f64());
        println!(
            "{what:<19} {bare:>7.2} {instrument:>12.2} {with_locals:>12.2}   {:>24.2} {:>18.2}",
            with_locals / instrument,
            with_locals / bare
        );
    }
}

/// The best time of each crate, out of rounds in which every crate has a turn.
fn best(mut time: impl FnMut(&'static str, Attributes) -> Duration) -> [Duration; CRATES.len()] {
    let mut best = [Duration::MAX; CRATES.len()];
    for _ in 0..ROUNDS {
        for (best, (name, attributes)) in best.iter_mut().zip(CRATES) {
            *best = time(name, attributes).min(*best);
        }
    }
    best
}

/// The three crates, with one target folder.
struct Workspace(PathBuf);

impl Workspace {
    /// Below `target/`, where the compiled dependencies stay for the next run.
    fn write() -> Self {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let library = bench.parent().expect("the library's folder");
        let workspace = Self(bench.join("target/compile_time"));
        let members = CRATES.map(|(name, _)| name);
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
        workspace.file("Cargo.toml", &manifest);
        // The versions that the library itself is tested with.
        let locked = fs::read_to_string(library.join("Cargo.lock"));
        workspace.file("Cargo.lock", &locked.expect("the library's Cargo.lock"));
        for (name, attributes) in CRATES {
            let manifest = crate_manifest(name, library);
            workspace.file(&format!("{name}/Cargo.toml"), &manifest);
            workspace.file(&format!("{name}/src/lib.rs"), &root());
            for module in 0..MODULES {
                let path = format!("{name}/src/handlers_{module}.rs");
                workspace.file(&path, &handlers(module, attributes, 0));
            }
        }
        workspace
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        let folder = path.parent().expect("a path below the workspace");
        fs::create_dir_all(folder).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn check_from_nothing(&self, name: &str) -> Duration {
        alone(name, || {
            self.cargo(&["clean", "--quiet", "--package", name]);
            self.compile(&["check", "--package", name])
        })
    }

    /// After another number was written into the body of one handler, in the middle of all.
    fn edited(
        &self,
        command: &str,
        name: &str,
        attributes: Attributes,
        edit: &mut impl FnMut() -> usize,
    ) -> Duration {
        let module = MODULES / 2;
        alone(name, || {
            let text = handlers(module, attributes, edit());
            self.file(&format!("{name}/src/handlers_{module}.rs"), &text);
            self.compile(&[command, "--package", name])
        })
    }

    /// How long it took, and which crates were compiled.
    fn compile(&self, words: &[&str]) -> (Duration, Vec<String>) {
        let start = Instant::now();
        let said = self.cargo(words);
        let time = start.elapsed();
        let compiled = said.lines().filter_map(|line| {
            let (doing, what) = line.trim_start().split_once(' ')?;
            let name = what.split(' ').next()?;
            matches!(doing, "Checking" | "Compiling").then(|| name.to_owned())
        });
        (time, compiled.collect())
    }

    /// Runs cargo in the workspace, and returns what it wrote to its standard error.
    fn cargo(&self, words: &[&str]) -> String {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(words)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .env("CARGO_INCREMENTAL", "1")
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "cargo {words:?}:\n{said}");
        said
    }
}

/// The time of a compilation of this crate only: where the library was edited meanwhile, of another.
fn alone(name: &str, mut compile: impl FnMut() -> (Duration, Vec<String>)) -> Duration {
    loop {
        let (time, compiled) = compile();
        if compiled == [name] {
            return time;
        }
        eprintln!("once more: {compiled:?} were compiled instead of {name:?}");
    }
}

fn crate_manifest(name: &str, library: &Path) -> String {
    format!(
        r#"[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[dependencies]
axum = "0.8"
locals = {{ path = {library:?}, default-features = false, features = ["axum"] }}
serde = {{ version = "1", features = ["derive"] }}
tracing = "0.1"
"#
    )
}

/// The application around the handlers: the same in every crate.
fn root() -> String {
    let modules = (0..MODULES).map(|module| format!("mod handlers_{module};\n"));
    let merges =
        (0..MODULES).map(|module| format!("        .merge(handlers_{module}::routes())\n"));
    format!(
        r#"use axum::{{Router, extract::FromRef, http::StatusCode, response::{{IntoResponse, Response}}}};
use locals::Auth;

{}
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Account {{
    pub id: i64,
    pub email: String,
}}

#[derive(Clone, Debug)]
pub struct Db;

impl Db {{
    pub async fn find(&self, id: u32) -> Result<String, AppError> {{
        if id == 0 {{ Err(AppError) }} else {{ Ok(id.to_string()) }}
    }}
}}

#[derive(Clone)]
pub struct AppState {{
    pub db: Db,
    pub auth: Auth<Account>,
}}

impl FromRef<AppState> for Db {{
    fn from_ref(state: &AppState) -> Self {{
        state.db.clone()
    }}
}}

impl FromRef<AppState> for Auth<Account> {{
    fn from_ref(state: &AppState) -> Self {{
        state.auth.clone()
    }}
}}

#[derive(Debug)]
pub struct AppError;

impl From<std::num::ParseIntError> for AppError {{
    fn from(_: std::num::ParseIntError) -> Self {{
        Self
    }}
}}

impl IntoResponse for AppError {{
    fn into_response(self) -> Response {{
        StatusCode::NOT_FOUND.into_response()
    }}
}}

pub fn application(state: AppState) -> Router {{
    Router::new()
{}        .with_state(state)
}}
"#,
        modules.collect::<String>(),
        merges.collect::<String>(),
    )
}

/// A module of handlers with one to three extractors; the body of the first has the number `edit`.
fn handlers(module: usize, attributes: &[&str], edit: usize) -> String {
    let mut text = String::from(
        "#![allow(unused_imports)]

use crate::{Account, AppError, AppState, Db};
use axum::{
    Form, Router,
    extract::{Path, Query, State},
    response::Html,
    routing::{get, post},
};
use locals::with_locals;

#[derive(Debug, serde::Deserialize)]
pub struct Search {
    text: String,
    page: Option<u32>,
}

#[derive(Debug, serde::Deserialize)]
pub struct Change {
    title: String,
    amount: String,
}
",
    );
    let mut routes = String::new();
    for handler in 0..HANDLERS {
        let attribute = attributes[handler % attributes.len()];
        let number = if handler == 0 { edit } else { handler };
        // The kinds of locals change by one, the shapes by three: every pair comes up.
        let (method, arguments, body) = SHAPES[handler / 3 % SHAPES.len()];
        text.push_str(&format!(
            "\n{attribute}
async fn handler_{handler}({arguments}) -> Result<Html<String>, AppError> {{
    let number: u32 = {number};
{body}}}\n"
        ));
        routes.push_str(&format!(
            "        .route(\"/{module}/{handler}/{{id}}\", {method}(handler_{handler}))\n"
        ));
    }
    text + &format!("\npub fn routes() -> Router<AppState> {{\n    Router::new()\n{routes}}}\n")
}

/// Method, arguments and body of a handler.
const SHAPES: [(&str, &str, &str); 3] = [
    (
        "get",
        "Path(id): Path<String>",
        r#"    let id: u32 = id.parse()?;
    if id == number {
        return Ok(Html("the number itself".to_owned()));
    }
    let name = Db.find(id).await?;
    Ok(Html(format!("<h1>{name}</h1>{}", id + number)))
"#,
    ),
    (
        "get",
        "State(db): State<Db>, Query(search): Query<Search>",
        r#"    let Some(page) = search.page else {
        return Ok(Html(format!("<h1>{}</h1>", search.text)));
    };
    let mut rows = Vec::new();
    for id in page..page + number {
        rows.push(db.find(id).await?);
    }
    Ok(Html(rows.join("<br>")))
"#,
    ),
    (
        "post",
        "State(db): State<Db>, Path(id): Path<u32>, Form(change): Form<Change>",
        r#"    let amount: u32 = change.amount.parse()?;
    if amount > number {
        return Err(AppError);
    }
    let name = db.find(id).await?;
    let answer = match amount {
        0 => format!("nothing of {name}"),
        _ => format!("{amount} of {name}: {}", change.title),
    };
    Ok(Html(answer))
"#,
    ),
];
