//! A sign-in at an identity provider: what the browser carries there and back.

use super::{browser::Browser, provider::Provider};
use crate::rig::{Reply, Site, on_every_server};

/// Where the site sends a browser that wants to sign in.
async fn start(site: &Site, browser: &mut Browser<'_>, provider: &Provider) -> String {
    let (provider, back) = (provider.address, site.address);
    let target = format!("/oauth/start?provider={provider}&back=http://{back}/oauth/callback");
    location(&browser.get(&target).await)
}

/// Where the provider sends the browser when its user has agreed: a target of the site.
async fn agree(site: &Site, provider: &Provider, page: &str) -> String {
    let there = format!("http://{}", provider.address);
    let target = page.strip_prefix(&there).expect("a page of the provider");
    let back = location(&site.get(target).send_by(provider.address).await);
    let here = format!("http://{}", site.address);
    let target = back.strip_prefix(&here).expect("a page of the site");
    target.to_owned()
}

fn location(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    let location = reply.header("location").expect("a redirect");
    location.to_owned()
}

on_every_server! {
    async fn an_oauth_sign_in_with_state_and_pkce(site: Site) {
        let provider = Provider::start().await;
        let mut browser = Browser::new(&site);
        let page = start(&site, &mut browser, &provider).await;
        assert_eq!(browser.names(), ["__Host-session.oauth"]);
        let callback = agree(&site, &provider, &page).await;

        let signed_in = browser.come_from_elsewhere(&callback).await;
        assert_eq!(location(&signed_in), "/values/page");
        assert_eq!(browser.names(), ["__Host-session", "__Host-session~flash"]);
        assert_eq!(browser.get("/values/page").await.text(), "success: Signed in.\n");
        assert_eq!(browser.get("/whoami").await.text(), "ada@example.com");
        assert_eq!(browser.names(), ["__Host-session"]);

        let again = browser.come_from_elsewhere(&callback).await;
        assert_eq!((again.status, again.set_cookies().len()), (400, 0), "the state is taken");
    }

    /// A page of the attacker's leads the victim to the callback with the attacker's code.
    async fn nobody_is_signed_in_by_the_callback_of_another(site: Site) {
        let provider = Provider::start().await;
        let mut attacker = Browser::new(&site);
        let page = start(&site, &mut attacker, &provider).await;
        let callback = agree(&site, &provider, &page).await;

        let mut stranger = Browser::new(&site);
        let reply = stranger.come_from_elsewhere(&callback).await;
        assert_eq!((reply.status, reply.set_cookies().len()), (400, 0));
        start(&site, &mut stranger, &provider).await;
        let reply = stranger.come_from_elsewhere(&callback).await;
        assert_eq!(reply.status, 400, "another state");
        assert_eq!(stranger.names(), [""; 0]);
    }

    /// The code of one sign-in with the state, and so the verifier, of another.
    async fn a_stolen_code_is_of_no_use(site: Site) {
        let provider = Provider::start().await;
        let (mut victim, mut thief) = (Browser::new(&site), Browser::new(&site));
        let page = start(&site, &mut victim, &provider).await;
        let stolen = agree(&site, &provider, &page).await;
        let page = start(&site, &mut thief, &provider).await;
        let own = agree(&site, &provider, &page).await;

        let (code, _) = stolen.split_once("&state=").expect("a code and a state");
        let (_, state) = own.split_once("&state=").expect("a code and a state");
        let reply = thief.come_from_elsewhere(&format!("{code}&state={state}")).await;
        assert_eq!((reply.status, thief.names().len()), (400, 0));
    }
}
