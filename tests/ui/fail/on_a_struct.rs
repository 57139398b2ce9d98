use locals::with_locals;

#[with_locals]
struct Page;

fn main() {}
