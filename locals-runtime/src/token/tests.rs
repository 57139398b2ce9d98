//! Tokens: random, canonical, silent.

use super::*;
use std::collections::HashSet;

fn minted() -> (SessionToken, Credential) {
    SessionToken::mint(operating_system, |random| random).unwrap()
}

#[test]
fn a_01_tokens_are_distinct_and_every_bit_of_the_secret_is_fair() {
    const ROUNDS: usize = 100_000;
    let mut ids = HashSet::new();
    let mut prefixes = HashSet::new();
    let mut ones = [0_usize; SECRET_BYTES * 8];
    for _ in 0..ROUNDS {
        let (token, credential) = minted();
        assert!(ids.insert(credential.id));
        let mut secret = [0; SECRET_BYTES];
        assert!(decode(&token.0.0[ID_TEXT + 1..], &mut secret));
        assert!(prefixes.insert(u64::from_be_bytes(secret[..8].try_into().unwrap())));
        for (bit, count) in ones.iter_mut().enumerate() {
            *count += usize::from(secret[bit / 8] >> (bit % 8) & 1);
        }
    }
    // Five standard deviations of a fair coin; with 256 bits a false alarm is one in 6 000.
    let (half, five_sigma) = (ROUNDS as f64 / 2.0, 5.0 * (ROUNDS as f64).sqrt() / 2.0);
    for (bit, count) in ones.into_iter().enumerate() {
        assert!(
            (count as f64 - half).abs() < five_sigma,
            "bit {bit}: {count}"
        );
    }
}

#[test]
fn a_02_a_failing_or_constant_source_makes_no_token() {
    let failing: Entropy = |_| Err(RandomError("test"));
    let zero: Entropy = |bytes| {
        bytes.fill(0);
        Ok(())
    };
    assert!(SessionToken::mint(failing, |random| random).is_err());
    assert!(SessionToken::mint(zero, |random| random).is_err());
}

#[test]
fn a_04_one_byte_string_has_exactly_one_text() {
    let (token, _) = minted();
    let text = token.expose().as_bytes().to_vec();
    assert!(SessionToken::parse(&text).is_some());
    // The last character of id and secret carries unused low bits: 4 and 2 of them.
    for last in [ID_TEXT - 1, TOKEN_TEXT - 1] {
        let readings = (0..=u8::MAX)
            .filter(|byte| {
                let mut other = text.clone();
                other[last] = *byte;
                SessionToken::parse(&other).is_some()
            })
            .count();
        assert_eq!(readings, if last == ID_TEXT - 1 { 4 } else { 16 });
    }
    for stranger in [b'+', b'/', b'=', b' ', b'.', 0, 0xff] {
        let mut other = text.clone();
        other[3] = stranger;
        assert!(SessionToken::parse(&other).is_none(), "{stranger}");
    }
    let mut padded = text.clone();
    padded.push(b'=');
    assert!(SessionToken::parse(&padded).is_none());
}

#[test]
fn a_05_nothing_prints_a_secret() {
    let (token, credential) = minted();
    assert_eq!(format!("{token:?}"), "SessionToken([redacted])");
    assert!(format!("{credential:?}").ends_with("secret_hash: SecretHash([redacted]) }"));
}

#[test]
fn a_10_a_token_says_nothing_about_its_session() {
    assert_ne!(minted().1.id, minted().1.id);
}

#[test]
fn a_new_secret_keeps_the_id_and_changes_the_rest() {
    let (token, credential) = minted();
    let (renewed, renewed_credential) =
        SessionToken::mint(operating_system, |_| credential.id).unwrap();
    assert_eq!(credential.id, renewed_credential.id);
    assert_eq!(token.0.0[..=ID_TEXT], renewed.0.0[..=ID_TEXT]);
    assert!(
        !credential
            .secret_hash
            .matches(&renewed_credential.secret_hash)
    );
}

#[test]
fn hashes_that_differ_in_one_bit_are_not_of_the_same_secret() {
    let hash = SecretHash::of(b"secret");
    assert!(hash.matches(&SecretHash::of(b"secret")));
    for bit in 0..256 {
        let mut other = *hash.as_bytes();
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(!hash.matches(&SecretHash::from_bytes(other)), "bit {bit}");
    }
}

/// What decodes them is our own.
#[test]
fn a_text_is_decoded_as_the_crate_for_base64url_decodes_it() {
    for length in [ID_BYTES, SECRET_BYTES, 0, 1, 2, 3] {
        let bytes: Vec<u8> = (0..length).map(|byte| 0x5a ^ (byte * 37) as u8).collect();
        let text = BASE64URL_NOPAD.encode(&bytes).into_bytes();
        for (place, octet) in
            (0..text.len()).flat_map(|place| (0..=u8::MAX).map(move |octet| (place, octet)))
        {
            let mut other = text.clone();
            other[place] = octet;
            let mut decoded = vec![0_u8; length];
            let decoded = decode(&other, &mut decoded).then_some(decoded);
            assert_eq!(decoded, BASE64URL_NOPAD.decode(&other).ok(), "{other:?}");
        }
    }
}

#[test]
fn a_text_of_another_length_is_not_decoded() {
    for length in (0..=64).filter(|length| *length != 43) {
        let mut secret = [0; SECRET_BYTES];
        assert!(!decode(&vec![b'A'; length], &mut secret), "{length}");
    }
}
