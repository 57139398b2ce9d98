//! Headless Chromium, driven through a chromedriver of its own.

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

pub(crate) struct Chromium {
    driver: Child,
    address: String,
    profile: TempDir,
    stdout: BufReader<ChildStdout>,
}

impl Chromium {
    /// `None` where there is no Chromium, with a line that says so; under `CI=true` a panic.
    pub(crate) fn start() -> Option<Self> {
        let path = driver()?;
        let mut driver = Command::new(path)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver can be started");
        let stdout = driver.stdout.take().expect("its output is piped");
        let mut chromium = Self {
            driver,
            address: String::new(),
            profile: tempfile::tempdir().expect("a temporary folder"),
            stdout: BufReader::new(stdout),
        };
        chromium.address = chromium.read_address();
        Some(chromium)
    }

    /// The driver says `ChromeDriver was started successfully on port 12345.`
    fn read_address(&mut self) -> String {
        for line in (&mut self.stdout).lines() {
            let line = line.expect("chromedriver prints text");
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                return format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
            }
        }
        panic!("chromedriver ended without saying its port");
    }

    pub(crate) async fn browse(&self) -> Client {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let options = json!({ "args": [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--no-first-run",
            "--hide-scrollbars",
            "--window-size=1000,800",
            "--host-resolver-rules=MAP *.example 127.0.0.1",
            profile,
        ] });
        let mut capabilities = Capabilities::new();
        capabilities.insert("browserName".to_owned(), json!("chrome"));
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&self.address)
            .await
            .expect("chromium can be started")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn driver() -> Option<PathBuf> {
    let path = env::var_os("CHROMEDRIVER")
        .map_or_else(|| PathBuf::from("/usr/bin/chromedriver"), PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    let missing = format!(
        "{} is missing: install the Debian packages chromium and chromium-driver, or name another \
         driver in CHROMEDRIVER",
        path.display()
    );
    let is_ci = env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!is_ci, "{missing}");
    eprintln!("skipped: {missing}");
    None
}
