//! [`Sentinels`]: who watches a server and its replicas, and is asked which of them leads.

use super::{
    error::Failed,
    opener::{Opened, Opener},
    pipeline::Pipeline,
    place::Place,
    resp::{Command, Unexpected, Value},
};
use crate::error::StoreError;
use std::{str::FromStr, sync::Arc, time::Duration};
use tokio::{
    runtime::Handle,
    sync::Mutex,
    task::JoinSet,
    time::{Instant, timeout_at},
};

/// For all that they say.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

/// For the others, once one has answered: somebody waits.
pub(super) const HASTE: Duration = Duration::from_millis(50);

pub(super) struct Sentinels {
    service: Arc<str>,
    sentinels: Vec<Arc<Sentinel>>,
    runtime: Handle,
}

/// What a sentinel says of who leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leader {
    /// Of two decisions that of the higher epoch holds.
    pub(super) epoch: u64,
    pub(super) place: Place,
}

impl Sentinels {
    pub(super) fn new(service: &str, openers: Vec<Opener>, runtime: Handle) -> Self {
        let sentinel = |opener| {
            Arc::new(Sentinel {
                opener,
                kept: Mutex::default(),
            })
        };
        Self {
            service: service.into(),
            sentinels: openers.into_iter().map(sentinel).collect(),
            runtime,
        }
    }

    /// By the last decision that any of them knows: one that was cut off from the others may know an old one.
    pub(super) async fn leader(&self, for_the_others: Duration) -> Result<Leader, StoreError> {
        let mut asked = self.ask_all();
        let mut limit = Instant::now() + PATIENCE;
        let mut last: Option<Leader> = None;
        let mut failure = StoreError::unavailable("no Sentinel of Redis answered in time");
        while let Ok(Some(answer)) = timeout_at(limit, asked.join_next()).await {
            match answer {
                Ok(Ok(leader)) => {
                    limit = limit.min(Instant::now() + for_the_others);
                    if last.as_ref().is_none_or(|last| last.epoch < leader.epoch) {
                        last = Some(leader);
                    }
                }
                // What only whoever runs the program can mend is said first.
                Ok(Err(error)) if !matches!(failure, StoreError::Setup(_)) => failure = error,
                Ok(Err(_)) | Err(_) => {}
            }
        }
        last.ok_or(failure)
    }

    fn ask_all(&self) -> JoinSet<Result<Leader, StoreError>> {
        let mut asked = JoinSet::new();
        for sentinel in &self.sentinels {
            let (sentinel, service) = (Arc::clone(sentinel), Arc::clone(&self.service));
            let answer = async move { sentinel.leader(&service).await };
            asked.spawn_on(answer, &self.runtime);
        }
        asked
    }
}

/// One of them, with the connection on which it was asked before.
struct Sentinel {
    opener: Opener,
    kept: Mutex<Option<Opened>>,
}

impl Sentinel {
    async fn leader(&self, service: &str) -> Result<Leader, StoreError> {
        let mut kept = self.kept.lock().await;
        // It stays away where this is dropped half-way.
        if let Some(opened) = kept.take()
            && let Ok(leader) = ask(&opened.pipeline, service).await
        {
            *kept = Some(opened);
            return Ok(leader);
        }
        let opened = self.opener.open(Instant::now() + PATIENCE).await?;
        let answer = ask(&opened.pipeline, service).await;
        let leader = answer.map_err(|failed| self.told(failed, service))?;
        *kept = Some(opened);
        Ok(leader)
    }

    fn told(&self, failed: Failed, service: &str) -> StoreError {
        let detail = failed.refusal().map_or("", |refusal| &refusal.detail);
        if detail.contains("No such master") {
            return StoreError::Setup(self.opener.at(format_args!(
                "this Sentinel watches no `{}`: the name is that of `sentinel monitor`",
                service.escape_debug()
            )));
        }
        if detail.contains("unknown command") || detail.contains("nknown subcommand") {
            return StoreError::Setup(self.opener.at("this is no Sentinel"));
        }
        self.opener.told(failed)
    }
}

/// The epoch first: a decision between the two answers is at worst taken for the one before it.
async fn ask(pipeline: &Pipeline, service: &str) -> Result<Leader, Failed> {
    let question = |name: &str| Command::new("SENTINEL").arg(name).arg(service);
    let state = pipeline.ask(&question("MASTER")).await?;
    let epoch = Value::Map(state.map()?).named("config-epoch").cloned();
    let address = pipeline.ask(&question("GET-MASTER-ADDR-BY-NAME")).await?;
    let [host, port] = address.list()?.try_into().map_err(|_| Unexpected)?;
    Ok(Leader {
        epoch: epoch.and_then(|epoch| number(epoch).ok()).unwrap_or(0),
        place: Place::Tcp(host.text()?, number(port)?),
    })
}

/// One that is answered as text.
fn number<N: FromStr>(value: Value) -> Result<N, Unexpected> {
    value.text()?.parse().map_err(|_| Unexpected)
}
