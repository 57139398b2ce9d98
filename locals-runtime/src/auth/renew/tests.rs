//! What happens to a session while the store has yet to answer its renewal.

use super::Renewal;
use crate::{
    auth::{Auth, Ending, SignInOptions},
    error::Error,
    event::EndedBy,
    session::Session,
    store::MemoryStore,
    testing::{Probe, ProbeControl, TestClock},
    user_id::UserId,
};
use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Waker},
    time::Duration,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

struct Site {
    auth: Auth,
    store: ProbeControl,
    clock: TestClock,
}

impl Site {
    fn new(renewal: Renewal) -> Self {
        let (store, control) = Probe::<_, UserId>::new(MemoryStore::new());
        let clock = TestClock::new();
        let auth = Auth::builder(store)
            .clock(clock.clone())
            .renewal(renewal)
            // A renewal has an eighth of it.
            .store_deadline(Duration::from_secs(600))
            .build()
            .unwrap();
        Self {
            auth,
            store: control,
            clock,
        }
    }

    fn rotating() -> Self {
        Self::new(Renewal::Rotate { grace: DAY })
    }

    async fn idle(&self) -> Session {
        let session = self.auth.create_session("ada").await.unwrap();
        self.clock.advance(DAY);
        session
    }

    async fn renew(&self, session: &Session) -> Result<Option<Session>, Error> {
        let (token, credential) = (session.token().text(), session.credential());
        let renewed = self.auth.renew(token, &credential, true).await?;
        Ok(renewed.map(|(session, _)| session))
    }

    /// What comes of a renewal that is written, but not answered before something else is done.
    async fn renew_slowly<T>(
        &self,
        session: &Session,
        meanwhile: impl Future<Output = T>,
    ) -> (Option<Session>, T) {
        let mut renewal = pin!(self.renew(session));
        self.store.hold_answers_of_writes();
        is_asked(renewal.as_mut());
        self.store.heal();
        let done = meanwhile.await;
        (renewal.await.unwrap(), done)
    }

    fn under_way(&self) -> usize {
        self.auth.engine.renewals.count()
    }

    /// What another request does to Ada's session.
    async fn end(&self, ending: &str, session: &Session) {
        let auth = &self.auth;
        match ending {
            "sign-out" => {
                let ended = vec![Ending::Validated(*session.id())];
                auth.end(ended, EndedBy::SignOut).await.unwrap();
            }
            "sign-in" => {
                let (ended, options) = (vec![*session.id()], SignInOptions::default());
                let made = auth.create("bob".into(), options, ended).await;
                assert!(made.is_ok());
            }
            "revocation" => assert!(auth.invalidate_session(session.id()).await.unwrap()),
            "revocation of all" => {
                assert_eq!(auth.invalidate_user_sessions("ada").await.unwrap(), 1);
            }
            "rotation" => {
                let found = auth.validate_session(session.token()).await.unwrap();
                let rotated = auth.rotate(&found.unwrap(), false).await;
                assert!(rotated.is_ok());
            }
            _ => unreachable!("{ending}"),
        }
    }
}

/// Goes on until the store has to be waited for.
fn is_asked(renewal: Pin<&mut impl Future>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(renewal.poll(&mut context).is_pending());
}

#[tokio::test]
async fn a_renewal_hears_of_what_is_done_before_the_store_has_answered_it() {
    for ending in [
        "sign-out",
        "sign-in",
        "revocation",
        "revocation of all",
        "rotation",
    ] {
        let site = Site::new(Renewal::InPlace);
        let session = site.idle().await;
        let (renewed, ()) = site
            .renew_slowly(&session, site.end(ending, &session))
            .await;
        let renewed = renewed.expect("it was written");
        assert!(renewed.is_fresh() && renewed.is_overtaken(), "{ending}");
    }
}

