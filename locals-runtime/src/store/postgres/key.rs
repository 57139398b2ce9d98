//! A user's key in PostgreSQL: what the column is, and how an id becomes a parameter.

use super::value::Raw;
use crate::{
    store::sql::{Key, KeyType},
    user_id::UserId,
};
use bytes::BytesMut;
use std::{error::Error, fmt};
use tokio_postgres::{
    Row,
    types::{IsNull, ToSql, Type, accepts, to_sql_checked},
};

/// A column that keeps users' ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyColumn {
    kind: KeyType,
    sql_type: String,
    ty: Type,
}

impl KeyColumn {
    /// What refers to a column of this type, below its domains, and of this collation if it is not the
    /// database's own: under another, ending a user's sessions with the user would use no index.
    ///
    /// `None` if that type is no key. A reference from `text` to `varchar` is allowed, whose `=` is the same.
    pub(super) fn of(oid: u32, collation: Option<&str>) -> Option<Self> {
        let (kind, name, ty) = match Type::from_oid(oid)? {
            Type::INT2 => (KeyType::Integer, "smallint", Type::INT2),
            Type::INT4 => (KeyType::Integer, "integer", Type::INT4),
            Type::INT8 => (KeyType::Integer, "bigint", Type::INT8),
            Type::UUID => (KeyType::Uuid, "uuid", Type::UUID),
            Type::TEXT | Type::VARCHAR => (KeyType::Text, "text", Type::TEXT),
            _ => return None,
        };
        let collation = collation.map(|name| format!(" COLLATE {name}"));
        Some(Self {
            kind,
            sql_type: format!("{name}{}", collation.unwrap_or_default()),
            ty,
        })
    }

    /// The type that a column is declared with to refer to this one.
    pub(super) fn sql_type(&self) -> &str {
        &self.sql_type
    }

    /// The type of the parameter that [`key`](Self::key) makes.
    pub(super) fn parameter_type(&self) -> Type {
        self.ty.clone()
    }

    /// The id as the column keeps it; `None` if no user can have this id.
    pub(super) fn key(&self, id: &UserId) -> Option<KeyParam> {
        let encoded = match self.kind.key(id)? {
            Key::Integer(number) if self.holds(number) => Encoded::Integer(number),
            // No text of PostgreSQL's has a NUL.
            Key::Text(text) if !text.contains('\0') => Encoded::Text(id.clone()),
            Key::Uuid(bytes) => Encoded::Uuid(bytes),
            Key::Integer(_) | Key::Text(_) => return None,
        };
        Some(KeyParam(encoded))
    }

    /// The id as a session brings it; `None` if no user can have it.
    pub(super) fn canonical(&self, id: UserId) -> Option<UserId> {
        self.key(&id)?;
        self.kind.canonical(id)
    }

    /// The id that a column of a row keeps; `None` if it keeps none, or is of another type by now.
    pub(super) fn read(&self, row: &Row, column: usize) -> Option<UserId> {
        let described = row.columns().get(column)?;
        let Raw(raw) = row.try_get(column).ok()?;
        self.decode_as(described.type_(), raw?)
    }

    fn decode_as(&self, ty: &Type, raw: &[u8]) -> Option<UserId> {
        let is_ours = match self.kind {
            // A key may be widened while a program runs.
            KeyType::Integer => matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8),
            KeyType::Text => matches!(*ty, Type::TEXT | Type::VARCHAR),
            KeyType::Uuid => *ty == Type::UUID,
        };
        is_ours.then(|| self.decode(raw))?
    }

    fn decode(&self, raw: &[u8]) -> Option<UserId> {
        self.kind.user_id(match self.kind {
            KeyType::Integer => Key::Integer(integer(raw)?),
            KeyType::Text => Key::Text(std::str::from_utf8(raw).ok()?),
            KeyType::Uuid => Key::Uuid(raw.try_into().ok()?),
        })
    }

    fn holds(&self, number: i64) -> bool {
        match self.ty {
            Type::INT2 => i16::try_from(number).is_ok(),
            Type::INT4 => i32::try_from(number).is_ok(),
            _ => true,
        }
    }
}

/// Of whichever width.
fn integer(raw: &[u8]) -> Option<i64> {
    Some(match raw.len() {
        2 => i16::from_be_bytes(raw.try_into().ok()?).into(),
        4 => i32::from_be_bytes(raw.try_into().ok()?).into(),
        _ => i64::from_be_bytes(raw.try_into().ok()?),
    })
}

/// A user's id as a parameter; the driver logs parameters by their `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct KeyParam(Encoded);

#[derive(Clone, PartialEq, Eq)]
enum Encoded {
    Integer(i64),
    Uuid([u8; 16]),
    Text(UserId),
}

impl fmt::Debug for KeyParam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyParam(..)")
    }
}

impl ToSql for KeyParam {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (&self.0, ty) {
            (Encoded::Integer(number), &Type::INT2) => i16::try_from(*number)?.to_sql(ty, out),
            (Encoded::Integer(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            (Encoded::Integer(number), &Type::INT8) => number.to_sql(ty, out),
            (Encoded::Text(id), &(Type::TEXT | Type::VARCHAR)) => id.as_str().to_sql(ty, out),
            (Encoded::Uuid(bytes), &Type::UUID) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
            _ => Err("a key of another type than the column's".into()),
        }
    }

