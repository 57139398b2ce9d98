//! A browser: it keeps the cookies of a site, sends them along, and forgets them when it is told to.

use std::collections::BTreeMap;

use crate::rig::{Reply, RequestTo, SetCookie, Site};

pub(super) struct Browser<'site> {
    site: &'site Site,
    /// By name: every site of this suite sets its cookies for one host and one path.
    pub(super) cookies: BTreeMap<String, String>,
}

impl<'site> Browser<'site> {
    pub(super) fn new(site: &'site Site) -> Self {
        Self {
            site,
            cookies: BTreeMap::new(),
        }
    }

    pub(super) async fn get(&mut self, target: &str) -> Reply {
        self.send(self.site.get(target)).await
    }

    pub(super) async fn post(&mut self, target: &str) -> Reply {
        self.send(self.site.post(target)).await
    }

    /// As a link or a redirect of another site brings it here.
    pub(super) async fn come_from_elsewhere(&mut self, target: &str) -> Reply {
        let request = self.site.get(target);
        self.send(request.header("Sec-Fetch-Site", "cross-site"))
            .await
    }

    async fn send(&mut self, request: RequestTo<'site>) -> Reply {
        let cookies = self.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = match &*cookies {
            [] => request,
            cookies => request.cookie_header(cookies.join("; ")),
        };
        let reply = request.send().await;
        self.keep(&reply);
        reply
    }

    fn keep(&mut self, reply: &Reply) {
        for line in reply.set_cookies() {
            let cookie = SetCookie::parse(line);
            if cookie.max_age() == 0 {
                self.cookies.remove(&cookie.name);
            } else {
                self.cookies.insert(cookie.name, cookie.value);
            }
        }
    }

    /// The names of its cookies, in order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }
}
