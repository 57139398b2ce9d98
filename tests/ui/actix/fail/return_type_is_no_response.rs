use locals::with_locals;

struct Page;

#[with_locals]
async fn home() -> Page {
    locals.clear_session();
    Page
}

fn main() {}
