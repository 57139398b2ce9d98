//! [`Slots`]: which node of a cluster has which keys.

use crate::store::redis::{place::Place, resp::Value};
use std::{collections::BTreeSet, sync::Arc};

const COUNT: usize = 16384;

/// The slot of a key: of what stands in its braces, which all our keys have.
pub(super) fn slot(key: &str) -> u16 {
    let tag = key
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'));
    let tag = tag.map(|(tag, _)| tag).filter(|tag| !tag.is_empty());
    crc16(tag.unwrap_or(key).as_bytes()) % 16384
}

/// XMODEM's.
fn crc16(bytes: &[u8]) -> u16 {
    let shifted = |crc: u16, _| {
        if crc & 0x8000 == 0 {
            crc << 1
        } else {
            (crc << 1) ^ 0x1021
        }
    };
    let bytes = bytes.iter().map(|byte| u16::from(*byte) << 8);
    bytes.fold(0, |crc, byte| (0..8).fold(crc ^ byte, shifted))
}

/// What is known of it: a node that does not have a key (any more) says who has.
#[derive(Clone, Debug)]
pub(super) struct Slots(Vec<Option<Arc<Place>>>);

impl Slots {
    /// The answer to `CLUSTER SLOTS` of the node at this place.
    pub(super) fn read(answer: &Value, asked: &Place) -> Self {
        let mut slots = Self(vec![None; COUNT]);
        let Value::List(ranges) = answer else {
            return slots;
        };
        let ranges = ranges.iter().take(COUNT);
        for (from, to, place) in ranges.filter_map(|range| read_range(range, asked)) {
            let place = Arc::new(place);
            let owned = slots.0.iter_mut().take(to.saturating_add(1)).skip(from);
            owned.for_each(|owner| *owner = Some(Arc::clone(&place)));
        }
        slots
    }

    pub(super) fn owner(&self, slot: u16) -> Option<Arc<Place>> {
        self.0.get(usize::from(slot)).cloned().flatten()
    }

    pub(super) fn learn(&mut self, slot: u16, place: &Arc<Place>) {
        if let Some(owner) = self.0.get_mut(usize::from(slot)) {
            *owner = Some(Arc::clone(place));
        }
    }

    /// All that have any.
    pub(super) fn owners(&self) -> BTreeSet<Arc<Place>> {
        let mut owners = BTreeSet::new();
        let mut last: Option<&Arc<Place>> = None;
        for owner in self.0.iter().flatten() {
            if last.is_none_or(|last| !Arc::ptr_eq(last, owner)) {
                owners.insert(Arc::clone(owner));
                last = Some(owner);
            }
        }
        owners
    }
}

/// The first and the last slot, and the node that leads there; its replicas come behind it.
fn read_range(range: &Value, asked: &Place) -> Option<(usize, usize, Place)> {
    let Value::List(parts) = range else {
        return None;
    };
    let [
        Value::Integer(from),
        Value::Integer(to),
        Value::List(node),
        ..,
    ] = parts.as_slice()
    else {
        return None;
    };
    let [host, Value::Integer(port), ..] = node.as_slice() else {
        return None;
    };
    let host = match host {
        Value::Text(host) => std::str::from_utf8(host).ok()?,
        _ => "",
    };
    Some((
        usize::try_from(*from).ok()?,
        usize::try_from(*to).ok()?,
        asked.beside(host, u16::try_from(*port).ok()?),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str, port: u16) -> Place {
        Place::Tcp(host.to_owned(), port)
    }

    #[test]
    fn m_07_a_key_has_the_slot_that_the_server_gives_it() {
        for (key, expected) in [
            ("123456789", 12739),
            ("locals:{bd6f47b0aeaba8a1}", 14093),
            ("bd6f47b0aeaba8a1", 14093),
            ("{bd6f47b0aeaba8a1}{other}", 14093),
        ] {
            assert_eq!(slot(key), expected, "{key}");
        }
        assert_ne!(slot("{}a"), slot("{}b"), "nothing is no tag");
    }

    fn node(host: Value, port: i64) -> Value {
        let id = Value::Text(b"5c68964ef3defa37869e8fc5ecbae045fb455404".into());
        Value::List(vec![host, Value::Integer(port), id])
    }

    fn range(from: i64, to: i64, nodes: Vec<Value>) -> Value {
        let mut parts = vec![Value::Integer(from), Value::Integer(to)];
        parts.extend(nodes);
        Value::List(parts)
    }

    #[test]
    fn the_first_node_of_a_range_leads_there() {
        let host = |host: &str| Value::Text(host.into());
        let answer = Value::List(vec![
            range(0, 99, vec![node(host("a"), 1), node(host("replica"), 2)]),
            range(100, 100, vec![node(Value::Nil, 3)]),
            range(200, 16383, vec![node(host(""), 4)]),
            range(-1, 5, vec![node(host("no"), 5)]),
            range(300, 16400, vec![node(host("::1"), 6)]),
            Value::Nil,
        ]);
        let mut slots = Slots::read(&answer, &place("asked", 7));
        let owner = |slots: &Slots, slot| slots.owner(slot).map(|place| (*place).clone());
        for (slot, expected) in [
            (0, Some(place("a", 1))),
            (99, Some(place("a", 1))),
            (100, Some(place("asked", 3))),
            (101, None),
            (200, Some(place("asked", 4))),
            (16383, Some(place("::1", 6))),
            (16384, None),
        ] {
            assert_eq!(owner(&slots, slot), expected, "{slot}");
        }
        slots.learn(101, &Arc::new(place("b", 8)));
        assert_eq!(owner(&slots, 101), Some(place("b", 8)));
        assert_eq!(slots.owners().len(), 5);
        assert!(
            Slots::read(&Value::Nil, &place("asked", 7))
                .owners()
                .is_empty()
        );
    }
}
