//! Header blocks at the servers' limits: below them we answer, beyond them the server does, with a
//! 4xx or by hanging up. Never with a 500, and never at the cost of the next request.

use crate::rig::{ADA, RequestTo, Site, Token, on_every_server};

const KB: usize = 1024;

/// The status, unless the server has hung up, and the site lives on.
async fn survives(site: &Site, token: &Token, request: RequestTo<'_>, what: &str) -> Option<u16> {
    let answer = request.try_send().await;
    assert_eq!(
        site.whoami(token).await,
        200,
        "the next request after {what}"
    );
    match answer {
        Ok(reply) => {
            assert_eq!(reply.set_cookies().len(), 0, "{what}");
            Some(reply.status)
        }
        Err(closed) => {
            assert_ne!(closed.kind(), std::io::ErrorKind::TimedOut, "{what}");
            None
        }
    }
}

on_every_server! {
    /// Three header lines are the rig's.
    async fn c_07_more_header_lines_than_the_server_takes_are_refused(site: Site) {
        let token = site.log_in(ADA).await;
        let limit = site.framework.header_lines();
        for (more, fits) in [
            (0, true),
            (limit - 3, true),
            (limit - 2, false),
            (500, false),
            (5_000, false),
        ] {
            let mut request = site.get("/whoami").session(&token);
            for number in 0..more {
                request = request.header(&format!("X-{number}"), "junk");
            }
            let what = format!("{more} more lines");
            let status = survives(&site, &token, request, &what).await;
            if fits {
                assert_eq!(status, Some(200), "{what}");
            } else {
                assert!(matches!(status, None | Some(400 | 431)), "{what}: {status:?}");
            }
        }
    }

    /// As one line, with our cookie before and after it.
    async fn c_07_a_huge_header_line_is_taken_or_refused(site: Site) {
        let token = site.log_in(ADA).await;
        for (size, expected) in [
            (8 * KB, &[Some(200)][..]),
            (64 * KB, &[Some(200)]),
            (1024 * KB, &[None, Some(400), Some(431)]),
        ] {
            let junk = "j".repeat(size);
            for request in [
                site.get("/whoami").session(&token).header("X-Junk", &junk),
                site.get("/whoami").header("X-Junk", &junk).session(&token),
            ] {
                let status = survives(&site, &token, request, "a huge line").await;
                assert!(expected.contains(&status), "{size} octets: {status:?}");
            }
        }
    }

    async fn c_07_a_huge_target_is_taken_or_refused(site: Site) {
        let token = site.log_in(ADA).await;
        for size in [8 * KB, 63 * KB, 128 * KB, 1024 * KB] {
            let target = format!("/whoami?{}", "q".repeat(size));
            let request = site.get(&target).session(&token);
            let status = survives(&site, &token, request, "a huge target").await;
            assert!(matches!(status, None | Some(200 | 400 | 414 | 431)), "{size}: {status:?}");
            assert!(size > 8 * KB || status == Some(200), "{size}: {status:?}");
        }
    }
}
