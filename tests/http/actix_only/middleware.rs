//! Annotated functions for actix-web's `from_fn`.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorImATeapot,
    http::StatusCode,
    middleware::{Next, from_fn},
    web::{self, ReqData, ServiceConfig},
};
use locals::{CurrentUser, Session, with_locals};

use crate::{
    framework::{App, on_actix::serve},
    rig::{ADA, Account, Admin, BOB, LogFrom, Site, on_every_store},
};

#[with_locals(user = Account, eager)]
async fn load<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if let Some(session) = locals.get_session() {
        request.extensions_mut().insert(session.clone());
    }
    next.call(request).await
}

/// Loads nothing.
#[with_locals(user = Account)]
async fn lazy<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    next.call(request).await
}

#[with_locals(user = Account, required(Admin), redirect = "/login")]
async fn admins_only(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    app.stage.extract();
    next.call(request).await
}

#[with_locals(user = Account)]
async fn signs_bob_in(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?;
    locals.sign_in(BOB).await?;
    Ok(response)
}

/// Its own extractor fails: there is no such header.
#[with_locals(user = Account, eager)]
async fn rejects(
    _number: web::Query<Number>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    next.call(request).await
}

#[derive(serde::Deserialize)]
struct Number {
    #[allow(dead_code, reason = "it is only looked for")]
    number: u8,
}

async fn whose(session: Option<ReqData<Session>>, body: String) -> String {
    let user = session.map_or("nobody".to_owned(), |session| session.user_id().to_string());
    format!("{user}{body}")
}

async fn perhaps(user: Option<CurrentUser<Account>>) -> String {
    user.map_or("nobody".to_owned(), |user| user.email.clone())
}

/// As the guide has it.
async fn either(user: Result<CurrentUser<Account>, Error>) -> Result<String, Error> {
    match user {
        Ok(user) => Ok(user.email.clone()),
        Err(error) if error.as_response_error().status_code() == StatusCode::UNAUTHORIZED => {
            Ok("nobody".to_owned())
        }
        Err(error) => Err(error),
    }
}

#[with_locals(user = Account)]
async fn signs_out() -> Result<&'static str, locals::Error> {
    locals.sign_out().await?;
    Ok("bye")
}

fn routes(site: &Site) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let app = App {
        auth: site.auth.clone(),
        stage: site.stage.clone(),
    };
    move |routes| {
        let fails = async || Err::<HttpResponse, _>(ErrorImATeapot("no coffee"));
        routes
            .app_data(app.auth.clone())
            .app_data(web::Data::new(app.clone()))
            .service(
                web::scope("/load")
                    .wrap(from_fn(load))
                    .route("/whose", web::route().to(whose))
                    .route("/signs-out", web::route().to(signs_out))
                    .route("/fails", web::route().to(fails)),
            )
            .service(
                web::scope("/lazy")
                    .wrap(from_fn(lazy))
                    .route("/perhaps", web::get().to(perhaps))
                    .route("/either", web::get().to(either)),
            )
            .route("/perhaps", web::get().to(perhaps))
            .service(
                web::scope("/admin")
                    .wrap(from_fn(admins_only))
                    .route("/whose", web::route().to(whose)),
            )
            .service(
                web::scope("/after")
                    .wrap(from_fn(signs_bob_in))
                    .route("/signs-out", web::route().to(signs_out)),
            )
            .service(
                web::scope("/rejects")
                    .wrap(from_fn(rejects))
                    .route("/whose", web::route().to(whose)),
            );
    }
}

const ACTIVE: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

