//! What a value may be called.

use crate::cookie::is_token_byte;

/// Longer ones would take too much of the cookie's 4096 octets.
const MAX_NAME: usize = 64;

/// A name that can stand behind the session cookie's: characters of an RFC 9110 token but `.` and `~`.
/// Those say where the session cookie's name ends.
pub(super) fn parse(octets: &[u8]) -> Option<&str> {
    let is_name_byte = |byte: &u8| is_token_byte(*byte) && !b".~".contains(byte);
    let is_name = (1..=MAX_NAME).contains(&octets.len()) && octets.iter().all(is_name_byte);
    std::str::from_utf8(octets).ok().filter(|_| is_name)
}
