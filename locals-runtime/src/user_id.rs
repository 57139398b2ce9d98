//! [`UserId`]: the key of a user, whatever the application's key is.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

/// The key of a user, as text: whatever the application's users table has as its key.
///
/// It is made of any integer, any kind of text and (feature `uuid`) a `Uuid`, or of a reference to one, and
/// so is every parameter that is `impl Into<UserId>`.
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

impl From<Box<str>> for UserId {
    fn from(id: Box<str>) -> Self {
        Self(id.into())
    }
}

impl From<Arc<str>> for UserId {
    fn from(id: Arc<str>) -> Self {
        Self(id)
    }
}

impl From<Cow<'_, str>> for UserId {
    fn from(id: Cow<'_, str>) -> Self {
        Self(id.into())
    }
}

macro_rules! user_id_from_reference {
    ($($id:ty),*) => {$(
        impl From<&$id> for UserId {
            fn from(id: &$id) -> Self {
                id.clone().into()
            }
        }
    )*};
}

user_id_from_reference!(UserId, String, Box<str>, Arc<str>, Cow<'_, str>);

macro_rules! user_id_from_number {
    ($($number:ty),*) => {$(
        impl From<$number> for UserId {
            fn from(id: $number) -> Self {
                Self(id.to_string().into())
            }
        }

        impl From<&$number> for UserId {
            fn from(id: &$number) -> Self {
                (*id).into()
            }
        }
    )*};
}

user_id_from_number!(
    i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);

#[cfg(feature = "uuid")]
impl From<uuid::Uuid> for UserId {
    /// The hyphenated lower-case form.
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string().into())
    }
}

#[cfg(feature = "uuid")]
impl From<&uuid::Uuid> for UserId {
    fn from(id: &uuid::Uuid) -> Self {
        (*id).into()
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
    fn a_user_id_is_made_of_whatever_a_key_may_be() {
        fn id(id: impl Into<UserId>) -> UserId {
            id.into()
        }
        let text = String::from("7");
        let (boxed, shared): (Box<str>, Arc<str>) = ("7".into(), "7".into());
        let cow = Cow::Borrowed("7");
        let seven = id("7");
        for made in [
            id(7_i8),
            id(7_i16),
            id(7),
            id(7_i64),
            id(7_i128),
            id(7_isize),
            id(7_u8),
            id(7_u16),
            id(7_u32),
            id(7_u64),
            id(7_u128),
            id(7_usize),
            UserId::from(&7_u8),
            UserId::from(&7_i64),
            id(&text),
            id(&boxed),
            id(&shared),
            id(&cow),
            id(&seven),
            id(text.clone()),
            id(boxed.clone()),
            id(shared.clone()),
            id(cow.clone()),
        ] {
            assert_eq!(made, seven);
        }
        assert_eq!(id(i128::MIN).as_str(), i128::MIN.to_string());
    }

    #[test]
    fn a_user_id_keeps_its_text() {
        assert_eq!(UserId::from(u64::MAX).parse::<u64>(), Ok(u64::MAX));
        assert!(UserId::from("ada").parse::<i64>().is_err());
        assert_eq!(format!("{:?}", UserId::from("a\nb")), r#"UserId("a\nb")"#);
    }
}
