//! [`Wants`]: which columns a type asks for.

use super::RowError;
use serde::{
    de::{self, DeserializeOwned, Deserializer, Expected, Visitor},
    forward_to_deserialize_any,
};

/// The columns that a type asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Those of these names, as far as they are there: fields, and other names for them.
    These(&'static [&'static str]),
    /// Every one: a struct with `#[serde(flatten)]` does not tell.
    All,
}

impl Wants {
    /// `None` if the type has no fields, as a map or a number.
    pub(crate) fn of<U: DeserializeOwned>() -> Option<Self> {
        let mut wants = None;
        // Ends with an error in any case, and with the answer if there is one.
        let _ = U::deserialize(Ask(&mut wants));
        wants
    }
}

struct Ask<'n>(&'n mut Option<Wants>);

impl<'de> Deserializer<'de> for Ask<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, RowError> {
        Err(de::Error::custom("no field names"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, RowError> {
        *self.0 = Some(Wants::These(fields));
        Err(de::Error::custom("the names are known"))
    }

    /// A struct with `flatten` asks for a map, and says that it is a struct where serde says what was
    /// expected.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        if (&visitor as &dyn Expected)
            .to_string()
            .starts_with("struct ")
        {
            *self.0 = Some(Wants::All);
        }
        Err(de::Error::custom("no field names"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct enum identifier ignored_any
    }
}
