//! [`Decoder`]: the values in bytes that arrive in parts.

use super::value::{Refusal, Value, pairs};

/// How deep a value may be: no answer to a question of ours comes near it.
const DEEPEST: usize = 16;

/// And how long, in bytes and in values: a list of a quarter of a million sessions.
const LONGEST: usize = 64 * 1024 * 1024;
const MOST_VALUES: usize = 1024 * 1024;

/// What has no length that is told before: a number, a status, or why something was refused.
const LONGEST_LINE: usize = 64 * 1024;

/// What has arrived is no RESP3, and nobody knows where the next answer begins.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store::redis) struct Malformed;

/// Remembers what has arrived of a value whose end has not.
#[derive(Default)]
pub(in crate::store::redis) struct Decoder {
    open: Vec<Open>,
    /// What has arrived of the answer that is open.
    length: usize,
    values: usize,
}

/// Several values of which some are still to come.
struct Open {
    kind: Kind,
    count: usize,
    values: Vec<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Map,
    /// Said unasked.
    Push,
    /// Said of the value that comes next.
    Attribute,
}

/// What stands between two ends of lines, or a text.
enum Token {
    Value(Value),
    Open(Kind, usize),
}

impl Decoder {
    /// The next answer, and how many of these bytes were used, which are not given again. `None`: more is to come.
    pub(in crate::store::redis) fn next(
        &mut self,
        bytes: &[u8],
    ) -> Result<(usize, Option<Value>), Malformed> {
        let mut used = 0;
        while let Some((length, token)) = token(bytes.get(used..).unwrap_or_default())? {
            used += length;
            self.measure(length)?;
            let value = match token {
                Token::Value(value) => self.give(value),
                Token::Open(kind, count) => self.open(kind, count)?,
            };
            if value.is_some() {
                return Ok((used, value));
            }
        }
        Ok((used, None))
    }

    fn measure(&mut self, length: usize) -> Result<(), Malformed> {
        if self.open.is_empty() {
            (self.length, self.values) = (0, 0);
        }
        self.length += length;
        self.values += 1;
        if self.length > LONGEST || self.values > MOST_VALUES {
            return Err(Malformed);
        }
        Ok(())
    }

    fn open(&mut self, kind: Kind, count: usize) -> Result<Option<Value>, Malformed> {
        if self.open.len() == DEEPEST || (kind == Kind::Push && !self.open.is_empty()) {
            return Err(Malformed);
        }
        let open = Open {
            kind,
            count,
            values: Vec::new(),
        };
        if count > 0 {
            self.open.push(open);
            return Ok(None);
        }
        Ok(open.closed().and_then(|value| self.give(value)))
    }

    /// To the innermost that is open; what is no part of another is an answer.
    fn give(&mut self, mut value: Value) -> Option<Value> {
        loop {
            let Some(open) = self.open.last_mut() else {
                return Some(value);
            };
            open.values.push(value);
            if open.values.len() < open.count {
                return None;
            }
            value = self.open.pop()?.closed()?;
        }
    }
}

impl Open {
    /// `None`: it is part of no answer.
    fn closed(self) -> Option<Value> {
        match self.kind {
            Kind::List => Some(Value::List(self.values)),
            Kind::Map => pairs(self.values).map(Value::Map),
            Kind::Push | Kind::Attribute => None,
        }
    }
}

/// What every token begins with.
struct Line<'a> {
    marker: u8,
    text: &'a [u8],
    /// With the marker before it and the end behind it.
    length: usize,
}

/// The first in these bytes, and its length; `None` if its end is not there yet.
fn token(bytes: &[u8]) -> Result<Option<(usize, Token)>, Malformed> {
    let Some(line) = line(bytes)? else {
        return Ok(None);
    };
    let Line {
        marker,
        text,
        length,
    } = line;
    let value = match marker {
        b'$' | b'!' | b'=' if text != b"-1" => return measured(&line, bytes),
        b'$' | b'*' if text == b"-1" => Value::Nil,
        b'_' => Value::Nil,
        b'+' | b',' | b'(' => Value::Text(text.to_vec()),
        b'-' => Value::Refused(Refusal::of(text)),
        b':' => Value::Integer(number(text)?),
        b'#' => Value::Integer(i64::from(text == b"t")),
        _ => {
            let (kind, count) = several(marker, number(text)?)?;
            return Ok(Some((length, Token::Open(kind, count))));
        }
    };
    Ok(Some((length, Token::Value(value))))
}

fn line(bytes: &[u8]) -> Result<Option<Line<'_>>, Malformed> {
    let within = bytes.get(..LONGEST_LINE).unwrap_or(bytes);
    let mut ends = memchr::memchr_iter(b'\n', within).filter_map(|end| end.checked_sub(1));
    let end = ends.find(|end| within.get(*end) == Some(&b'\r'));
    match end.and_then(|end| within.get(..end)) {
        Some([marker, text @ ..]) => Ok(Some(Line {
            marker: *marker,
            text,
            length: text.len() + 3,
        })),
        None if within.len() < LONGEST_LINE => Ok(None),
        _ => Err(Malformed),
    }
}

fn number(text: &[u8]) -> Result<i64, Malformed> {
    let text = std::str::from_utf8(text).map_err(|_| Malformed)?;
    text.parse().map_err(|_| Malformed)
}

/// A text of the length that its line says.
fn measured(line: &Line<'_>, bytes: &[u8]) -> Result<Option<(usize, Token)>, Malformed> {
    let length = usize::try_from(number(line.text)?).map_err(|_| Malformed)?;
    let longest = if line.marker == b'!' {
        LONGEST_LINE
    } else {
        LONGEST
    };
    if length > longest {
        return Err(Malformed);
    }
    let end = line.length + length;
    let Some(ending) = bytes.get(end..end + 2) else {
        return Ok(None);
    };
    if ending != b"\r\n" {
        return Err(Malformed);
    }
    let text = bytes.get(line.length..end).unwrap_or_default();
    let value = match (line.marker, text) {
        (b'!', text) => Value::Refused(Refusal::of(text)),
        // Three letters say what kind of text it is.
        (b'=', [_, _, _, b':', text @ ..]) => Value::Text(text.to_vec()),
        (b'=', _) => return Err(Malformed),
        (_, text) => Value::Text(text.to_vec()),
    };
    Ok(Some((end + 2, Token::Value(value))))
}

fn several(marker: u8, count: i64) -> Result<(Kind, usize), Malformed> {
    let (kind, each) = match marker {
        b'*' | b'~' => (Kind::List, 1),
        b'%' => (Kind::Map, 2),
        b'|' => (Kind::Attribute, 2),
        b'>' => (Kind::Push, 1),
        _ => return Err(Malformed),
    };
    let count = usize::try_from(count).ok();
    let count = count.and_then(|count| count.checked_mul(each));
    Ok((kind, count.ok_or(Malformed)?))
}

#[cfg(test)]
mod tests;
