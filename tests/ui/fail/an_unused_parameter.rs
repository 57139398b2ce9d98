#![deny(unused_variables)]

use axum::extract::Path;
use locals::with_locals;

// The generated binding may go unused; what the user wrote is linted as ever.
#[with_locals]
async fn home(Path(id): Path<u32>) {}

fn main() {}
