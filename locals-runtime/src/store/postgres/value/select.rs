//! How a column stands in a SELECT list, so that its value comes in a form that is read.

use tokio_postgres::types::Type;

/// The type of a column or an expression; of a domain, the one below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::postgres) struct SqlType {
    pub(in crate::store::postgres) oid: u32,
    pub(in crate::store::postgres) name: String,
    /// `pg_type.typtype`, as `e` for an enum.
    pub(in crate::store::postgres) kind: String,
    /// `pg_type.typcategory`, as `A` for an array.
    pub(in crate::store::postgres) category: String,
}

impl SqlType {
    pub(in crate::store::postgres) fn is(&self, ty: &Type) -> bool {
        self.oid == ty.oid()
    }

    /// Whether its value has parts: what a struct, a list or a map is read from.
    fn has_parts(&self) -> bool {
        self.kind == "c" || self.category == "A" || self.is(&Type::RECORD) || self.name == "hstore"
    }
}

/// What is selected of a column, `u."name"`.
///
/// No other type than PostgreSQL's own is left: for those, the driver would ask the server by prepared
/// statements, which a pooler may not have.
pub(in crate::store::postgres) fn select_expression(column: &str, ty: &SqlType) -> String {
    match Type::from_oid(ty.oid) {
        Some(
            Type::BOOL
            | Type::INT2
            | Type::INT4
            | Type::INT8
            | Type::OID
            | Type::FLOAT4
            | Type::FLOAT8
            | Type::NUMERIC
            | Type::TEXT
            | Type::VARCHAR
            | Type::NAME
            | Type::UUID
            | Type::BYTEA
            | Type::JSON
            | Type::JSONB
            | Type::DATE
            | Type::TIME
            | Type::TIMETZ
            | Type::TIMESTAMP
            | Type::TIMESTAMPTZ,
        ) => column.to_owned(),
        // A host without `/32`, which a cast to text writes behind it.
        Some(Type::INET) => format!("pg_catalog.abbrev({column})"),
        _ if ty.has_parts() => format!("pg_catalog.to_jsonb({column})"),
        _ => format!("{column}::text"),
    }
}
