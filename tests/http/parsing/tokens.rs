//! Tokens that are not the one that was given out, and where the one that was may not be found.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use super::{NAME, has_no_session};
use crate::rig::{ADA, Site, Token, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The last characters of id and secret, and how many of their bits carry nothing.
const LAST_CHARACTERS: [(usize, u32); 2] = [(21, 4), (65, 2)];

fn with(token: &Token, place: usize, byte: u8) -> String {
    let mut bytes = token.0.clone().into_bytes();
    bytes[place] = byte;
    String::from_utf8(bytes).expect("one ASCII character for another")
}

/// The characters that differ from this one in the bits that carry nothing.
fn in_low_bits(character: u8, bits: u32) -> Vec<u8> {
    let place = |byte: u8| ALPHABET.iter().position(|&other| other == byte);
    let of_ours = place(character).expect("base64url") >> bits;
    let same = |other: &u8| place(*other).map(|place| place >> bits) == Some(of_ours);
    let others = ALPHABET.iter().copied().filter(|&other| other != character);
    others.filter(same).collect()
}

/// What the library says of a user's sessions, as JSON.
async fn listed(site: &Site, user: i64) -> Value {
    let list = site.auth.list_sessions(user).await;
    serde_json::to_value(list.expect("a healthy store")).expect("plain data")
}

on_every_server! {
    async fn a_04_a_session_has_exactly_one_token_text(site: Site) {
        let token = site.log_in(ADA).await;
        let (id, secret) = (token.id(), token.secret());
        let mut others = vec![
            format!("{id}.{secret}="),
            format!("{id}==.{secret}="),
            format!("{id}==.{secret}"),
            format!("{id}{secret}"),
            format!("{id}..{secret}"),
            format!("{id}.{secret}."),
            format!("{secret}.{id}"),
        ];
        for (place, bits) in LAST_CHARACTERS {
            let twins = in_low_bits(token.0.as_bytes()[place], bits);
            assert_eq!(twins.len(), (1 << bits) - 1);
            others.extend(twins.into_iter().map(|twin| with(&token, place, twin)));
        }
        for place in (0..66).filter(|place| *place != 22) {
            others.extend([b'+', b'/', b'='].map(|byte| with(&token, place, byte)));
        }
        for other in others {
            has_no_session(&site, &[format!("{NAME}={other}")]).await;
        }
        assert_eq!(site.whoami(&token).await, 200);
    }

    async fn a_04_the_case_of_every_letter_counts(site: Site) {
        let token = site.log_in(ADA).await;
        let bytes = token.0.clone().into_bytes();
        let letters = (0..66).filter(|place| bytes[*place].is_ascii_alphabetic());
        for place in letters {
            let flipped = Token(with(&token, place, bytes[place] ^ 0x20));
            assert_eq!(site.whoami(&flipped).await, 401, "letter {place}");
        }
        for flipped in [token.0.to_ascii_lowercase(), token.0.to_ascii_uppercase()] {
            assert_eq!(site.whoami(&Token(flipped)).await, 401);
        }
        assert_eq!(site.whoami(&token).await, 200);
    }

    /// Idle, so that whoever opens it renews it.
    async fn a_06_an_id_opens_renews_and_ends_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        let before = listed(&site, ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        assert_eq!(site.whoami(&token.with_made_up_secret()).await, 401);
        let revoke = format!("/sessions/{}/revoke", token.id());
        for (target, status) in [
            ("/login?u=3", 200),
            ("/logout", 200),
            ("/logout-all", 401),
            ("/password", 401),
            ("/sudo", 401),
            (revoke.as_str(), 401),
        ] {
            let forged = token.with_made_up_secret();
            let reply = site.post(target).session(&forged).send().await;
            assert_eq!(reply.status, status, "{target}");
        }
        assert_eq!(site.store.calls().extend, 0, "nobody renewed it");
        assert_eq!(listed(&site, ADA).await, before);
        assert_eq!(site.whoami(&token).await, 200);
    }

    async fn a_07_a_token_of_the_clients_own_making_is_never_adopted(site: Site) {
        let own = Token::made_up();
        assert_eq!(site.whoami(&own).await, 401);
        assert_eq!(site.post("/logout").session(&own).send().await.status, 200);
        assert_eq!(site.rows().await, 0);

        let reply = site.post("/login?u=1").session(&own).send().await;
        let given = reply.our_cookie().expect("a session's cookie").token();
        assert_ne!(given.id(), own.id());
        assert_ne!(given.secret(), own.secret());
        assert_eq!(site.rows().await, 1);
        assert_eq!(site.whoami(&own).await, 401);
        assert_eq!(site.whoami(&given).await, 200);
        assert_eq!(site.whoami(&Token(format!("{}.{}", own.id(), given.secret()))).await, 401);
        assert_eq!(site.whoami(&Token(format!("{}.{}", given.id(), own.secret()))).await, 401);
    }

    async fn a_12_neither_secret_nor_hash_is_in_a_list_of_sessions(site: Site) {
        let tokens = [site.log_in(ADA).await, site.log_in(ADA).await];
        let listed = listed(&site, ADA).await;
        for object in listed.as_array().expect("a list") {
            let keys = object.as_object().expect("an object").keys().map(String::as_str);
            let keys: BTreeSet<_> = keys.collect();
            let expected =
                ["id", "created_at", "last_used_at", "idle_until", "expires_at", "device"];
            assert_eq!(keys, expected.into());
        }
        let page = site.get("/sessions").session(&tokens[0]).send().await;
        for text in [listed.to_string(), page.text().to_owned()] {
            for token in &tokens {
                assert!(text.contains(token.id()), "{text}");
                for form in token.unspeakable() {
                    assert!(!text.contains(&form), "{form} in {text}");
                }
            }
        }
    }
}
