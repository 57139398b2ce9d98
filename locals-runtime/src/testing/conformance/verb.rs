//! The verbs of a store as values, and what they answer.

use crate::{
    error::StoreError,
    store::{
        Deadlines, NewSession, Periods, Replaced, SecretHash, SessionRecord, SessionStore,
        SessionUpdate, StoreFuture, Succession, Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use data_encoding::BASE64URL_NOPAD;
use std::{fmt, future::Future, pin::Pin};

/// Something to ask a store.
#[derive(Clone, Debug)]
pub(super) enum Verb {
    Replace(Box<NewSession>, Vec<SessionId>),
    Load(SessionId),
    Update(Box<SessionUpdate>),
    End(Vec<SessionId>),
    EndNamed(String),
    Delete(SessionId),
    DeleteOfUser(UserId, UserSessions),
    List(UserId, Timestamp),
    DeleteExpired(Timestamp, u32),
    Ping,
}

/// What a store says; two are equal if nobody could tell them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Replaced(Replaced),
    /// The id is.
    Taken,
    Row(Option<Box<Row>>),
    /// Most recently renewed first, those of one instant by their ids.
    Rows(Vec<Row>),
    Changed(bool),
    Ended(u64),
    Done,
}

impl Answer {
    pub(super) fn row(row: Option<&SessionRecord>) -> Self {
        Self::Row(row.map(|row| Box::new(Row::from(row))))
    }
}

/// A record that is compared and printed with its hashes; those of a test are no secrets.
#[derive(Clone)]
pub(super) struct Row(SessionRecord);

type Hash = [u8; 32];

/// Every field, so that none that a record is given one day is left out.
type Fields<'a> = (
    (SessionId, Hash, Option<Hash>, Option<Succession>),
    (&'a UserId, Option<Hash>, [Timestamp; 3], Deadlines),
    (Option<Periods>, bool, [Option<&'a str>; 3]),
);

fn fields(record: &SessionRecord) -> Fields<'_> {
    let SessionRecord {
        id,
        secret_hash,
        former_hash,
        succession,
        user_id,
        user_stamp,
        created_at,
        authenticated_at,
        renewed_at,
        deadlines,
        periods,
        browser_session,
        device,
        assurance,
        external_ref,
    } = record;
    let hash = |hash: &SecretHash| *hash.as_bytes();
    let times = [*created_at, *authenticated_at, *renewed_at];
    let texts = [device, assurance, external_ref].map(Option::as_deref);
    (
        (
            *id,
            hash(secret_hash),
            former_hash.as_deref().map(hash),
            succession.clone(),
        ),
        (user_id, user_stamp.as_ref().map(hash), times, *deadlines),
        (*periods, *browser_session, texts),
    )
}

impl From<&SessionRecord> for Row {
    fn from(record: &SessionRecord) -> Self {
        Self(record.clone())
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        fields(&self.0) == fields(&other.0)
    }
}

impl Eq for Row {}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |hash: &SecretHash| BASE64URL_NOPAD.encode(hash.as_bytes());
        let Self(record) = self;
        let nonce = match &record.succession {
            Some(Succession::Pending(nonce)) => BASE64URL_NOPAD.encode(nonce.as_bytes()),
            _ => String::new(),
        };
        write!(
            f,
            "{record:?} of {}, formerly {:?}, for {:?}, next {nonce:?}",
            text(&record.secret_hash),
            record.former_hash.as_deref().map(text),
            record.user_stamp.as_ref().map(text),
        )
    }
}

/// The rows of a list, in an order that depends on nothing but them.
pub(super) fn listed(mut records: Vec<SessionRecord>) -> Vec<Row> {
    records.sort_unstable_by_key(|record| (std::cmp::Reverse(record.renewed_at), record.id));
    records.iter().map(Row::from).collect()
}

/// A question that is under way.
pub(super) type Asked<'a> = Pin<Box<dyn Future<Output = Result<Answer, StoreError>> + Send + 'a>>;

/// Calls the store; the answer comes by polling.
pub(super) fn ask<'a>(store: &'a dyn SessionStore, verb: &Verb) -> Asked<'a> {
    match verb.clone() {
        Verb::Replace(new, ended) => {
            let asked = store.replace(*new, ended);
            Box::pin(async move {
                match asked.await {
                    Err(StoreError::DuplicateId) => Ok(Answer::Taken),
                    replaced => replaced.map(Answer::Replaced),
                }
            })
        }
        Verb::Load(id) => {
            let asked = store.load(id);
            Box::pin(async move { Ok(Answer::row(asked.await?.as_ref())) })
        }
        Verb::Update(update) => changed(store.update(*update)),
        Verb::End(ids) => ended(store.end(ids)),
        Verb::EndNamed(name) => ended(store.delete_by_external_ref(&name)),
        Verb::Delete(id) => changed(store.delete(id)),
        Verb::DeleteOfUser(user, which) => ended(store.delete_of_user(user, which)),
        Verb::List(user, now) => {
            let asked = store.list(user, now);
            Box::pin(async move {
                let records = asked.await?;
                let in_order = |a: &SessionRecord, b: &SessionRecord| a.renewed_at >= b.renewed_at;
                assert!(
                    records.is_sorted_by(in_order),
                    "most recently renewed first"
                );
                Ok(Answer::Rows(listed(records)))
            })
        }
        Verb::DeleteExpired(deadline, limit) => ended(store.delete_expired(deadline, limit)),
        Verb::Ping => {
            let asked = store.ping();
            Box::pin(async move { asked.await.map(|()| Answer::Done) })
        }
    }
}

fn changed(asked: StoreFuture<'_, bool>) -> Asked<'_> {
    Box::pin(async move { asked.await.map(Answer::Changed) })
}

fn ended(asked: StoreFuture<'_, u64>) -> Asked<'_> {
    Box::pin(async move { asked.await.map(Answer::Ended) })
}

/// What the store has of these ids, in the order of the ids.
pub(super) async fn rows(store: &dyn SessionStore, ids: &[SessionId]) -> Vec<Row> {
    let mut rows = Vec::new();
    for id in ids {
        let found = store.load(*id).await.expect("an answer");
        rows.extend(found.as_ref().map(Row::from));
    }
    rows
}
