//! actix-identity on actix-session, whose sessions are in Redis.

use super::{Place, page_of};
use crate::{WORKERS, process::announce};
use actix_identity::{Identity, IdentityMiddleware};
use actix_session::{SessionMiddleware, storage::RedisSessionStore};
use actix_web::{App, HttpMessage, HttpRequest, HttpServer, cookie::Key, rt::System, web};
use std::net::Ipv4Addr;

pub fn serve(place: &Place) {
    System::new().block_on(async {
        let store = RedisSessionStore::new(place.redis())
            .await
            .expect("a server");
        let key = Key::generate();
        let app = move || {
            App::new()
                .wrap(IdentityMiddleware::default())
                .wrap(SessionMiddleware::new(store.clone(), key.clone()))
                .route("/", web::get().to(account))
                .route("/login/{user}", web::get().to(sign_in))
        };
        let server = HttpServer::new(app)
            .workers(WORKERS)
            .bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free port");
        announce(server.addrs()[0]);
        server.run().await.expect("it serves until it is ended");
    });
}

async fn account(identity: Identity) -> String {
    let user = identity.id().expect("a session");
    user.parse::<i64>().map(page_of).expect("an id")
}

async fn sign_in(request: HttpRequest, user: web::Path<i64>) -> String {
    let user = user.into_inner().to_string();
    Identity::login(&request.extensions(), user).expect("a session");
    String::new()
}
