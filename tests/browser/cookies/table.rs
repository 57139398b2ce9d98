//! Cookies, as options of the library and as the lines that would stand in a response.
//!
//! The names in a table differ, so that no cookie is taken for another one's.

use locals::{
    CookieOptions,
    SameSite::{self, Lax, None as Anywhere, Strict},
};

/// Where the cookies are offered, unless a row says otherwise. A name below `localhost` can be a
/// `Domain`, and Chromium trusts it without https.
pub(super) const HOST: &str = "app.localhost";

/// The library's default: a day active, then 14 days idle.
const MAX_AGE: u32 = 15 * 24 * 60 * 60;

#[derive(Clone, Debug)]
pub(super) struct Cookie {
    pub(super) name: String,
    domain: Option<&'static str>,
    path: String,
    secure: bool,
    same_site: SameSite,
    partitioned: bool,
    pub(super) host: &'static str,
    /// A path below the cookie's own.
    pub(super) visited: &'static str,
}

/// The default cookie with another name.
fn named(name: impl Into<String>) -> Cookie {
    Cookie {
        name: name.into(),
        domain: None,
        path: "/".into(),
        secure: true,
        same_site: Lax,
        partitioned: false,
        host: HOST,
        visited: "/app/offer/echo",
    }
}

fn insecure(name: &str) -> Cookie {
    Cookie {
        secure: false,
        ..named(name)
    }
}

impl Cookie {
    fn domain(self, domain: &'static str) -> Self {
        Self {
            domain: Some(domain),
            ..self
        }
    }

    fn path(self, path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            ..self
        }
    }

    fn same_site(self, same_site: SameSite) -> Self {
        Self { same_site, ..self }
    }

    fn partitioned(self) -> Self {
        Self {
            partitioned: true,
            ..self
        }
    }

    pub(super) fn options(&self) -> CookieOptions {
        let options = CookieOptions::default()
            .name(self.name.clone())
            .path(self.path.clone())
            .secure(self.secure)
            .same_site(self.same_site)
            .partitioned(self.partitioned);
        match self.domain {
            Some(domain) => options.domain(domain),
            None => options,
        }
    }

    pub(super) fn line(&self) -> String {
        self.line_with("v")
    }

    /// The line that the library would send with this value, also where it refuses to.
    pub(super) fn line_with(&self, value: &str) -> String {
        let mut line = format!("{}={value}; HttpOnly; SameSite=", self.name);
        line.push_str(match self.same_site {
            Strict => "Strict",
            Lax => "Lax",
            Anywhere => "None",
        });
        if self.partitioned {
            line.push_str("; Partitioned");
        }
        if self.secure {
            line.push_str("; Secure");
        }
        line.push_str(&format!("; Path={}", self.path));
        if let Some(domain) = self.domain {
            line.push_str(&format!("; Domain={domain}"));
        }
        line.push_str(&format!("; Max-Age={MAX_AGE}"));
        line
    }
}

/// With the setting that `build()` names.
pub(super) fn refused_by_both() -> Vec<(&'static str, Cookie)> {
    vec![
        ("domain", named("__Host-a").domain(HOST)),
        ("path", named("__Host-b").path("/app")),
        ("secure", insecure("__Host-c")),
        ("secure", insecure("__Secure-d")),
        ("secure", insecure("__Http-e")),
        ("domain", named("__Host-Http-f").domain(HOST)),
        ("path", named("__Host-Http-g").path("/app")),
        ("secure", insecure("__Host-Http-h")),
        ("name", insecure("__HOST-i")),
        ("name", named("__host-j").path("/app")),
        ("name", named("__HoSt-k").domain(HOST)),
        ("name", insecure("__secure-l")),
        ("same_site", insecure("m").same_site(Anywhere)),
        ("same_site", insecure("n").same_site(Anywhere).partitioned()),
        ("partitioned", insecure("o").partitioned()),
        ("domain", named("p").domain("a..example")),
        ("domain", named("q").domain("-app.localhost")),
        // Kept, but a browser compares it with the address, where a space is written `%20`.
        (
            "path",
            Cookie {
                visited: "/app/a b/echo",
                ..named("r").path("/app/a b")
            },
        ),
    ]
}

/// Why each: Chromium gives a prefix in any case of letters its meaning, but servers compare bytes.
/// It asks of `Partitioned` only `Secure`. It passes over a dot before a domain, an empty domain,
/// and a path that is none or too long: the cookie is kept with another scope than was written. It
/// has no limit of 256 for a name. And the address of a host without a name may be its domain.
pub(super) fn refused_by_build_alone() -> Vec<(&'static str, Cookie)> {
    vec![
        ("name", named("__HOST-a")),
        ("name", named("__host-b")),
        ("name", named("__SECURE-c")),
        ("partitioned", named("__Host-d").partitioned()),
        ("partitioned", named("e").same_site(Strict).partitioned()),
        ("domain", named("f").domain(".app.localhost")),
        ("domain", named("g").domain("")),
        ("path", named("h").path("app")),
        ("path", named("i").path(format!("/{}", "p".repeat(1024)))),
        ("name", named("n".repeat(257))),
        ("name", named("__Host-http-j")),
        (
            "domain",
            Cookie {
                host: "127.0.0.1",
                ..named("__Host-m").domain("127.0.0.1")
            },
        ),
    ]
}

/// `build()` knows neither the site's hosts nor the public suffixes.
pub(super) fn accepted_but_lost() -> Vec<Cookie> {
    vec![
        named("a").domain("shop.example"),
        named("b").domain("shop.app.localhost"),
        named("c").domain("localhost"),
        named("d").domain("com"),
    ]
}

pub(super) fn of_a_domain() -> Cookie {
    named("__Secure-domain").domain(HOST).path("/app")
}

pub(super) fn accepted() -> Vec<Cookie> {
    let anywhere = |name: &str| named(name).same_site(Anywhere);
    let every_byte = format!("{:n<256}", "!#$%&'*+-.^_`|~09AZaz");
    vec![
        named("__Host-session"),
        named("__Host-a").same_site(Strict),
        anywhere("__Host-b"),
        anywhere("__Host-c").partitioned(),
        named("__Secure-d").path("/app"),
        of_a_domain(),
        named("__Secure-e").domain("APP.localhost"),
        anywhere("__Secure-f").partitioned().path("/app"),
        named("__Http-g"),
        named("__Http-h").domain(HOST).path("/app"),
        named("__Host-Http-i"),
        named("k"),
        named("l").path("/app/"),
        anywhere("m"),
        anywhere("n").partitioned(),
        insecure("o"),
        insecure("p").same_site(Strict).path("/app"),
        insecure("q").domain(HOST),
        named(every_byte),
    ]
}
