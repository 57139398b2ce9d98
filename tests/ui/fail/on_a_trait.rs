use locals::with_locals;

#[with_locals]
trait Page {}

fn main() {}
