//! What the tests of several stores share.

pub mod columns;
pub mod history;
pub mod nodes;
pub mod outage;
pub mod program;
pub mod rig;
pub mod served;
mod suite;
pub mod users;
