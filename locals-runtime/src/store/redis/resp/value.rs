//! [`Value`]: what is answered, and what is made of it.

use std::fmt;

/// An answer. Of the types of RESP3 those are one that no question of ours tells apart.
#[derive(Clone, PartialEq)]
pub(in crate::store::redis) enum Value {
    Nil,
    Integer(i64),
    /// A string of any kind; of a number that is no integer, its digits.
    Text(Vec<u8>),
    /// An array or a set.
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Refused(Refusal),
}

/// With nothing of what was answered: it may be what opens a session (N-01).
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nil => "Nil",
            Self::Integer(_) => "Integer",
            Self::Text(_) => "Text",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
            Self::Refused(_) => "Refused",
        })
    }
}

/// The server's no: a code and what it says.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::store::redis) struct Refusal {
    pub(in crate::store::redis) code: String,
    pub(in crate::store::redis) detail: String,
}

/// Without what it says: that may repeat what was sent (N-01).
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl Refusal {
    pub(super) fn of(line: &[u8]) -> Self {
        let line = String::from_utf8_lossy(line);
        let (code, detail) = line.split_once(' ').unwrap_or((&line, ""));
        Self {
            code: code.to_owned(),
            detail: detail.to_owned(),
        }
    }
}

/// An answer of another kind than was asked for.
#[derive(Debug)]
pub(in crate::store::redis) struct Unexpected;

impl Value {
    /// How many there were.
    pub(in crate::store::redis) fn count(self) -> Result<u64, Unexpected> {
        match self {
            Self::Integer(number) => number.try_into().map_err(|_| Unexpected),
            _ => Err(Unexpected),
        }
    }

    /// `None`: there is nothing.
    pub(in crate::store::redis) fn bytes(self) -> Result<Option<Vec<u8>>, Unexpected> {
        match self {
            Self::Nil => Ok(None),
            Self::Text(bytes) => Ok(Some(bytes)),
            _ => Err(Unexpected),
        }
    }

    pub(in crate::store::redis) fn text(self) -> Result<String, Unexpected> {
        let Self::Text(bytes) = self else {
            return Err(Unexpected);
        };
        String::from_utf8(bytes).map_err(|_| Unexpected)
    }

    pub(in crate::store::redis) fn list(self) -> Result<Vec<Self>, Unexpected> {
        match self {
            Self::List(values) => Ok(values),
            _ => Err(Unexpected),
        }
    }

    /// A map, or a list in which each key comes before its value.
    pub(in crate::store::redis) fn map(self) -> Result<Vec<(Self, Self)>, Unexpected> {
        match self {
            Self::Map(pairs) => Ok(pairs),
            Self::List(values) => pairs(values).ok_or(Unexpected),
            _ => Err(Unexpected),
        }
    }

    /// What a map, or a list that stands for one, has under a name.
    pub(in crate::store::redis) fn named(&self, name: &str) -> Option<&Self> {
        let is_named = |key: &Self| matches!(key, Self::Text(text) if text == name.as_bytes());
        match self {
            Self::Map(pairs) => {
                let pair = pairs.iter().find(|(key, _)| is_named(key));
                pair.map(|(_, value)| value)
            }
            Self::List(values) => values.chunks_exact(2).find_map(|pair| match pair {
                [key, value] if is_named(key) => Some(value),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// `None` if one is left over.
pub(super) fn pairs(values: Vec<Value>) -> Option<Vec<(Value, Value)>> {
    let mut pairs = Vec::with_capacity(values.len() / 2);
    let mut values = values.into_iter();
    while let Some(key) = values.next() {
        pairs.push((key, values.next()?));
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn an_answer_is_taken_for_what_was_asked_or_for_nothing() {
        assert_eq!(Value::Integer(3).count().unwrap(), 3);
        assert_eq!(Value::Nil.bytes().unwrap(), None);
        assert_eq!(text("a").bytes().unwrap(), Some(b"a".to_vec()));
        assert_eq!(text("a").text().unwrap(), "a");
        let list = Value::List(vec![text("a"), Value::Integer(1)]);
        assert_eq!(list.clone().list().unwrap().len(), 2);
        assert_eq!(list.map().unwrap(), [(text("a"), Value::Integer(1))]);
        for other in [
            Value::Nil,
            Value::Integer(-1),
            text("1"),
            Value::List(vec![]),
        ] {
            assert!(other.count().is_err());
        }
        assert!(Value::Integer(1).bytes().is_err());
        assert!(Value::Text(vec![0xff]).text().is_err());
        assert!(text("a").list().is_err());
        assert!(
            Value::List(vec![Value::Nil]).map().is_err(),
            "one is left over"
        );
    }

    #[test]
    fn a_map_is_asked_by_name() {
        let map = Value::Map(vec![
            (Value::Integer(1), text("one")),
            (text("role"), text("master")),
        ]);
        assert_eq!(map.named("role"), Some(&text("master")));
        let list = Value::List(vec![text("mode"), text("role"), text("role"), Value::Nil]);
        assert_eq!(list.named("role"), Some(&Value::Nil), "no value is a key");
        assert_eq!(map.named("mode"), None);
        assert_eq!(Value::Nil.named("role"), None);
    }

    #[test]
    fn n_01_an_answer_is_not_shown() {
        let map = Value::Map(vec![(text("k"), text("hunter2"))]);
        for value in [text("hunter2"), Value::List(vec![text("hunter2")]), map] {
            assert!(!format!("{value:?}").contains("hunter2"));
        }
        let refusal = Refusal::of(b"ERR unknown command, with args: `AUTH`, `hunter2`");
        assert!(!format!("{refusal:?}").contains("hunter2"));
    }
}
