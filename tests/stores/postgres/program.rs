//! A program with users and sessions, of which a test asks whether it works.

use locals::{Auth, Error, PostgresStore, Session, testing::TestClock};
use serde::Deserialize;
use std::time::{Duration, Instant};

/// Eight of them, so that each connection that writes has some.
pub(crate) const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL); \
     INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 8) n";

const EVERYBODY: std::ops::RangeInclusive<i64> = 1..=8;

/// The default of `store_deadline`.
pub(crate) const DEADLINE: Duration = Duration::from_secs(2);

/// The shorter one of somebody who is in a hurry.
pub(crate) const HASTE: Duration = Duration::from_millis(500);

/// What a machine that is busy with other tests adds.
pub(crate) const SLACK: Duration = Duration::from_millis(500);

/// After which everything works again.
const RECOVERY: Duration = Duration::from_secs(2);

#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) name: String,
}

pub(crate) struct Program {
    pub(crate) auth: Auth<Account>,
    pub(crate) hasty: Auth<Account>,
    pub(crate) clock: TestClock,
    /// One of each user.
    pub(crate) sessions: Vec<Session>,
    /// What is signed out while the store is away: who knows when.
    parting: Session,
}

impl Program {
    pub(crate) async fn at(url: &str) -> Self {
        let store = PostgresStore::connect(url).await;
        Self::on(store.expect("a store")).await
    }

    /// Where [`USERS`] are.
    pub(crate) async fn on(store: PostgresStore) -> Self {
        let clock = TestClock::new();
        let store = store.with_users("users");
        let hasty = Auth::<Account>::builder(store.clone()).store_deadline(HASTE);
        let hasty = hasty.clock(clock.clone()).connect().await;
        let auth = Auth::<Account>::builder(store).clock(clock.clone());
        let auth = auth.connect().await.expect("tables");
        let mut sessions = Vec::new();
        for user in EVERYBODY {
            sessions.push(auth.create_session(user).await.expect("a session"));
        }
        let program = Self {
            parting: auth.create_session(8).await.expect("a session"),
            hasty: hasty.expect("tables"),
            auth,
            clock,
            sessions,
        };
        // By now each connection has answered something.
        program.works().await.expect("every answer");
        program
    }

    /// Whatever is asked is an outage, and answered in time; with the shorter deadline, too.
    pub(crate) async fn is_away(&self) {
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
    pub(crate) async fn knows_everybody(&self, auth: &Auth<Account>) -> Result<(), Error> {
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
    pub(crate) async fn works(&self) -> Result<(), Error> {
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

    /// Within two seconds everything works as before.
    pub(crate) async fn is_back(&self) {
        soon(|| self.works()).await;
        soon(|| self.knows_everybody(&self.hasty)).await;
    }
}

/// The answer, which comes before the deadline or hardly later.
pub(crate) async fn in_time<T>(
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
pub(crate) fn is_outage<T>(asked: &str, answer: Result<T, Error>) {
    match answer {
        Err(error) => assert!(error.is_outage(), "{asked} is refused: {error}"),
        Ok(_) => panic!("{asked} is answered"),
    }
}

/// The answer, which there is within two seconds; until then there is an outage.
pub(crate) async fn soon<T, F>(ask: impl Fn() -> F) -> T
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
