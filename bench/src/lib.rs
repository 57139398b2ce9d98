//! What the benchmarks of servers share: `src/bin/postgres`, `src/bin/mysql` and `src/bin/redis`.

pub mod application;
pub mod ours;
pub mod peer;
pub mod plan;
pub mod reading;
pub mod rounds;
pub mod signing_in;
pub mod table;
