use locals::with_locals;

#[with_locals(name)]
async fn home() {}

fn main() {}
