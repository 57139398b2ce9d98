use actix_web::{HttpResponse, dev::ServiceRequest, middleware::Next};
use locals::with_locals;

#[with_locals(eager)]
async fn load(_request: ServiceRequest, _next: Next<()>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

fn main() {}
