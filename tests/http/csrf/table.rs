//! F-01: the tables of Go's `http.CrossOriginProtection` and of tower-http, on the wire.
//!
//! The engine's unit tests read the same files.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rig::{ADA, Framework, RequestTo, Server, Settings, Site, on_every_server};

const GO: &str = include_str!("../../../locals-runtime/src/data/go_csrf.json");
const TOWER: &str = include_str!("../../../locals-runtime/src/data/tower_http_csrf.json");

#[derive(Deserialize)]
struct GoRow<'a> {
    name: &'a str,
    method: &'a str,
    host: &'a str,
    #[serde(borrow)]
    sec_fetch_site: Option<&'a str>,
    #[serde(borrow)]
    origin: Option<&'a str>,
    #[serde(borrow)]
    trusted: Vec<&'a str>,
    expect: u16,
}

impl GoRow<'static> {
    fn request<'site>(&self, site: &'site Site) -> RequestTo<'site> {
        let mut request = site
            .request(self.method, "/guarded")
            .without_fetch_metadata()
            .header("Host", self.host);
        if let Some(fetch_site) = self.sec_fetch_site {
            request = request.header("Sec-Fetch-Site", fetch_site);
        }
        if let Some(origin) = self.origin {
            request = request.header("Origin", origin);
        }
        request
    }

    /// A POST that says nothing of where it comes from; ours is stricter there if a cookie comes
    /// with it.
    fn says_nothing(&self) -> bool {
        self.method == "POST" && self.sec_fetch_site.is_none() && self.origin.is_none()
    }
}

#[derive(Deserialize)]
struct TowerRow<'a> {
    name: &'a str,
    uri: &'a str,
    #[serde(borrow)]
    host: Option<&'a str>,
    origin: &'a str,
    expect: u16,
}

impl TowerRow<'_> {
    fn bytes(&self) -> Vec<u8> {
        let host = self.host.map(|host| format!("Host: {host}\r\n"));
        format!(
            "POST {} HTTP/1.1\r\nConnection: close\r\n{}Origin: {}\r\nContent-Length: 0\r\n\r\n",
            self.uri,
            host.unwrap_or_default(),
            self.origin,
        )
        .into_bytes()
    }

    /// We normalize default ports, which tower-http compares verbatim.
    fn expect(&self, framework: Framework) -> u16 {
        if self.host.is_none() && framework.wants_one_host() {
            return 400;
        }
        match self.name {
            "origin has explicit default, host implicit"
            | "host has explicit default, origin implicit" => 200,
            _ => self.expect,
        }
    }
}

on_every_server! {
    async fn f_01_the_table_of_go_passes_with_and_without_a_cookie(server: Server) {
        let rows: Vec<GoRow<'static>> = serde_json::from_str(GO).expect("the table");
        assert_eq!(rows.len(), 25);
        let mut by_trust: BTreeMap<Vec<&'static str>, Vec<GoRow<'static>>> = BTreeMap::new();
        for row in rows {
            by_trust.entry(row.trusted.clone()).or_default().push(row);
        }
        for (trusted_origins, rows) in by_trust {
            let settings = Settings { trusted_origins, ..Settings::default() };
            let site = Site::with(server, settings).await;
            let token = site.log_in(ADA).await;
            site.store.reset();
            for row in rows {
                let anonymous = row.request(&site).send().await;
                assert_eq!(anonymous.status, row.expect, "{}", row.name);
                let signed_in = row.request(&site).session(&token).send().await;
                let expect = if row.says_nothing() { 403 } else { row.expect };
                assert_eq!(signed_in.status, expect, "{} with a cookie", row.name);
            }
            assert_eq!(site.store.calls().total(), 0);
        }
    }

    async fn f_01_the_hosts_and_ports_of_tower_http_pass(site: Site) {
        let rows: Vec<TowerRow<'static>> = serde_json::from_str(TOWER).expect("the table");
        assert_eq!(rows.len(), 16);
        for row in rows {
            let reply = site.send(&row.bytes()).await;
            assert_eq!(reply.status, row.expect(site.framework), "{}", row.name);
        }
    }
}
