//! What an application on actix-web hands to its handlers, and on how many threads they run.

use std::{fmt, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorNotFound,
    http::StatusCode,
    middleware::{Next, from_fn},
    web::{self, Data, ServiceConfig},
};
use futures_util::future::{join, join_all};
use locals::{RequireSession, with_locals};

use crate::{
    framework::{
        App, AppError,
        on_actix::{serve, site as routes_of},
    },
    rig::{ADA, Account, LogFrom, Reply, Site, eventually, on_every_store},
};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

fn only_email(routes: &mut ServiceConfig) {
    routes.route("/", web::get().to(email));
}

on_every_store! {
    on Actix;

    /// The log says what is missing; the browser learns nothing, and the worker lives on.
    async fn an_application_without_auth_answers_500(site: Site) {
        let log = LogFrom::now();
        let running = serve(1, only_email).await;
        let token = site.log_in(ADA).await;
        for request in [site.get("/"), site.get("/").session(&token), site.get("/")] {
            let reply = request.send_by(running.address).await;
            assert_eq!((reply.status, reply.set_cookies().len()), (500, 0));
            assert!(!reply.text().contains("app_data"), "{}", reply.text());
        }
        assert!(log.text().contains("add `.app_data(auth.clone())` to the `App`"));
    }

    async fn auth_may_stand_in_data_or_in_a_scope(site: Site) {
        let (bare, data) = (site.auth.clone(), Data::new(site.auth.clone()));
        let running = serve(1, move |routes| {
            routes
                .service(web::scope("/bare").app_data(bare.clone()).configure(only_email))
                .service(web::scope("/data").app_data(data.clone()).configure(only_email));
        });
        let running = running.await;
        let token = site.log_in(ADA).await;
        for target in ["/bare/", "/data/"] {
            let reply = site.get(target).session(&token).send_by(running.address).await;
            assert_eq!((reply.status, reply.text()), (200, "ada@example.com"), "{target}");
        }
    }

    /// Each worker has an application of its own; the sessions are the same.
    async fn d_05_workers_share_their_sessions_and_renew_once(site: Site) {
        let app = App { auth: site.auth.clone(), stage: site.stage.clone() };
        let running = serve(4, routes_of(app)).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        site.store.hang();
        let ask = |_| site.get("/whoami").session(&token).send_by(running.address);
        let all = join_all((0..40).map(ask));
        let store_answers = async {
            eventually("all have asked", async || site.store.calls().load >= 40).await;
            site.store.heal();
        };
        let (replies, ()) = join(all, store_answers).await;
        assert!(replies.iter().all(|reply| reply.text() == "ada@example.com"), "{replies:?}");
        assert_eq!(replies.iter().filter_map(Reply::our_cookie).count(), 1);

        let logout = site.post("/logout").session(&token).send_by(running.address).await;
        assert_eq!(logout.status, 200);
        let replies = join_all((0..8).map(ask)).await;
        assert!(replies.iter().all(|reply| reply.status == 401), "{replies:?}");
    }
}

/// An error that looks into its request for what to answer.
struct Told(HttpRequest);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unreadable, {}", self.0.connection_info().host())
    }
}

impl ResponseError for Told {
    fn status_code(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

#[with_locals(user = Account, eager)]
async fn number(number: web::Json<u8>) -> String {
    number.to_string()
}

on_every_store! {
    on Actix;

    /// It finds the request as it would without the attribute, and its answer is flushed.
    async fn b_10_an_extractors_error_may_ask_its_request(site: Site) {
        let auth = site.auth.clone();
        let running = serve(1, move |routes| {
            let json = web::JsonConfig::default()
                .error_handler(|_, request| Told(request.clone()).into());
            routes
                .app_data(auth.clone())
                .app_data(json)
                .route("/", web::post().to(number));
        });
        let running = running.await;
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let rejected = site.post("/").body("application/json", "{").session(&token);
        let rejected = rejected.send_by(running.address).await;
        assert_eq!(rejected.status, 422);
        assert!(rejected.text().starts_with("unreadable, 127.0.0.1"), "{}", rejected.text());
        assert_eq!(rejected.our_cookie().expect("it was renewed").token(), token);
    }

    /// A middleware between a gate and the handlers refuses: as an `Err`, as actix-web has it.
    async fn g_02_an_error_behind_a_gate_is_closed_too(site: Site) {
        let auth = site.auth.clone();
        let running = serve(1, move |routes| {
            let scope = web::scope("/reports")
                .wrap(from_fn(refuse))
                .wrap(RequireSession::new(auth.clone()));
            let logged = web::scope("/logged")
                .wrap(from_fn(refuse))
                .wrap(RequireSession::new(auth.clone()))
                .wrap(from_fn(log));
            routes
                .service(scope.default_service(web::to(HttpResponse::Ok)))
                .service(logged.default_service(web::to(HttpResponse::Ok)));
        });
        let running = running.await;
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let refused = site.get("/reports/7").session(&token).send_by(running.address).await;
        assert_eq!((refused.status, refused.text()), (404, "no such report"));
        assert_eq!(refused.header("vary"), Some("Cookie"));
        assert_eq!(refused.our_cookie().expect("it was renewed").token(), token);
        let again = site.get("/reports/7").session(&token).send_by(running.address).await;
        assert_eq!(again.header("cache-control"), Some("private"));

        // A middleware outside of the gate, which logs what fails, changes nothing.
        site.clock.advance(ACTIVE);
        let logged = site.get("/logged/7").session(&token).send_by(running.address).await;
        assert_eq!((logged.status, logged.text()), (404, "no such report"));
        assert_eq!(logged.our_cookie().expect("it was renewed").token(), token);
    }
}

async fn log<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    next.call(request).await.inspect_err(|error| {
        let response = error.as_response_error().error_response();
        assert_eq!(
            (error.to_string(), response.status().as_u16()),
            ("no such report".into(), 404)
        );
    })
}

async fn refuse(
    _: ServiceRequest,
    _: Next<impl MessageBody>,
) -> Result<ServiceResponse, actix_web::Error> {
    Err(ErrorNotFound("no such report"))
}

#[with_locals(user = Account)]
async fn email() -> Result<String, AppError> {
    let user = locals.get_session_user().await?;
    Ok(user.map_or_else(|| "nobody".to_owned(), |(_, account)| account.email.clone()))
}
