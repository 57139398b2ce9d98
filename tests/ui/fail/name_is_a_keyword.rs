use locals::with_locals;

#[with_locals(name = self)]
async fn home() {}

fn main() {}
