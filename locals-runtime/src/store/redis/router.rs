//! [`Router`]: which server is asked.

use super::{
    cluster::Cluster,
    connection::Connection,
    error::Failed,
    question::{Question, Removal},
    resp::{Command, Value},
    scripts::{Call, replaced},
};
use crate::store::link::Link;

pub(super) enum Router {
    /// The one that there is, or that leads.
    One(Link<Connection>),
    /// The one that has the key.
    Cluster(Cluster),
}

impl Router {
    /// Asks for what changes nothing.
    pub(super) async fn read(&self, question: &Question) -> Result<Value, Failed> {
        match self {
            Self::One(link) => link.connection().await?.ask(question, false).await,
            Self::Cluster(cluster) => cluster.read(question).await,
        }
    }

    /// Asks for a change.
    pub(super) async fn change(&self, question: Question) -> Result<Value, Failed> {
        match self {
            Self::One(link) => link.connection().await?.change(question).await,
            Self::Cluster(cluster) => cluster.change(question).await,
        }
    }

    pub(super) async fn ping(&self) -> Result<(), Failed> {
        match self {
            Self::One(link) => {
                let connection = link.connection().await?;
                connection.read(&Command::new("PING")).await?;
                Ok(())
            }
            Self::Cluster(cluster) => cluster.ping().await,
        }
    }

    /// Whether one script reaches all keys.
    pub(super) fn has_all_keys_together(&self) -> bool {
        matches!(self, Self::One(_))
    }

    /// A sign-in, and then the end of what the script does not reach; nothing where the id is taken. `undo` takes the
    /// new session back.
    pub(super) async fn replace(
        &self,
        call: Call,
        undo: Vec<Removal>,
        elsewhere: Vec<Removal>,
    ) -> Result<Option<(u64, u64)>, Failed> {
        match self {
            Self::One(_) => Ok(replaced(self.change(Question::Script(call)).await?)?),
            Self::Cluster(cluster) => cluster.replace(call, undo, elsewhere).await,
        }
    }
}
