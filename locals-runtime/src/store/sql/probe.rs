//! [`probe`]: whether a type can be read from columns of these names, told without a row.

use super::{Column, RowError, value::Cause};
use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer,
        MapAccess, SeqAccess, VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

/// What is wrong with the names, if anything: a field without a column, or with two.
///
/// Every field is given some value that it takes. A field that takes none of those tried says nothing
/// of the others, so then nothing is found.
pub(crate) fn probe<U: DeserializeOwned>(columns: &[Column]) -> Option<Cause> {
    let mut tried = vec![0; columns.len()];
    loop {
        let mut at = None;
        let error = U::deserialize(Probe {
            columns,
            tried: &tried,
            next: 0,
            at: &mut at,
        })
        .err()?;
        match at {
            Some(column) if tried[column] + 1 < SAMPLES.len() => tried[column] += 1,
            Some(_) => return None,
            None => return Some(error.cause).filter(|cause| *cause != Cause::Unfit),
        }
    }
}

/// Texts of which one is taken by whatever is read from a text: numbers, dates, addresses, codes.
const SAMPLES: [&str; 16] = [
    "",
    "0",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00",
    "1970-01-01",
    "00:00:00",
    "1970-01-01 00:00:00.0 +00:00:00",
    "1970-01-01 00:00:00.0",
    "00:00:00.0",
    "00000000-0000-0000-0000-000000000000",
    "127.0.0.1",
    "a@b.example",
    "https://a.example/",
    "UTC",
    "USD",
    "en",
];

struct Probe<'p> {
    columns: &'p [Column],
    tried: &'p [usize],
    next: usize,
    at: &'p mut Option<usize>,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_map(self)
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
        unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Probe<'_> {
    type Error = RowError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, RowError> {
        let Some(column) = self.columns.get(self.next) else {
            return Ok(None);
        };
        self.next += 1;
        let name: StrDeserializer<'_, RowError> = column.name.as_str().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, RowError> {
        let column = self.next.saturating_sub(1);
        let sample = Anything(SAMPLES[self.tried[column]]);
        seed.deserialize(sample)
            .inspect_err(|_| *self.at = Some(column))
    }
}

/// Whatever is asked for; this where a text is.
#[derive(Clone, Copy)]
struct Anything(&'static str);

macro_rules! answers {
    ($($method:ident => $visit:ident($($value:expr)?);)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
            visitor.$visit($($value)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Anything {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self.0 {
            "" => visitor.visit_unit(),
            "0" => visitor.visit_i64(0),
            text => visitor.visit_str(text),
        }
    }

    answers! {
        deserialize_bool => visit_bool(false);
        deserialize_i8 => visit_i64(1);
        deserialize_i16 => visit_i64(1);
        deserialize_i32 => visit_i64(1);
        deserialize_i64 => visit_i64(1);
        deserialize_i128 => visit_i64(1);
        deserialize_u8 => visit_i64(1);
        deserialize_u16 => visit_i64(1);
        deserialize_u32 => visit_i64(1);
        deserialize_u64 => visit_i64(1);
        deserialize_u128 => visit_i64(1);
        deserialize_f32 => visit_f64(1.0);
        deserialize_f64 => visit_f64(1.0);
        deserialize_char => visit_char('0');
        deserialize_unit => visit_unit();
    }

    /// Nothing, or else something: a date that is read from an optional number wants one.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self.0 {
            "" => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_bytes(&[0; 16])
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_bytes(&[0; 16])
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_seq(Several(self, 0))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_seq(Several(self, length))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_seq(Several(self, length))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_map(Fields(self, &[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_map(Fields(self, fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        match variants.first() {
            Some(variant) => visitor.visit_enum(Variant(self, variant)),
            None => Err(de::Error::custom("an enum without variants")),
        }
    }

    forward_to_deserialize_any! { identifier ignored_any }
}

struct Several(Anything, usize);

impl<'de> SeqAccess<'de> for Several {
    type Error = RowError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, RowError> {
        let Some(left) = self.1.checked_sub(1) else {
            return Ok(None);
        };
        self.1 = left;
        seed.deserialize(self.0).map(Some)
    }
}

/// The fields of a struct within a column.
struct Fields(Anything, &'static [&'static str]);

impl<'de> MapAccess<'de> for Fields {
    type Error = RowError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, RowError> {
        let Some((name, others)) = self.1.split_first() else {
            return Ok(None);
        };
        self.1 = others;
        let name: StrDeserializer<'_, RowError> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, RowError> {
        seed.deserialize(self.0)
    }
}

struct Variant(Anything, &'static str);

impl<'de> EnumAccess<'de> for Variant {
    type Error = RowError;
    type Variant = Anything;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Anything), RowError> {
        let name: StrDeserializer<'_, RowError> = self.1.into_deserializer();
        Ok((seed.deserialize(name)?, self.0))
    }
}

impl<'de> VariantAccess<'de> for Anything {
    type Error = RowError;

    fn unit_variant(self) -> Result<(), RowError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, RowError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_seq(Several(self, length))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_map(Fields(self, fields))
    }
}
