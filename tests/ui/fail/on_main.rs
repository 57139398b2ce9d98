use locals::with_locals;

#[with_locals]
async fn main() {
    locals.clear_session();
}
