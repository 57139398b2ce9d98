//! Very much of it, and very large.

use futures_util::future::join_all;

use super::{NAME, ask, has_no_session, has_session};
use crate::rig::{ADA, Site, on_every_server};

const KB: usize = 1024;

/// What a header can be filled with: separators, pairs, signs, one long name, our own name.
const UNITS: [&[u8]; 8] = [
    b";",
    b"a=b;",
    b"=",
    b"n",
    b"\"",
    b"\xe9",
    b"__Host-session=;",
    b"__Host-session;",
];

/// A token that is none, by what a careless or hostile client could do to a real one.
fn malformed(token: &str, random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = token.as_bytes().to_vec();
    match random.u8(..6) {
        0 => bytes.truncate(random.usize(..bytes.len())),
        1 => bytes.extend((0..random.usize(1..40)).map(|_| random.alphanumeric() as u8)),
        2 => {
            let stranger = *random
                .choice(b"+/=%,! \"\\:~.\xe9")
                .expect("there are some");
            let place = random.usize(..22);
            bytes[place] = stranger;
        }
        3 => bytes[22] = random.alphanumeric() as u8,
        4 => {
            let dot = bytes.remove(22);
            bytes.insert(random.usize(23..=65), dot);
        }
        _ => bytes.rotate_left(random.usize(1..=65)),
    }
    bytes
}

on_every_server! {
    /// Small enough for the server and for us: nobody's session, and nothing is asked.
    async fn c_07_a_large_header_is_nobodys_session(site: Site) {
        for unit in UNITS {
            for size in [8 * KB, 64 * KB] {
                has_no_session(&site, &[unit.repeat(size / unit.len())]).await;
            }
            let lines = vec![unit.repeat(KB / unit.len()); 50];
            has_no_session(&site, &lines).await;
        }
    }

    /// The server has the first word on these; there is an end to it, and the site lives on.
    async fn c_07_a_megabyte_is_refused(site: Site) {
        let token = site.log_in(ADA).await;
        for unit in UNITS {
            let line = unit.repeat(KB * KB / unit.len());
            site.store.reset();
            match site.get("/whoami").cookie_header(&line).try_send().await {
                Ok(reply) => assert!([400, 401, 431].contains(&reply.status), "{reply:?}"),
                Err(closed) => assert_ne!(closed.kind(), std::io::ErrorKind::TimedOut),
            }
            assert_eq!(site.store.calls().total(), 0);
            assert_eq!(site.whoami(&token).await, 200, "the next request");
        }
    }

    /// Up to 64 KB of other cookies do not hide ours; beyond that nobody looks.
    async fn c_07_ours_is_found_in_64_kb_and_not_looked_for_beyond(site: Site) {
        let ours = format!("{NAME}={}", site.log_in(ADA).await.0).into_bytes();
        let padded = |size: usize| {
            let junk = vec![b';'; size - ours.len()];
            [junk.as_slice(), &ours].concat()
        };
        has_session(&site, &[padded(8 * KB)]).await;
        has_session(&site, &[padded(64 * KB)]).await;
        has_no_session(&site, &[padded(64 * KB + 1)]).await;
        has_no_session(&site, &[ours.clone(), vec![b';'; 64 * KB]]).await;
    }

    async fn c_08_ten_thousand_malformed_tokens_ask_nothing_of_the_store(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let clients = (0..4).map(|seed| {
            let (site, token) = (&site, token.0.as_str());
            async move {
                let mut random = fastrand::Rng::with_seed(seed);
                let mut connection = site.keep_alive().await;
                for _ in 0..2_500 {
                    let bad = malformed(token, &mut random);
                    let line = [NAME.as_bytes(), b"=", bad.as_slice()].concat();
                    let reply = connection.send(site.get("/whoami").cookie_header(&line)).await;
                    let shown = line.escape_ascii();
                    assert_eq!((reply.status, reply.set_cookies().len()), (401, 0), "{shown}");
                }
            }
        });
        join_all(clients).await;
        assert_eq!(site.store.calls().total(), 0);
        let (reply, calls) = ask(&site, &[format!("{NAME}={}", token.0)]).await;
        assert_eq!((reply.status, calls), (200, 1), "the one that is well-formed");
    }
}
