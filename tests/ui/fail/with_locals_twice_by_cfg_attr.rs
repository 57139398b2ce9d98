use locals::with_locals;

#[cfg_attr(all(), with_locals)]
#[cfg_attr(all(), with_locals(eager))]
async fn home() {}

fn main() {}
