use locals::with_locals;

// The compiler's own error, and nothing from the attribute: editors still complete `locals.` here.
#[with_locals]
async fn home() {
    let _ = locals.;
}

fn main() {}
