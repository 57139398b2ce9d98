//! [`KeyType`]: how a [`UserId`] stands in the key column of the users table.

use crate::user_id::UserId;

/// How the key column keeps a user's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    Integer,
    Text,
    /// The 16 bytes of a UUID; as a [`UserId`] its hyphenated text.
    Uuid,
}

/// A user's id as a key column keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Integer(i64),
    Text(&'a str),
    Uuid([u8; 16]),
}

impl KeyType {
    /// The id as the column keeps it; `None` if no user can have this id.
    pub(crate) fn key(self, id: &UserId) -> Option<Key<'_>> {
        let text = id.as_str();
        match self {
            Self::Integer => {
                let number: i64 = text.parse().ok()?;
                // `007` is not the user `7`.
                (number.to_string() == text).then_some(Key::Integer(number))
            }
            Self::Text => Some(Key::Text(text)),
            Self::Uuid => uuid_bytes(text).map(Key::Uuid),
        }
    }

    /// The id as a session brings it; `None` if no user can have it.
    pub(crate) fn canonical(self, id: UserId) -> Option<UserId> {
        match self {
            Self::Uuid => Some(uuid_text(&uuid_bytes(id.as_str())?).into()),
            Self::Integer | Self::Text => self.key(&id).is_some().then_some(id),
        }
    }

    /// The id that the column keeps; `None` if it keeps something of another kind.
    pub(crate) fn user_id(self, key: Key<'_>) -> Option<UserId> {
        match (self, key) {
            (Self::Integer, Key::Integer(number)) => Some(number.into()),
            (Self::Text, Key::Text(text)) => Some(text.into()),
            (Self::Uuid, Key::Uuid(bytes)) => Some(uuid_text(&bytes).into()),
            _ => None,
        }
    }
}

/// The bytes of a UUID in any usual form: hyphenated or 32 digits, of either case, also in braces or as a
/// URN (RFC 9562 §4).
fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix("urn:uuid:").unwrap_or(&text);
    let bare = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let text = bare.unwrap_or(text);
    let digits = text.replace('-', "");
    let digit = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let mut bytes = [0; 16];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = digit(2 * at)?;
    }
    let whole = digits == text || uuid_text(&bytes) == text;
    (whole && digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(bytes)
}

/// 8-4-4-4-12 (RFC 9562 §4).
pub(crate) fn uuid_text(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_the_same_in_every_usual_form() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let bytes = uuid_bytes(uuid).unwrap();
        for form in [
            uuid.to_uppercase(),
            uuid.replace('-', ""),
            uuid.replace('-', "").to_uppercase(),
            format!("{{{uuid}}}"),
            format!("urn:uuid:{uuid}"),
            format!("URN:UUID:{}", uuid.to_uppercase()),
        ] {
            assert_eq!(uuid_bytes(&form).as_ref(), Some(&bytes), "{form}");
        }
        assert_eq!(uuid_text(&bytes), uuid);
    }

    #[test]
    fn an_id_has_one_form_in_each_kind_of_key() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        for (key_type, id, round_trips) in [
            (KeyType::Integer, "-7", true),
            (KeyType::Integer, "007", false),
            (KeyType::Integer, "+7", false),
            (KeyType::Integer, "ada", false),
            (KeyType::Integer, "9223372036854775808", false),
            (KeyType::Text, "Ada\u{0}", true),
            (KeyType::Uuid, uuid, true),
            (KeyType::Uuid, &uuid[1..], false),
            (KeyType::Uuid, &format!("{uuid}0"), false),
            (KeyType::Uuid, &uuid.replace("-4", "4-"), false),
            (KeyType::Uuid, &format!("{{{uuid}"), false),
            (KeyType::Uuid, "é", false),
            (KeyType::Uuid, "", false),
        ] {
            let id = UserId::from(id);
            let back = key_type.key(&id).map(|key| key_type.user_id(key));
            assert_eq!(back, round_trips.then_some(Some(id)));
        }
    }
}
