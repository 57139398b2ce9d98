//! [`Param`]: a parameter of a statement, which no log shows.

use super::key::KeyParam;
use bytes::BytesMut;
use std::{error::Error, fmt};
use tokio_postgres::types::{IsNull, ToSql, Type};

/// A parameter. tokio-postgres logs the `Debug` of each at its lowest level: here it says nothing.
pub(super) enum Param {
    Null,
    Bool(bool),
    Integer(i64),
    /// Of a session: what each read has.
    Id([u8; 16]),
    Bytes(Box<[u8]>),
    ListOfBytes(Vec<Vec<u8>>),
    Key(KeyParam),
}

impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl ToSql for Param {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(truth) => truth.to_sql(ty, out),
            Self::Integer(number) => number.to_sql(ty, out),
            Self::Id(id) => id.as_slice().to_sql(ty, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql(ty, out),
            Self::ListOfBytes(list) => list.to_sql(ty, out),
            Self::Key(key) => key.to_sql(ty, out),
        }
    }

    /// Each statement gives its types, and each of them is what stands here for it.
    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(ty, out)
    }
}

impl From<bool> for Param {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&[u8]> for Param {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<&[u8; 16]> for Param {
    fn from(id: &[u8; 16]) -> Self {
        Self::Id(*id)
    }
}

impl From<&[u8; 32]> for Param {
    fn from(bytes: &[u8; 32]) -> Self {
        Self::Bytes(bytes.as_slice().into())
    }
}

impl From<KeyParam> for Param {
    fn from(key: KeyParam) -> Self {
        Self::Key(key)
    }
}

impl<T: Into<Self>> From<Option<T>> for Param {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Parameters in the order of their numbers.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::store::postgres::param::Param::from($value)),*]
    };
}

pub(super) use params;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_01_no_parameter_is_shown_and_each_is_sent_as_it_is() {
        let (id, hash, text) = ([1_u8; 16], [2_u8; 32], b"a".as_slice());
        for (param, bytes) in params![&id, &hash, text].iter().zip([&id[..], &hash, text]) {
            assert_eq!(format!("{param:?}"), "[redacted]");
            let mut sent = BytesMut::new();
            let is_null = param.to_sql(&Type::BYTEA, &mut sent).expect("bytes");
            assert!(matches!(is_null, IsNull::No));
            assert_eq!(sent, bytes);
        }
    }
}
