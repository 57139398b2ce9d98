//! A tab of headless Chromium. Every step waits for what it needs.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};

use fantoccini::{Client, Locator, wd::WindowHandle};
use futures_util::FutureExt;
use serde_json::Value;

use crate::chromium::Chromium;

const PATIENCE: Duration = Duration::from_secs(20);

/// Tells the story in a Chromium of its own, which is closed also when the story fails. Without one,
/// the story is skipped.
pub(crate) async fn in_chromium(story: impl AsyncFnOnce(Tab)) {
    if let Some(chromium) = Chromium::start() {
        tell(&chromium, story).await;
    }
}

/// The same, and what comes after the browser was closed and opened again.
pub(crate) async fn in_chromium_restarted(
    before: impl AsyncFnOnce(Tab),
    after: impl AsyncFnOnce(Tab),
) {
    if let Some(chromium) = Chromium::start() {
        tell(&chromium, before).await;
        tell(&chromium, after).await;
    }
}

async fn tell(chromium: &Chromium, story: impl AsyncFnOnce(Tab)) {
    let client = chromium.browse().await;
    let tab = Tab {
        client: client.clone(),
    };
    let told = AssertUnwindSafe(story(tab)).catch_unwind().await;
    client.close().await.expect("chromium closes");
    if let Err(failure) = told {
        resume_unwind(failure);
    }
}

pub(crate) struct Tab {
    client: Client,
}

impl Tab {
    /// Opens an address as if it were typed, or chosen from the bookmarks.
    pub(crate) async fn open(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    /// Opens the application's page and signs in by its form.
    pub(crate) async fn sign_in(&self, home: &str) {
        self.open(home).await;
        self.click("#login").await;
        self.shows("signed in").await;
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.expect("the page reloads");
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.expect("the back button");
    }

    pub(crate) async fn click(&self, css: &str) {
        let found = self.wait_for(Locator::Css(css)).await;
        found.click().await.expect("it can be clicked");
    }

    /// Waits until the page, or the frame that was entered, shows this text.
    pub(crate) async fn shows(&self, text: &str) {
        let path = format!("//body[contains(., '{text}')]");
        self.wait_for(Locator::XPath(&path)).await;
    }

    pub(crate) async fn text(&self) -> String {
        let text = self.run("return document.body.innerText").await;
        text.as_str().expect("a page has a text").to_owned()
    }

    /// Runs a script, the body of a function, and hands back what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        let ran = self.client.execute(script, Vec::new()).await;
        ran.expect("the script runs")
    }

    /// Runs an expression and hands back what the promise it makes comes to.
    pub(crate) async fn promised(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             Promise.resolve({expression}).then(done, error => done(String(error)));"
        );
        let ran = self.client.execute_async(&script, Vec::new()).await;
        ran.expect("the script runs")
    }

    pub(crate) async fn enter_frame(&self) {
        let frame = self.wait_for(Locator::Css("iframe")).await;
        frame.enter_frame().await.expect("the frame can be entered");
    }

    /// Opens another tab of the same browser and goes there; the handle leads back.
    pub(crate) async fn leave_for_another(&self) -> WindowHandle {
        let here = self.client.window().await.expect("a tab");
        let other = self.client.new_window(true).await.expect("another tab");
        self.return_to(other.handle).await;
        here
    }

    pub(crate) async fn return_to(&self, tab: WindowHandle) {
        let switched = self.client.switch_to_window(tab).await;
        switched.expect("the tab is open");
    }

    async fn wait_for(&self, what: Locator<'_>) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(what).await;
        match found.map_err(|error| error.to_string()) {
            Ok(element) => element,
            Err(error) => {
                let page = self.client.source().await;
                panic!("no {what:?}: {error}; the page is\n{page:?}");
            }
        }
    }
}
