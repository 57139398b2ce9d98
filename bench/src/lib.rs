//! What the benchmarks share: the applications that are compared, the rounds in which they are measured, and the
//! form in which all leave their figures.

pub mod answer;
pub mod application;
pub mod latencies;
pub mod ours;
#[cfg(feature = "peers")]
pub mod peer;
pub mod plan;
pub mod reading;
pub mod results;
pub mod rounds;
pub mod signing_in;
pub mod table;
