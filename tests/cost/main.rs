//! What the attribute costs a handler, beside the same handler without it: the size of its future,
//! and the allocations of a request.

mod allocations;
mod future;
