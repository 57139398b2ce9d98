//! A program with users and sessions, of which a test asks whether it works.

use crate::served::Served;
use locals::{Auth, Error, MySqlStore, PostgresStore, RedisStore, Session, testing::TestClock};
use serde::Deserialize;
use std::time::{Duration, Instant};

const EVERYBODY: std::ops::RangeInclusive<i64> = 1..=8;

/// The default of `store_deadline`.
pub const DEADLINE: Duration = Duration::from_secs(2);

/// The shorter one of somebody who is in a hurry.
pub const HASTE: Duration = Duration::from_millis(500);

/// What a machine that is busy with other tests adds.
pub const SLACK: Duration = Duration::from_millis(500);

/// After which everything works again.
const RECOVERY: Duration = Duration::from_secs(2);

/// A user: each is called by its number.
#[derive(Debug, Deserialize)]
pub struct Account {
    /// From 1 to 8.
    pub id: i64,
    /// `user 1` and so on.
    pub name: String,
}

/// Two handles of one store, and who is signed in there.
pub struct Program {
    /// With the default deadline.
    pub auth: Auth<Account>,
    /// With that of somebody who is in a hurry.
    pub hasty: Auth<Account>,
    /// What both go by.
    pub clock: TestClock,
    /// One of each user.
    pub sessions: Vec<Session>,
    /// What is signed out while the store is away: who knows when.
    parting: Session,
}

impl Program {
    /// On the server that this URL names.
    ///
    /// # Panics
    ///
    /// Where it cannot be reached.
    pub async fn at(url: &str) -> Self {
        if url.starts_with("redis") {
            return Self::on_store_at::<RedisStore>(url).await;
        }
        if url.starts_with("mysql") {
            return Self::on_store_at::<MySqlStore>(url).await;
        }
        Self::on_store_at::<PostgresStore>(url).await
    }

    async fn on_store_at<S: Served>(url: &str) -> Self {
        Self::on(S::at(url).await.expect("a store")).await
    }

    /// On a store where nobody is signed in.
    ///
    /// # Panics
    ///
    /// Where it does not work.
    pub async fn on(store: impl Served) -> Self {
        let clock = TestClock::new();
        let hasty = store.clone().auth(&clock, HASTE).await;
        let auth = store.auth(&clock, DEADLINE).await;
        let mut sessions = Vec::new();
        for user in EVERYBODY {
            sessions.push(auth.create_session(user).await.expect("a session"));
        }
        let program = Self {
            parting: auth.create_session(8).await.expect("a session"),
            hasty,
            auth,
            clock,
            sessions,
        };
        // By now each connection has answered something.
        program.works().await.expect("every answer");
        program
    }

    /// Whatever is asked is an outage, and answered in time; with the shorter deadline, too.
    ///
    /// # Panics
    ///
    /// Where anything else is answered.
    pub async fn is_away(&self) {
        tokio::join!(
            self.is_unanswered(&self.auth, DEADLINE),
            self.is_unanswered(&self.hasty, HASTE),
        );
    }

    async fn is_unanswered(&self, auth: &Auth<Account>, deadline: Duration) {
        let session = &self.sessions[0];
        tokio::join!(
            async {
                let read = auth.validate_session_user(session.token());
                is_outage("a read", in_time(deadline, read).await);
            },
            async {
                let signed_in = in_time(deadline, auth.create_session(1)).await;
                is_outage("a sign-in", signed_in);
            },
            async {
                let ended = auth.invalidate_session(self.parting.id());
                is_outage("a sign-out", in_time(deadline, ended).await);
            },
            async {
                let listed = auth.list_sessions(1);
                is_outage("a list", in_time(deadline, listed).await);
            },
            async {
                is_outage("a ping", in_time(deadline, auth.ping()).await);
            },
        );
    }

    /// Everybody is signed in still, as who they are.
    ///
    /// # Errors
    ///
    /// What the store says of what it could not do.
    ///
    /// # Panics
    ///
    /// Where anything else is answered.
    pub async fn knows_everybody(&self, auth: &Auth<Account>) -> Result<(), Error> {
        for session in &self.sessions {
            let found = auth.validate_session_user(session.token()).await?;
            let (found, account) = found.expect("nothing has ended it");
            assert_eq!(found.id(), session.id());
            assert_eq!(account.id.to_string(), session.user_id().as_str());
            assert_eq!(account.name, format!("user {}", account.id));
        }
        Ok(())
    }

    /// Asks for everything, on every connection. What cannot be done is an outage, and nothing is answered
    /// wrong.
    ///
    /// # Errors
    ///
    /// What the store says of what it could not do.
    ///
    /// # Panics
    ///
    /// Where anything else is answered.
    pub async fn works(&self) -> Result<(), Error> {
        self.knows_everybody(&self.auth).await?;
        for user in EVERYBODY {
            let session = self.auth.create_session(user).await?;
            assert_eq!(session.user_id().as_str(), user.to_string());
            let ended = self.auth.invalidate_session(session.id()).await?;
            assert!(ended, "it was there");
            let found = self.auth.validate_session(session.token()).await?;
            assert!(found.is_none(), "it has ended");
        }
        Ok(())
    }

    /// Everything works, once so many requests have failed, or fewer.
    ///
    /// # Panics
    ///
    /// Where anything else is answered.
    pub async fn fails_at_most(&self, most: usize) {
        let (mut failed, start) = (0, Instant::now());
        while let Err(error) = self.works().await {
            assert!(error.is_outage(), "{error}");
            failed += 1;
            assert!(failed <= most, "after {:?}: {error}", start.elapsed());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Within two seconds everything works as before.
    ///
    /// # Panics
    ///
    /// Where anything else is answered.
    pub async fn is_back(&self) {
        soon(|| self.works()).await;
        soon(|| self.knows_everybody(&self.hasty)).await;
    }
}

/// The answer, which comes before the deadline or hardly later.
///
/// # Errors
///
/// What was answered.
///
/// # Panics
///
/// Where it is later.
pub async fn in_time<T>(
    deadline: Duration,
    asked: impl IntoFuture<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let start = Instant::now();
    let answer = asked.await;
    let elapsed = start.elapsed();
    assert!(elapsed < deadline + SLACK, "an answer after {elapsed:?}");
    answer
}

/// Neither an answer nor "no".
///
/// # Panics
///
/// Where it is not so.
pub fn is_outage<T>(asked: &str, answer: Result<T, Error>) {
    match answer {
        Err(error) => assert!(error.is_outage(), "{asked} is refused: {error}"),
        Ok(_) => panic!("{asked} is answered"),
    }
}

/// The answer, which there is within two seconds; until then there is an outage.
///
/// # Panics
///
/// Where it is not so.
pub async fn soon<T, F>(ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, Error>>,
{
    let start = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => {
                assert!(error.is_outage(), "{error}");
                let elapsed = start.elapsed();
                assert!(elapsed < RECOVERY + SLACK, "after {elapsed:?}: {error}");
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