on_every_store! {
    on Actix;

    /// The body of the request is left for it, too.
    async fn an_annotated_from_fn_loads_for_what_is_behind_it(site: Site) {
        let running = serve(1, routes(&site)).await;
        assert_eq!(site.get("/load/whose").send_by(running.address).await.text(), "nobody");
        let token = site.log_in(ADA).await;
        let request = site.post("/load/whose").session(&token).body("text/plain", " and more");
        let reply = request.send_by(running.address).await;
        assert_eq!((reply.text(), reply.set_cookies().len()), ("1 and more", 0));
        assert!(reply.header("vary").is_some_and(|vary| vary.contains("Cookie")));
    }

    /// actix-web's own `Option` drops whatever an extractor fails with; its `Result` does not.
    async fn i_01_behind_a_lazy_from_fn_a_result_tells_an_outage_from_nobody(site: Site) {
        let running = serve(1, routes(&site)).await;
        let address = running.address;
        let token = site.log_in(ADA).await;
        for target in ["/lazy/perhaps", "/lazy/either"] {
            let nobody = site.get(target).send_by(address).await;
            assert_eq!((nobody.status, nobody.text()), (200, "nobody"), "{target}");
            let ada = site.get(target).session(&token).send_by(address).await;
            assert_eq!((ada.status, ada.text()), (200, "ada@example.com"), "{target}");
        }
        let log = LogFrom::now();
        site.store.fail();
        let dropped = site.get("/lazy/perhaps").session(&token).send_by(address).await;
        let kept = site.get("/lazy/either").session(&token).send_by(address).await;
        site.store.heal();
        assert_eq!((dropped.status, dropped.text()), (200, "nobody"));
        assert_eq!((kept.status, kept.text()), (503, "Try again in a moment.\n"));
        assert!(log.text().contains("the session store failed"));
    }

    async fn an_option_behind_no_layer_is_none_and_an_error_in_the_log(site: Site) {
        let running = serve(1, routes(&site)).await;
        let token = site.log_in(ADA).await;
        let log = LogFrom::now();
        let reply = site.get("/perhaps").session(&token).send_by(running.address).await;
        assert_eq!((reply.status, reply.text()), (200, "nobody"));
        let log = log.text();
        assert!(log.contains("LoadSession::new(auth)"), "{log}");
    }

    async fn b_10_an_annotated_from_fn_flushes_its_renewal(site: Site) {
        let running = serve(1, routes(&site)).await;
        for (target, status) in [("/load/whose", 200), ("/load/fails", 418), ("/rejects/whose", 400)] {
            let token = site.log_in(ADA).await;
            site.clock.advance(ACTIVE);
            let reply = site.get(target).session(&token).send_by(running.address).await;
            assert_eq!(reply.status, status, "{target}");
            assert_eq!(reply.our_cookie().expect("renewed").token(), token, "{target}");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{target}");
        }
    }

    async fn b_03_the_renewal_of_a_from_fn_gives_way_to_the_handler(site: Site) {
        let running = serve(1, routes(&site)).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let reply = site.post("/load/signs-out").session(&token).send_by(running.address).await;
        assert_eq!(reply.set_cookies().len(), 1);
        assert_eq!(reply.our_cookie().expect("a removal").value, "");
    }

    async fn b_03_what_a_from_fn_does_after_the_handler_is_the_last_word(site: Site) {
        let running = serve(1, routes(&site)).await;
        let token = site.log_in(ADA).await;
        let reply = site.post("/after/signs-out").session(&token).send_by(running.address).await;
        assert_eq!((reply.status, reply.set_cookies().len()), (200, 1));
        let bob = reply.our_cookie().expect("signed in").token();
        assert_eq!(site.get("/whoami").session(&bob).send().await.text(), "bob@example.com");
    }

    async fn a_required_from_fn_refuses_before_anything_behind_it_runs(site: Site) {
        let running = serve(1, routes(&site)).await;
        let address = running.address;
        let bob = site.log_in(BOB).await;
        let page = site.get("/admin/whose").header("accept", "text/html").send_by(address).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/login?next=%2Fadmin%2Fwhose")));
        let nobody = site.post("/admin/whose").send_by(address).await;
        assert_eq!((nobody.status, nobody.text()), (401, "Sign in first.\n"));
        assert_eq!(site.get("/admin/whose").session(&bob).send_by(address).await.status, 403);
        site.store.fail();
        assert_eq!(site.get("/admin/whose").session(&bob).send_by(address).await.status, 503);
        site.store.heal();
        assert_eq!(site.stage.extracted(), 0);
        let ada = site.log_in(ADA).await;
        assert_eq!(site.get("/admin/whose").session(&ada).send_by(address).await.status, 200);
        assert_eq!(site.stage.extracted(), 1);
    }
}
