#![deny(unused_must_use)]

use locals::with_locals;

#[with_locals]
async fn login() {
    locals.sign_in(1);
}

fn main() {}
