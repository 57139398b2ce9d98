use locals::with_locals;

trait Pages {
    #[with_locals]
    async fn home(&self);
}

fn main() {}
