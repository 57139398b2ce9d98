//! HTTP/2: a cookie field for each pair, and the authority in the place of `Host`.

use http::Method;

use super::NAME;
use crate::rig::{ADA, Site, on_every_server};

/// By the server, in words or by ending the stream; or by us, who look at 64 KB of cookies.
const REFUSED: [Option<u16>; 5] = [None, Some(200), Some(400), Some(401), Some(431)];

on_every_server! {
    /// RFC 9113, 8.2.3: a browser sends one field for each pair.
    async fn c_06_every_crumb_of_an_http_2_cookie_is_read(site: Site) {
        let ours = format!("{NAME}={}", site.log_in(ADA).await.0);
        for place in [0, 1, 9] {
            let mut crumbs: Vec<_> = (0..10).map(|number| format!("c{number}=v")).collect();
            crumbs[place] = ours.clone();
            let fields: Vec<_> = crumbs.iter().map(|crumb| ("cookie", crumb.as_str())).collect();
            let reply = site.send_h2(Method::GET, "/whoami", &fields).await;
            assert_eq!((reply.status, reply.text()), (200, "ada@example.com"), "crumb {place}");
        }
        let fields = [("cookie", "a=1"), ("cookie", "b=2")];
        assert_eq!(site.send_h2(Method::GET, "/whoami", &fields).await.status, 401);
    }

    async fn c_05_two_values_in_two_crumbs_are_no_session(site: Site) {
        let ours = [site.log_in(ADA).await, site.log_in(ADA).await];
        let crumbs = ours.map(|token| format!("{NAME}={}", token.0));
        let [first, second] = crumbs.each_ref().map(|crumb| ("cookie", crumb.as_str()));
        for fields in [[first, second], [second, first]] {
            assert_eq!(site.send_h2(Method::GET, "/whoami", &fields).await.status, 401);
        }
        assert_eq!(site.send_h2(Method::GET, "/whoami", &[first, first]).await.status, 200);
    }

    async fn f_01_over_http_2_the_origin_is_compared_with_the_authority(site: Site) {
        let own = format!("http://{}", site.address);
        let named = "http://shop.example/guarded";
        for (target, origin, status) in [
            ("/guarded", own.as_str(), 200),
            ("/guarded", "https://evil.example", 403),
            ("/guarded", "null", 403),
            (named, "https://shop.example", 200),
            (named, "http://shop.example", 403),
            (named, own.as_str(), 403),
            (named, "https://shop.example:8443", 403),
        ] {
            let reply = site.send_h2(Method::POST, target, &[("origin", origin)]).await;
            assert_eq!(reply.status, status, "{origin} to {target}");
        }
        let cross_site = [("sec-fetch-site", "cross-site")];
        assert_eq!(site.send_h2(Method::POST, "/guarded", &cross_site).await.status, 403);
    }

    /// The server has the first word on a long list of fields, whatever is in it.
    async fn c_07_a_huge_list_of_crumbs_is_taken_or_refused(site: Site) {
        let ours = format!("{NAME}={}", site.log_in(ADA).await.0);
        let junk = "j=".to_owned() + &"j".repeat(1000);
        for (crumbs, expected) in [(8, &[Some(200)][..]), (64, &REFUSED), (1024, &REFUSED)] {
            let mut fields = vec![("cookie", junk.as_str()); crumbs];
            fields.push(("cookie", &ours));
            let answer = site.try_send_h2(Method::GET, "/whoami", &fields).await;
            let status = answer.ok().map(|reply| reply.status);
            assert!(expected.contains(&status), "{crumbs} KB: {status:?}");
            let next = site.send_h2(Method::GET, "/whoami", &[("cookie", &ours)]).await;
            assert_eq!(next.status, 200, "the next request");
        }
    }

    /// A session's whole life, and the fields of its answers, as over HTTP/1.
    async fn over_http_2_a_user_signs_in_and_out(site: Site) {
        let same_origin = ("sec-fetch-site", "same-origin");
        let reply = site.send_h2(Method::POST, "/login?u=1", &[same_origin]).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let cookie = reply.our_cookie().expect("a login sends the cookie");
        let pair = format!("{NAME}={}", cookie.value);
        let reply = site.send_h2(Method::GET, "/whoami", &[("cookie", &pair)]).await;
        assert_eq!(reply.text(), "ada@example.com");
        let fields = [("cookie", pair.as_str()), same_origin];
        let reply = site.send_h2(Method::POST, "/logout", &fields).await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        let reply = site.send_h2(Method::GET, "/whoami", &[("cookie", &pair)]).await;
        assert_eq!((reply.status, reply.set_cookies().len()), (401, 0));
    }
}
