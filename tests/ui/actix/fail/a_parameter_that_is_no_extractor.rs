use actix_web::web;
use locals::with_locals;

#[with_locals]
async fn page(number: u32) -> String {
    locals.clear_session();
    number.to_string()
}

fn main() {
    let _ = web::get().to(page);
}
