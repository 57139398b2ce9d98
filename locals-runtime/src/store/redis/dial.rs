//! [`Dialer`]: one new connection, all of it under one timeout: which server it is to be, the way there, and whether
//! it is one that keeps sessions.

use super::{
    connection::{Connection, Parts},
    keys::Keys,
    opener::{Opened, Opener, Way},
    pipeline::Pipeline,
    place::Place,
    probe,
    resp::{Command, Value},
    scripts::Scripts,
    sentinels::{HASTE, Leader, PATIENCE as PATIENCE_WITH_SENTINELS, Sentinels},
    server::{Server, warnings},
};
use crate::{
    error::StoreError,
    store::link::{Dial, Lost, Task},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// For one connection, until it can be asked.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the server may say nothing while something is asked: less than the engine waits for a change.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How often that is looked at.
const WATCH: Duration = Duration::from_millis(250);

/// How often the sentinels are asked whether another server leads, for the old one is told ten seconds later; and a
/// server, whether it has been told.
const LOOKOUT: Duration = Duration::from_millis(500);

/// What is the same for all servers that are connected to.
#[derive(Clone)]
pub(super) struct Terms {
    pub(super) way: Way,
    pub(super) keys: Keys,
    /// Whether each of them has the keys of some users only.
    pub(super) in_cluster: bool,
}

impl Terms {
    pub(super) fn to(&self, place: Place) -> Dialer {
        Dialer {
            terms: self.clone(),
            route: Route::To(place),
        }
    }
}

pub(super) struct Dialer {
    pub(super) terms: Terms,
    pub(super) route: Route,
}

/// How it is known which server is connected to.
pub(super) enum Route {
    To(Place),
    By(Arc<Sentinels>),
}

/// What keeps a connection going, and looks out for a server that leads in the place of its own.
pub(super) struct Driver {
    bytes: Task<()>,
    // Held for their end.
    _lookouts: Vec<Task<()>>,
}

impl Dial for Dialer {
    type Connection = Connection;
    type Driver = Driver;
    const SERVER: &'static str = "Redis";

    async fn connect(&self) -> Result<(Arc<Connection>, Driver), StoreError> {
        let deadline = Instant::now() + CONNECT_TIMEOUT;
        let runtime = &self.terms.way.runtime;
        let mut lookouts = Vec::new();
        let (connection, bytes) = match &self.route {
            Route::To(place) => self.dial(place.clone(), deadline).await?,
            Route::By(sentinels) => {
                let leader = sentinels.leader(HASTE).await?;
                let (connection, bytes) = self.dial(leader.place.clone(), deadline).await?;
                let looking = look_out(Arc::clone(sentinels), leader, Arc::clone(&connection));
                lookouts.push(Task::spawn(runtime, looking));
                (connection, bytes)
            }
        };
        // In a cluster, one that follows another sends whoever asks it to that one.
        if !self.terms.in_cluster {
            lookouts.push(Task::spawn(runtime, ask_again(Arc::clone(&connection))));
        }
        let driver = Driver {
            bytes,
            _lookouts: lookouts,
        };
        Ok((connection, driver))
    }

    async fn watch(&self, connection: &Connection, mut driver: Driver) -> Lost {
        loop {
            let has_ended = driver.bytes.ended_within(WATCH).await.is_some();
            let was_silent = !has_ended && connection.is_given_up_for_silence(PATIENCE);
            if has_ended || was_silent {
                return Lost {
                    cause: connection.why_lost(),
                    was_silent,
                };
            }
        }
    }
}

/// Gives a connection up once another server leads: until the old one is told, it takes writes that will be lost,
/// and knows none of the new ones.
async fn look_out(sentinels: Arc<Sentinels>, here: Leader, connection: Arc<Connection>) {
    loop {
        sleep(LOOKOUT).await;
        let Ok(leader) = sentinels.leader(PATIENCE_WITH_SENTINELS).await else {
            continue;
        };
        if leader.epoch > here.epoch && leader.place != here.place {
            return connection
                .give_up(format!("its sentinels say that {} leads now", leader.place));
        }
    }
}

/// Gives a connection up once its server follows another one: it takes no writes, and goes on answering reads with
/// what may be old. While nobody asks, nor does this.
async fn ask_again(connection: Arc<Connection>) {
    loop {
        sleep(LOOKOUT).await;
        if !connection.was_asked() {
            continue;
        }
        let is_replica = timeout(PATIENCE, connection.leads_to_replica()).await;
        if is_replica.unwrap_or(false) {
            return connection.give_up("its server follows another one now".to_owned());
        }
    }
}

impl Dialer {
    async fn dial(
        &self,
        place: Place,
        deadline: Instant,
    ) -> Result<(Arc<Connection>, Task<()>), StoreError> {
        let opener = self.terms.way.to(place)?;
        let Opened {
            pipeline,
            driver,
            server,
        } = opener.open(deadline).await?;
        let scripts = timeout_at(deadline, self.scripts(&opener, &pipeline, &server)).await;
        let connection = Connection::new(Parts {
            scripts: scripts.unwrap_or_else(|_| Err(opener.late()))?,
            pipeline,
            driver: driver.handle(),
            runtime: self.terms.way.runtime.clone(),
        });
        Ok((Arc::new(connection), driver))
    }

    /// As this server takes them, if it is one that keeps sessions.
    async fn scripts(
        &self,
        opener: &Opener,
        pipeline: &Pipeline,
        server: &Server,
    ) -> Result<Scripts, StoreError> {
        server.check(self.terms.in_cluster)?;
        if let Some(select) = self.terms.way.greeting.select() {
            let selected = pipeline.ask(&select).await;
            selected.map_err(|failed| opener.told(failed))?;
        }
        let question = probe::question(&self.terms.keys.of_nobody());
        probe::check(opener, pipeline.ask(&question).await)?;
        Ok(Scripts::new(server.takes_flags()))
    }

    /// What whoever runs the server should mend, where it lets us ask, and answers in time.
    pub(super) async fn warnings(connection: &Connection) -> Vec<String> {
        let asked = async {
            let info = connection.read(&Command::new("INFO")).await;
            let info = info.ok().and_then(|answer| answer.text().ok());
            let question = Command::new("CONFIG").arg("GET").arg("save");
            let save = connection.read(&question).await;
            let save = save.ok().and_then(|answer| answer.named("save").cloned());
            let save = save.and_then(|save| Value::text(save).ok());
            warnings(&info.unwrap_or_default(), save.as_deref())
        };
        timeout(CONNECT_TIMEOUT, asked).await.unwrap_or_default()
    }
}
