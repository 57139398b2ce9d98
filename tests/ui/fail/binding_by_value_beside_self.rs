use locals::with_locals;

struct Pages;

impl Pages {
    #[with_locals]
    async fn home(&self, locals: locals::Locals) {
        locals.clear_session();
    }
}

fn main() {}
