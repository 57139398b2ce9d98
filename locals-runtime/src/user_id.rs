//! [`UserId`]: the key of a user, whatever the application's key is.

use std::{fmt, str::FromStr, sync::Arc};

/// The key of a user, as text: whatever the application's users table has as its key.
///
/// ```
/// use locals::UserId;
///
/// let id = UserId::from(42_i64);
/// assert_eq!(id.as_str(), "42");
/// assert_eq!(id.parse::<i64>(), Ok(42));
/// assert_eq!(UserId::from("ada"), "ada".into());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as the type the application uses.
    ///
    /// # Errors
    ///
    /// The error of `T`'s own `FromStr`.
    pub fn parse<T: FromStr>(&self) -> Result<T, T::Err> {
        self.0.parse()
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({:?})", &self.0)
    }
}

impl From<&str> for UserId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl From<String> for UserId {
    fn from(id: String) -> Self {
        Self(id.into())
    }
}

impl From<&UserId> for UserId {
    fn from(id: &UserId) -> Self {
        id.clone()
    }
}

macro_rules! user_id_from_number {
    ($($number:ty),*) => {$(
        impl From<$number> for UserId {
            fn from(id: $number) -> Self {
                Self(id.to_string().into())
            }
        }
    )*};
}

user_id_from_number!(i32, i64, u32, u64);

#[cfg(feature = "uuid")]
impl From<uuid::Uuid> for UserId {
    /// The hyphenated lower-case form.
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string().into())
    }
}

impl serde::Serialize for UserId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for UserId {
    /// From a text or an integer.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;

        impl serde::de::Visitor<'_> for Key {
            type Value = UserId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or an integer")
            }

            fn visit_str<E>(self, text: &str) -> Result<UserId, E> {
                Ok(text.into())
            }

            fn visit_i64<E>(self, number: i64) -> Result<UserId, E> {
                Ok(number.into())
            }

            fn visit_u64<E>(self, number: u64) -> Result<UserId, E> {
                Ok(number.into())
            }
        }

        deserializer.deserialize_any(Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_keeps_its_text() {
        assert_eq!(UserId::from(u64::MAX).parse::<u64>(), Ok(u64::MAX));
        assert!(UserId::from("ada").parse::<i64>().is_err());
        assert_eq!(format!("{:?}", UserId::from("a\nb")), r#"UserId("a\nb")"#);
    }
}
