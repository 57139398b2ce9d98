//! What no order explains.

use super::Operation;

/// What no order of the operations explains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// An operation ended before it began, or its outcome is none that its action can have: a fault of the test.
    #[error("the test has written down what cannot be: {0}")]
    Misrecorded(Operation),
    /// Two sign-ins or rotations gave the same token.
    #[error("one token was given twice: {first}; {second}")]
    GivenTwice {
        /// The one.
        first: Box<Operation>,
        /// The other.
        second: Box<Operation>,
    },
    /// A token was valid that nobody had been given.
    #[error("a token was valid that had not been given: {read}")]
    NeverGiven {
        /// Who found it valid.
        read: Operation,
    },
    /// A token was another user's.
    #[error("a token was another user's: {read}; it was given by {given}")]
    AnotherUser {
        /// Who was told so.
        read: Box<Operation>,
        /// Where it is from.
        given: Box<Operation>,
    },
    /// A token was valid although its end had been answered before.
    #[error("a token was valid after its end: {read}; it was ended by {ended}")]
    ReadAfterEnd {
        /// Who found it valid.
        read: Box<Operation>,
        /// What had been answered.
        ended: Box<Operation>,
    },
    /// A token was valid although it had been found invalid before.
    #[error("a token was valid again: {read}; it was dead by {dead}")]
    Resurrected {
        /// Who found it valid.
        read: Box<Operation>,
        /// Who had found it invalid.
        dead: Box<Operation>,
    },
    /// A token was invalid although nothing can have ended it.
    #[error("a token was invalid that nothing had ended: {read}; it was given by {given}")]
    Lost {
        /// Who found it invalid.
        read: Box<Operation>,
        /// Where it is from.
        given: Box<Operation>,
    },
    /// A user had more sessions than the cap.
    #[error("user {user} had {sessions} sessions at {at}, more than the cap")]
    CapExceeded {
        /// Who.
        user: u64,
        /// How many at least.
        sessions: u64,
        /// When.
        at: u64,
    },
    /// No answer, though nothing was wrong.
    #[error("no answer outside of an outage: {0}")]
    Unanswered(Operation),
}
