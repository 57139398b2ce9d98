//! actix-web's server, and this library in it.

use super::page;
use crate::{WORKERS, process::announce};
use actix_web::{App, HttpServer, rt::System, web, web::ServiceConfig};
use locals::{Auth, with_locals};
use locals_bench::application::Account;
use std::net::Ipv4Addr;

pub fn serve<R>(routes: impl Future<Output = R>)
where
    R: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    System::new().block_on(async {
        let routes = routes.await;
        let server = HttpServer::new(move || App::new().configure(&routes))
            .workers(WORKERS)
            .bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free port");
        announce(server.addrs()[0]);
        server.run().await.expect("it serves until it is ended");
    });
}

pub fn bare(site: &mut ServiceConfig) {
    site.route("/", web::get().to(|| async { page() }));
}

pub fn ours(auth: Auth<Account>) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |site| {
        site.app_data(auth.clone())
            .route("/", web::get().to(account))
            .route("/login/{user}", web::get().to(sign_in));
    }
}

#[with_locals(user = Account, required)]
async fn account() -> String {
    let (_, account) = locals.get_session_user();
    account.email.clone()
}

#[with_locals(user = Account)]
async fn sign_in(user: web::Path<i64>) -> Result<String, locals::Error> {
    locals.sign_in(user.into_inner()).await?;
    Ok(String::new())
}
