//! What can be wrong with a line.

use std::time::Duration;

/// Which bytes a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Those that the client sends.
    ToServer,
    /// Those that the server sends.
    ToClient,
    /// All.
    Both,
}

impl Direction {
    /// Whether a fault of this direction is about bytes of that one, which is not `Both`.
    pub(super) fn covers(self, bytes: Self) -> bool {
        self == Self::Both || self == bytes
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    Delay(Duration),
    BlackHole(Direction),
    CutAfter(usize, Direction),
    CutOnCommitReply,
    HalfClose(Direction),
    Drip(usize, Duration),
    Refuse,
    SayNothing,
}

impl Fault {
    pub(super) fn swallows(self, bytes: Direction) -> bool {
        matches!(self, Self::BlackHole(direction) if direction.covers(bytes))
    }
}
