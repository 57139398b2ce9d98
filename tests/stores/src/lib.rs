//! What the tests of several stores share.

pub mod history;
pub mod program;
pub mod served;
