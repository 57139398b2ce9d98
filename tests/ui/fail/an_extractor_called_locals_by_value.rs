use locals::with_locals;

struct Locals(&'static str);

#[with_locals]
async fn home(language: Locals) -> &'static str {
    language.0
}

fn main() {}
