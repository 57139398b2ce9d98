use locals::with_locals;

#[with_locals]
unsafe extern "C" {}

fn main() {}
