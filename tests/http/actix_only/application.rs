//! What an application on actix-web hands to its handlers, and on how many threads they run.

use std::time::Duration;

use actix_web::web::{self, Data, ServiceConfig};
use futures_util::future::{join, join_all};
use locals::with_locals;

use crate::{
    framework::{
        App, AppError,
        on_actix::{serve, site as routes_of},
    },
    rig::{ADA, Account, LogFrom, Reply, Site, eventually, on_both_stores},
};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

fn only_email(routes: &mut ServiceConfig) {
    routes.route("/", web::get().to(email));
}

on_both_stores! {
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

#[with_locals(user = Account)]
async fn email() -> Result<String, AppError> {
    let user = locals.get_session_user().await?;
    Ok(user.map_or_else(|| "nobody".to_owned(), |(_, account)| account.email.clone()))
}
