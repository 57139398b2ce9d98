use locals::store::SecretHash;

fn same(one: &SecretHash, other: &SecretHash) -> bool {
    one == other
}

fn main() {}
