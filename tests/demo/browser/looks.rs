//! Every page in light and dark, on a phone and on a desk: nothing sticks out, and there are pictures.

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use tokio::task::block_in_place;
use url::{ParseError, Url};

use super::{ADA, Tab, tell};
use crate::{
    server::Demo,
    visitor::{PASSWORD, Visitor},
};

const BOB: &str = "bob@example.com";
const WIDTHS: [u32; 2] = [360, 1200];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// What is asked of the browser in the words of its DevTools, as WebDriver has none for it.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}

impl Tab {
    async fn ask(&self, command: &'static str, parameters: Value) {
        let asked = DevTools {
            command,
            parameters,
        };
        let answer = self.client.issue_cmd(asked).await;
        answer.expect("the browser does it");
    }

    async fn look(&self, width: u32, scheme: &str) {
        let metrics = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
        });
        self.ask("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let media = json!({
            "features": [{ "name": "prefers-color-scheme", "value": scheme }],
        });
        self.ask("Emulation.setEmulatedMedia", media).await;
    }

    /// Opens these pages in every look.
    async fn show(&self, pages: &[(&str, &str)]) {
        for width in WIDTHS {
            for scheme in SCHEMES {
                self.look(width, scheme).await;
                for (name, path) in pages {
                    self.open(path).await;
                    self.assert_fits(width, scheme).await;
                    self.picture(&format!("{name}-{width}-{scheme}")).await;
                }
            }
        }
    }

    async fn assert_fits(&self, width: u32, scheme: &str) {
        let script = "return [innerWidth, document.documentElement.scrollWidth <= innerWidth, \
             matchMedia('(prefers-color-scheme: dark)').matches]";
        let shown = self.client.execute(script, Vec::new()).await;
        let shown = shown.expect("the script runs");
        let expected = json!([width, true, scheme == "dark"]);
        let path = self.path().await;
        assert_eq!(shown, expected, "{path}, {width}, {scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_on_a_phone_and_a_desk_in_light_and_dark() {
    tell(pages).await;
}

async fn pages(tab: Tab, demo: Demo) {
    block_in_place(|| Visitor::signed_up(&demo, ADA));
    tab.open("/").await;
    tab.show(&[
        ("home", "/"),
        ("sign-in", "/login"),
        ("sign-up", "/signup"),
        ("401", "/api/me"),
        ("404", "/nowhere"),
    ])
    .await;

    tab.open("/signup").await;
    tab.type_into("#email", BOB).await;
    tab.type_into("#password", PASSWORD).await;
    tab.click("main button").await;
    tab.heading("Your account").await;
    tab.show(&[
        ("home-signed-in", "/"),
        ("account", "/account"),
        ("devices", "/devices"),
        ("password", "/password"),
        ("403", "/admin"),
    ])
    .await;

    tab.open("/login").await;
    tab.click("nav form[action='/logout'] button").await;
    tab.heading("Hello, stranger").await;
    tab.open("/login").await;
    tab.type_into("#email", ADA).await;
    tab.type_into("#password", PASSWORD).await;
    tab.click("main button").await;
    tab.heading("Your account").await;
    tab.show(&[("admin", "/admin")]).await;
}
