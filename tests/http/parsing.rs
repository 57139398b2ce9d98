//! Hostile requests: what is not exactly our cookie is nobody's session, and asks nothing of the
//! store.

mod h2;
mod junk;
mod limits;
mod tokens;

use std::time::Duration;

use futures_util::future::join;

use crate::rig::{ADA, BOB, Reply, Server, Settings, Site, Token, eventually, on_every_server};

const NAME: &str = "__Host-session";

/// What `/whoami` answers to these `Cookie` lines, and how often it asked the store.
async fn ask(site: &Site, lines: &[impl AsRef<[u8]>]) -> (Reply, u64) {
    site.store.reset();
    let mut request = site.get("/whoami");
    for line in lines {
        request = request.cookie_header(line);
    }
    let reply = request.send().await;
    (reply, site.store.calls().total())
}

fn shown(lines: &[impl AsRef<[u8]>]) -> Vec<String> {
    let lines = lines.iter();
    lines
        .map(|line| line.as_ref().escape_ascii().to_string())
        .collect()
}

async fn has_no_session(site: &Site, lines: &[impl AsRef<[u8]>]) {
    let (reply, calls) = ask(site, lines).await;
    assert_eq!(reply.status, 401, "{:?}", shown(lines));
    assert_eq!(reply.set_cookies().len(), 0, "{:?}", shown(lines));
    assert_eq!(calls, 0, "{:?}", shown(lines));
}

async fn has_session(site: &Site, lines: &[impl AsRef<[u8]>]) {
    let (reply, _) = ask(site, lines).await;
    assert_eq!(reply.status, 200, "{:?}", shown(lines));
}

