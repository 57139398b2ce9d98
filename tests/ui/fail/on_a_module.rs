use locals::with_locals;

#[with_locals]
mod pages {}

fn main() {}