    accepts!(INT2, INT4, INT8, UUID, TEXT, VARCHAR);

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(ty: &Type) -> KeyColumn {
        KeyColumn::of(ty.oid(), None).unwrap()
    }

    /// The id again, by way of the parameter's bytes.
    fn back(column: &KeyColumn, id: &str) -> Option<UserId> {
        let mut bytes = BytesMut::new();
        let param = column.key(&id.into())?;
        let is_null = param.to_sql_checked(&column.parameter_type(), &mut bytes);
        assert!(matches!(is_null.unwrap(), IsNull::No));
        column.decode(&bytes)
    }

    #[test]
    fn an_id_comes_back_from_each_kind_of_key() {
        for (ty, ids) in [
            (Type::INT2, ["-32768", "0", "32767"]),
            (Type::INT4, ["-2147483648", "7", "2147483647"]),
            (
                Type::INT8,
                ["-9223372036854775808", "7", "9223372036854775807"],
            ),
            (Type::TEXT, ["", "Ada ", "é'; DROP TABLE users; --"]),
            (Type::VARCHAR, ["7", "007", "a\\b\"c"]),
        ] {
            let column = column(&ty);
            for id in ids {
                assert_eq!(back(&column, id), Some(id.into()), "{ty}");
                assert_eq!(column.canonical(id.into()), Some(id.into()), "{ty}");
            }
        }
    }

    #[test]
    fn a_uuid_has_one_form() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        for id in [uuid, &uuid.to_uppercase(), &uuid.replace('-', "")] {
            assert_eq!(back(&column(&Type::UUID), id), Some(uuid.into()));
            let canonical = column(&Type::UUID).canonical(id.into());
            assert_eq!(canonical, Some(uuid.into()));
        }
    }

    #[test]
    fn an_id_that_no_user_can_have_is_none() {
        for (ty, ids) in [
            (Type::INT2, ["32768", "-32769", "ada", "007", ""]),
            (Type::INT4, ["2147483648", "-2147483649", "+7", " 7", "7.0"]),
            (Type::INT8, ["9223372036854775808", "-0", "7\0", "0x7", "٧"]),
            (Type::UUID, ["", "7", "\0", "zz", "67e55044"]),
            (Type::TEXT, ["\0", "ada\0", "\0ada", "a\0b", "\0\0"]),
            (Type::VARCHAR, ["\0", "ada\0", "\0ada", "a\0b", "\0\0"]),
        ] {
            for id in ids {
                assert_eq!(column(&ty).key(&id.into()), None, "{ty}: {id:?}");
                assert_eq!(column(&ty).canonical(id.into()), None, "{ty}: {id:?}");
            }
        }
    }

    #[test]
    fn a_column_that_refers_to_the_key_is_of_its_type() {
        let sql_type = |ty: &Type, collation| {
            let column = KeyColumn::of(ty.oid(), collation);
            column.map(|column| column.sql_type().to_owned())
        };
        for (ty, expected) in [
            (Type::INT2, Some("smallint")),
            (Type::INT4, Some("integer")),
            (Type::INT8, Some("bigint")),
            (Type::UUID, Some("uuid")),
            (Type::TEXT, Some("text")),
            (Type::VARCHAR, Some("text")),
            (Type::BPCHAR, None),
            (Type::NUMERIC, None),
            (Type::BYTEA, None),
            (Type::OID, None),
        ] {
            assert_eq!(sql_type(&ty, None).as_deref(), expected);
        }
        assert_eq!(
            sql_type(&Type::TEXT, Some("pg_catalog.\"C\"")).as_deref(),
            Some("text COLLATE pg_catalog.\"C\"")
        );
        assert_eq!(KeyColumn::of(16_389, None), None);
    }

    #[test]
    fn n_01_a_parameter_tells_no_id() {
        let param = column(&Type::TEXT).key(&"ada@example.com".into()).unwrap();
        assert_eq!(format!("{param:?}"), "KeyParam(..)");
    }

    #[test]
    fn a_key_of_another_type_is_no_parameter() {
        let param = column(&Type::INT8).key(&"70000".into()).unwrap();
        for ty in [Type::INT2, Type::TEXT, Type::UUID, Type::BYTEA] {
            let mut bytes = BytesMut::new();
            assert!(param.to_sql_checked(&ty, &mut bytes).is_err(), "{ty}");
        }
    }

    #[test]
    fn a_column_of_another_type_is_read_as_none() {
        let number = 7_i32.to_be_bytes();
        for (key, ty, is_read) in [
            (Type::INT8, Type::INT4, true),
            (Type::INT4, Type::INT4, true),
            (Type::INT4, Type::DATE, false),
            (Type::INT4, Type::FLOAT4, false),
            (Type::TEXT, Type::VARCHAR, true),
            (Type::TEXT, Type::BYTEA, false),
            (Type::UUID, Type::TEXT, false),
        ] {
            let read = column(&key).decode_as(&ty, &number);
            assert_eq!(read.is_some(), is_read, "{key} from {ty}");
        }
    }

    #[test]
    fn what_is_no_key_is_read_as_none() {
        assert_eq!(column(&Type::INT4).decode(b"abc"), None);
        assert_eq!(column(&Type::UUID).decode(b"abc"), None);
        assert_eq!(column(&Type::TEXT).decode(b"\xff"), None);
    }
}