on_every_server! {
    async fn c_01_only_the_exact_name_is_ours(site: Site) {
        let token = site.log_in(ADA).await.0;
        for name in [
            "__%48ost-session", "%5F%5FHost-session", "__Host%2Dsession", "__Host-session%00",
            "__host-session", "__HOST-session", "__HOST-SESSION", "__Host-Session",
            "..Host-session", "__Host.session", "__Host_session", "__Host session",
            "__Host[session", "__Host-session[]", "__Host-session.", "__Host-session_",
            "x__Host-session", "_Host-session", "Host-session", "session", "__Secure-session",
            "\"__Host-session\"", "$__Host-session", "__Host-session ", "__Host-session\t",
        ] {
            has_no_session(&site, &[format!("{name}={token}")]).await;
        }
        has_session(&site, &[format!("{NAME}={token}")]).await;
    }

    /// Nor is the value decoded or unquoted. A space or a tab around the pair is no part of it.
    async fn c_01_nothing_but_sp_and_htab_is_trimmed(site: Site) {
        let text = site.log_in(ADA).await.0;
        let (name, sign, token) = (NAME.as_bytes(), b"=".as_slice(), text.as_bytes());
        let mut spaces: Vec<Vec<u8>> = vec![vec![0x85], vec![0xa0]];
        let unicode = "\u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\
                       \u{2007}\u{2008}\u{2009}\u{200a}\u{200b}\u{2028}\u{2029}\u{202f}\u{205f}\
                       \u{3000}\u{feff}";
        spaces.extend(unicode.chars().map(|space| space.to_string().into_bytes()));
        assert_eq!(spaces.len(), 23);
        for space in spaces.iter().map(Vec::as_slice) {
            for pair in [
                [space, name, sign, token].concat(),
                [name, space, sign, token].concat(),
                [name, sign, space, token].concat(),
                [name, sign, token, space].concat(),
            ] {
                let line = [b"a=b; ".as_slice(), &pair, b"; c=d"].concat();
                has_no_session(&site, &[line]).await;
            }
        }
        has_no_session(&site, &[[name, sign, b" ", token].concat()]).await;
        let padded = [b"a=b; \t ".as_slice(), name, sign, token, b" \t ;c=d"].concat();
        has_session(&site, &[padded]).await;
    }

    async fn c_02_nameless_cookies_are_ignored(site: Site) {
        let token = site.log_in(ADA).await.0;
        for line in [
            format!("={NAME}={token}"),
            format!("=={NAME}={token}"),
            format!("= {NAME}={token}"),
            format!("={token}"),
            format!("; ={NAME}={token};"),
            NAME.to_owned(),
            format!("{NAME}; {token}"),
            format!("{NAME};={token}"),
            token.clone(),
        ] {
            has_no_session(&site, &[&line]).await;
            has_session(&site, &[format!("{line}; {NAME}={token}")]).await;
        }
    }

    /// The cookie sandwich: a quote swallows no cookie after it, so there are two of ours.
    async fn c_03_quotes_commas_and_versions_have_no_meaning(site: Site) {
        let token = site.log_in(ADA).await.0;
        let evil = site.log_in(BOB).await.0;
        has_no_session(&site, &[format!("a=\"x; {NAME}={evil}; b=y\"; {NAME}={token}")]).await;
        has_no_session(&site, &[format!("{NAME}={token}; a=\"x; {NAME}={evil}; b=y\"")]).await;
        has_no_session(&site, &[format!("{NAME}=\"{token}\"")]).await;
        has_no_session(&site, &[format!("{NAME}='{token}'")]).await;
        has_no_session(&site, &[format!("{NAME}={}", token.replace('.', "%2E"))]).await;
        has_no_session(&site, &[format!("$Version=1, {NAME}={token}")]).await;
        has_no_session(&site, &[format!("{NAME}={token}, a=b")]).await;
        has_session(&site, &[format!("$Version=1; {NAME}={token}; $Path=\"/\"")]).await;
        has_session(&site, &[format!("a=\"x; {NAME}={token}; b=y\"")]).await;
    }

    async fn c_04_a_bad_cookie_does_not_hide_ours(site: Site) {
        let token = site.log_in(ADA).await.0;
        let ours = format!("{NAME}={token}").into_bytes();
        let unrelated: String = (0..1000).map(|number| format!("c{number}=v{number}; ")).collect();
        for bad in [
            b"x=caf\xc3\xa9".to_vec(),
            b"x=\xff\xfe".to_vec(),
            b"\xff\xfe=\xff".to_vec(),
            b";;;; ; =; a".to_vec(),
            b"=".to_vec(),
            b"a=b=c==; d".to_vec(),
            b"x=\"".to_vec(),
            b"x=\\\"; y=%%%".to_vec(),
            unrelated.into_bytes(),
            vec![b'j'; 4096],
            [b"j=".as_slice(), &[0xe9; 4096]].concat(),
        ] {
            has_session(&site, &[[bad.as_slice(), b"; ", &ours].concat()]).await;
            has_session(&site, &[[ours.as_slice(), b"; ", &bad].concat()]).await;
            has_session(&site, &[bad, ours.clone()]).await;
        }
    }

    async fn c_05_two_values_of_our_name_are_no_session(site: Site) {
        let ours = format!("{NAME}={}", site.log_in(ADA).await.0);
        for other in [site.log_in(BOB).await.0, Token::made_up().0, "x".into(), String::new()] {
            let other = format!("{NAME}={other}");
            for [first, second] in [[&ours, &other], [&other, &ours]] {
                has_no_session(&site, &[format!("{first}; {second}")]).await;
                has_no_session(&site, &[format!("{first}; a=b; {second}; c=d")]).await;
                has_no_session(&site, &[first, second]).await;
                has_no_session(&site, &[first, first, second]).await;
            }
        }
    }

    async fn c_05_one_value_said_twice_is_one(site: Site) {
        let ours = format!("{NAME}={}", site.log_in(ADA).await.0);
        has_session(&site, &[format!("{ours}; {ours}")]).await;
        has_session(&site, &[format!("{ours}; a=b; {ours};{ours}")]).await;
        has_session(&site, &[&ours, &ours]).await;
    }

    async fn c_06_every_cookie_line_is_read(site: Site) {
        let ours = format!("{NAME}={}", site.log_in(ADA).await.0);
        for place in [0, 1, 9] {
            let mut lines: Vec<_> = (0..10).map(|number| format!("c{number}=v")).collect();
            lines[place] = ours.clone();
            has_session(&site, &lines).await;
            lines[place] = format!("a=b; {ours}; d=e");
            has_session(&site, &lines).await;
        }
    }

    /// A sign-in overtakes a request with a cookie that is not good any more: the late answer must
    /// not take the new cookie away.
    async fn c_09_no_bad_token_deletes_the_cookie(site: Site) {
        let ended = site.log_in(ADA).await;
        site.post("/logout").session(&ended).send().await;
        let expired = site.log_in(ADA).await;
        site.clock.advance(Duration::from_secs(40 * 24 * 60 * 60));
        let rotated = site.log_in(BOB).await;
        site.post("/sudo").session(&rotated).send().await;
        for (bad, asks_the_store) in [
            (ended.0.clone(), true),
            (expired.0, true),
            (rotated.0, true),
            (Token::made_up().0, true),
            (format!("{}x", ended.0), false),
            (format!("a; {NAME}=b"), false),
            (String::new(), false),
        ] {
            site.store.reset();
            let line = format!("{NAME}={bad}");
            let late = site.get("/slow?ms=50").cookie_header(&line).send();
            let meanwhile = async {
                if asks_the_store {
                    let looked_up = async || site.store.calls().load > 0;
                    eventually("the token is looked up", looked_up).await;
                }
                site.log_in(ADA).await
            };
            let (late, token) = join(late, meanwhile).await;
            assert_eq!((late.status, late.set_cookies().len()), (401, 0), "{line}");
            assert_eq!(site.whoami(&token).await, 200);
            let quick = site.get("/whoami").cookie_header(&line).send().await;
            assert_eq!((quick.status, quick.set_cookies().len()), (401, 0), "{line}");
        }
    }

    async fn c_10_request_data_adds_no_header(server: Server) {
        let settings = Settings { login_path: Some("/login"), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let names = |reply: &Reply| {
            let names: Vec<_> = reply.headers.iter().map(|(name, _)| name.clone()).collect();
            (reply.status, names)
        };
        let signs_in = async |agent: &str| {
            names(&site.post("/from").header("User-Agent", agent).send().await)
        };
        let redirected = async |path: &str| {
            let target = format!("/account/{path}");
            names(&site.get(&target).header("Accept", "text/html").send().await)
        };
        let (plain_agent, plain_path) = (signs_in("Firefox").await, redirected("plain").await);
        assert_eq!((plain_agent.0, plain_path.0), (200, 303));
        for hostile in [
            "a%0d%0aSet-Cookie:%20evil=1",
            "a%0aX-Evil:%201",
            "a%00b",
            "%C4%8D%C4%8ASet-Cookie:evil=1",
            "a;Path=/evil;Max-Age=9",
        ] {
            assert_eq!(signs_in(hostile).await, plain_agent, "{hostile}");
            assert_eq!(redirected(hostile).await, plain_path, "{hostile}");
        }
        // In one octet each, these two would be CR and LF.
        assert_eq!(signs_in("\u{10d}\u{10a}Set-Cookie:evil=1").await, plain_agent);
    }

    /// Ambiguous headers fail closed, whatever the two say.
    async fn c_13_a_doubled_origin_or_fetch_site_is_refused(site: Site) {
        let own = format!("http://{}", site.address);
        let login = || site.post("/login?u=1").without_fetch_metadata();
        let long = format!("http://{}/{}", site.address, "a".repeat(16 * 1024));
        site.store.reset();
        for request in [
            login().header("Origin", &own).header("Origin", &own),
            login().header("Origin", &own).header("Origin", "https://evil.example"),
            login().header("Origin", "https://evil.example").header("Origin", &own),
            login().header("Sec-Fetch-Site", "same-origin").header("Sec-Fetch-Site", "same-origin"),
            login().header("Sec-Fetch-Site", "same-origin").header("Sec-Fetch-Site", "cross-site"),
            login().header("Sec-Fetch-Site", "none").header("Origin", &own).header("Origin", &own),
            login().header("Origin", &long),
            login().header("Sec-Fetch-Site", "same-origin".repeat(1000)),
        ] {
            assert_eq!(request.send().await.status, 403);
        }
        let two_hosts = login()
            .header("Host", site.address.to_string())
            .header("Host", "evil.example")
            .header("Origin", &own);
        let refused = if site.framework.wants_one_host() { 400 } else { 403 };
        assert_eq!(two_hosts.send().await.status, refused);
        assert_eq!(site.store.calls().total(), 0);
        assert_eq!(login().header("Origin", &own).send().await.status, 200, "each header once");
    }
}
