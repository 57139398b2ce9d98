//! The demo in headless Chromium: as a person uses it, with pictures.

mod looks;

use std::{fs, future::Future, path::Path};

use fantoccini::{Client, Locator, elements::Element};
use tokio::task::block_in_place;

use crate::{
    chromium::Chromium,
    server::{Demo, profile_folder},
    visitor::{PASSWORD, Visitor},
};

const ADA: &str = "ada@example.com";
const TOLD: &str = "[role='status'] .flash";
const NOTHING_TOLD: &str = "main:not(:has([role='status']))";

/// A browser at the demo. Every step waits for what it needs to be there.
struct Tab {
    client: Client,
    origin: String,
}

impl Tab {
    async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.origin);
        self.client.goto(&url).await.expect("the page opens");
    }

    async fn find(&self, css: &str) -> Element {
        self.wait_for(Locator::Css(css)).await
    }

    /// Waits until the page's heading is this one.
    async fn heading(&self, text: &str) {
        let path = format!("//h1[normalize-space()='{text}']");
        self.wait_for(Locator::XPath(&path)).await;
    }

    async fn wait_for(&self, what: Locator<'_>) -> Element {
        let found = self.client.wait().for_element(what).await;
        match found.map_err(|error| error.to_string()) {
            Ok(element) => element,
            Err(error) => {
                let page = self.source().await;
                panic!("no {what:?}: {error}; the page is\n{page}");
            }
        }
    }

    async fn click(&self, css: &str) {
        let element = self.find(css).await;
        element.click().await.expect("it can be clicked");
    }

    async fn type_into(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("it can be cleared");
        field.send_keys(text).await.expect("it can be typed into");
    }

    async fn value_of(&self, css: &str) -> String {
        let value = self.find(css).await.prop("value").await;
        value.expect("it can be read").unwrap_or_default()
    }

    async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.path().to_owned()
    }

    async fn source(&self) -> String {
        self.client.source().await.expect("the page can be read")
    }

    /// Saves what the browser shows as `screenshots/NAME.png` beside the profile's folder.
    async fn picture(&self, name: &str) {
        let profile = profile_folder();
        let target = profile.parent().unwrap_or(Path::new("."));
        let folder = target.join("screenshots");
        let png = self.client.screenshot().await.expect("a screenshot");
        fs::create_dir_all(&folder).expect("a folder for the screenshots");
        fs::write(folder.join(format!("{name}.png")), png).expect("the screenshot can be written");
    }
}

/// Tells a story in a browser of its own.
async fn tell<S>(story: impl FnOnce(Tab, Demo) -> S)
where
    S: Future<Output = ()> + Send + 'static,
{
    let Some(chromium) = Chromium::start() else {
        return;
    };
    let demo = Demo::fresh();
    let client = chromium.browse().await;
    let tab = Tab {
        client: client.clone(),
        origin: demo.origin().to_owned(),
    };
    // A task of its own, so that the browser is closed also when the story fails.
    let told = tokio::spawn(story(tab, demo)).await;
    client.close().await.expect("chromium closes");
    if let Err(failure) = told {
        std::panic::resume_unwind(failure.into_panic());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_signs_up_ends_another_session_signs_out_and_back_shows_nothing() {
    tell(newcomer).await;
}

async fn newcomer(tab: Tab, demo: Demo) {
    tab.open("/").await;
    tab.heading("Hello, stranger").await;
    tab.picture("home").await;

    tab.click("nav a[href='/signup']").await;
    tab.heading("Sign up").await;
    tab.type_into("#email", ADA).await;
    tab.type_into("#password", "short").await;
    tab.click("main button").await;
    tab.find("#password-problem").await;
    assert_eq!(tab.value_of("#email").await, ADA);
    assert_eq!(tab.value_of("#password").await, "");
    tab.picture("sign-up-refused").await;

    tab.type_into("#password", PASSWORD).await;
    tab.click("main button").await;
    tab.heading("Your account").await;
    tab.find(TOLD).await;
    tab.picture("signed-up").await;
    tab.client.refresh().await.expect("the page reloads");
    tab.find(NOTHING_TOLD).await;
    tab.heading("Your account").await;
    assert!(tab.source().await.contains(ADA));
    tab.picture("account").await;

    let elsewhere = block_in_place(|| Visitor::signed_in(&demo, ADA));
    tab.click("nav a[href='/devices']").await;
    tab.heading("Your devices").await;
    tab.find("li.current").await;
    tab.find("li:not(.current)").await;
    tab.picture("devices").await;
    assert!(block_in_place(|| elsewhere.is_signed_in()));

    tab.click("li:not(.current) button").await;
    tab.find(".devices:not(:has(li + li))").await;
    tab.find(TOLD).await;
    assert!(block_in_place(|| !elsewhere.is_signed_in()));
    tab.client
        .set_window_size(500, 800)
        .await
        .expect("the window can be made narrow");
    tab.picture("devices-narrow").await;

    tab.click("nav form[action='/logout'] button").await;
    tab.heading("Hello, stranger").await;
    tab.find(TOLD).await;
    tab.client.back().await.expect("the back button");
    tab.heading("Sign in").await;
    assert_eq!(tab.path().await, "/login");
    assert!(!tab.source().await.contains(ADA));
    tab.picture("back-after-signing-out").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_the_password_stays_and_everybody_else_is_out() {
    tell(change_of_password).await;
}

async fn change_of_password(tab: Tab, demo: Demo) {
    let elsewhere = block_in_place(|| Visitor::signed_up(&demo, ADA));
    tab.open("/password").await;
    tab.heading("Sign in").await;
    tab.type_into("#email", ADA).await;
    tab.type_into("#password", PASSWORD).await;
    tab.click("label[for='remember']").await;
    tab.click("main button").await;
    tab.heading("Change the password").await;
    assert_eq!(tab.path().await, "/password");
    tab.find(TOLD).await;

    tab.type_into("#current", "wrong guess").await;
    tab.type_into("#password", "another password").await;
    tab.click("main button").await;
    tab.find("#current-problem").await;
    assert_eq!(tab.value_of("#password").await, "");
    assert!(block_in_place(|| elsewhere.is_signed_in()));
    tab.picture("password-refused").await;

    tab.type_into("#current", PASSWORD).await;
    tab.type_into("#password", "another password").await;
    tab.click("main button").await;
    tab.heading("Your account").await;
    tab.find(TOLD).await;
    assert!(block_in_place(|| !elsewhere.is_signed_in()));
    let page = tab.source().await;
    assert!(page.contains("after the browser is closed, too"), "{page}");
    tab.picture("password-changed").await;
}
