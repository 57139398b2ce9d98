use locals::with_locals;

#[with_locals]
const fn home() {}

fn main() {}