#[tokio::test]
async fn a_renewal_is_not_overtaken_by_what_leaves_its_session_alone() {
    let site = Site::new(Renewal::InPlace);
    let session = site.idle().await;
    let meanwhile = async {
        let _other = site.auth.create_session("ada").await.unwrap();
        let found = site.auth.validate_session(session.token()).await.unwrap();
        let others = site.auth.invalidate_other_sessions(&found.unwrap()).await;
        assert_eq!(others.unwrap(), 1);
        let bob = site.auth.create_session("bob").await.unwrap();
        let ended = site.auth.invalidate_user_sessions(bob.user_id()).await;
        assert_eq!(ended.unwrap(), 1);
    };
    let (renewed, ()) = site.renew_slowly(&session, meanwhile).await;
    let renewed = renewed.expect("it was written");
    assert!(renewed.is_fresh() && !renewed.is_overtaken());
}

/// The answer of the renewal itself comes after that of a request which has found what it wrote.
/// The other request's handler needs no user, and has an `Auth` without them.
#[tokio::test]
async fn a_renewal_hears_of_what_is_done_without_the_users() {
    let site = Site::new(Renewal::InPlace);
    let session = site.idle().await;
    let ids = site.auth.sessions_only();
    let meanwhile = ids.invalidate_session(session.id());
    let (renewed, ended) = site.renew_slowly(&session, meanwhile).await;
    assert!(ended.unwrap());
    assert!(renewed.expect("it was written").is_overtaken());
}

#[tokio::test]
async fn a_rotating_renewal_does_not_overtake_those_that_bring_its_token() {
    let site = Site::rotating();
    let session = site.idle().await;
    let (first, second) = site.renew_slowly(&session, site.renew(&session)).await;
    let (first, second) = (first.unwrap(), second.unwrap().unwrap());
    assert_ne!(first.token().expose(), session.token().expose());
    assert_eq!(first.token().expose(), second.token().expose());
    for renewed in [first, second] {
        assert!(renewed.is_fresh() && !renewed.is_overtaken());
    }
}

#[tokio::test]
async fn a_rotating_renewal_is_overtaken_by_the_rotation_of_what_it_wrote() {
    let site = Site::rotating();
    let session = site.idle().await;
    let meanwhile = async {
        let next = site.renew(&session).await.unwrap().unwrap();
        site.end("rotation", &next).await;
    };
    let (renewed, ()) = site.renew_slowly(&session, meanwhile).await;
    assert!(renewed.expect("it was written").is_overtaken());
}

#[tokio::test]
async fn a_renewal_is_followed_until_it_is_answered_or_dropped() {
    let site = Site::rotating();
    let session = site.idle().await;
    let renewed = site.renew(&session).await.unwrap().unwrap();
    let beside = site.renew(&session).await.unwrap().unwrap();
    let kept = (renewed.clone(), beside.clone());
    assert_eq!(site.under_way(), 2);
    renewed.note_answered();
    assert_eq!(site.under_way(), 1, "though the session is kept");
    drop((renewed, beside, kept));
    assert_eq!(site.under_way(), 0);
}

/// Who keeps sessions, one for each connection say, does not make the list of them long.
#[tokio::test]
async fn a_renewal_by_the_application_itself_is_not_followed() {
    let site = Site::new(Renewal::InPlace);
    let session = site.idle().await;
    let renewed = site.auth.renew_session(session.token()).await.unwrap();
    assert_eq!(site.under_way(), 0);
    assert!(renewed.is_some_and(|renewed| renewed.is_fresh()));
}

#[tokio::test]
async fn a_renewal_that_comes_to_nothing_is_not_followed() {
    let site = Site::new(Renewal::InPlace);
    let session = site.idle().await;

    let mut abandoned = Box::pin(site.renew(&session));
    site.store.hold_answers_of_writes();
    is_asked(abandoned.as_mut());
    assert_eq!(site.under_way(), 1);
    drop(abandoned);
    assert_eq!(site.under_way(), 0);

    site.store.heal();
    let active = site.renew(&session).await.unwrap().unwrap();
    assert_eq!((active.is_fresh(), site.under_way()), (false, 0));

    site.clock.advance(DAY);
    // The load comes first.
    site.store.fail_nth(2);
    let as_it_was = site.renew(&session).await.unwrap().unwrap();
    assert_eq!((as_it_was.is_fresh(), site.under_way()), (false, 0));
}
