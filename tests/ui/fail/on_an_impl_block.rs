use locals::with_locals;

struct Pages;

#[with_locals]
impl Pages {
    async fn home(&self) {}
}

fn main() {}
