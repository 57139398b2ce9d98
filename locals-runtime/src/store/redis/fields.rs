//! A session's record as bytes, and what of it the scripts are given.
//!
//! | at | bytes | |
//! |---|---|---|
//! | 0 | 1 | version: 1 |
//! | 1 | 1 | whether there is a former hash |
//! | 2 | 33 | succession: 0 none, 1 pending, 2 promoted; the nonce, or the instant |
//! | 35 | 32 | hash of the secret |
//! | 67 | 32 | hash of the former secret |
//! | 99 | 6 × 8 | authenticated, active until, idle until, expires, renewed, created |
//! | 147 | 4 + n | length of the user id, and the user id |
//! | .. | 1 | which of the following there are |
//! | .. | | both periods, the user's stamp; device, assurance and external reference with their lengths |
//!
//! The scripts look at what stands at fixed offsets, and at the user id. Instants are ordered as their bytes are.

use crate::{
    error::StoreError,
    store::{
        Credential, Deadlines, Extension, Periods, Promotion, Rotation, SecretHash, SessionRecord,
        Succession, SuccessorNonce, Timestamp,
    },
    token::SessionId,
    user_id::UserId,
};
use std::{sync::Arc, time::Duration};

const VERSION: u8 = 1;

const PENDING: u8 = 1;
const PROMOTED: u8 = 2;

const HAS_PERIODS: u8 = 1;
const IS_BROWSER_SESSION: u8 = 1 << 1;
const HAS_STAMP: u8 = 1 << 2;
const HAS_DEVICE: u8 = 1 << 3;
const HAS_ASSURANCE: u8 = 1 << 4;
const HAS_EXTERNAL_REF: u8 = 1 << 5;

pub(super) fn written(record: &SessionRecord) -> Vec<u8> {
    let mut bytes = vec![VERSION, u8::from(record.former_hash.is_some())];
    bytes.extend(succession(record.succession.as_ref()));
    bytes.extend(record.secret_hash.as_bytes());
    let former = record.former_hash.as_deref().map(SecretHash::as_bytes);
    bytes.extend(former.unwrap_or(&[0; 32]));
    bytes.extend(instant(record.authenticated_at));
    bytes.extend(times(record.deadlines, record.renewed_at));
    bytes.extend(instant(record.created_at));
    bytes.extend(owner(&record.user_id));
    write_rest(record, &mut bytes);
    bytes
}

fn write_rest(record: &SessionRecord, bytes: &mut Vec<u8>) {
    let texts = [
        (HAS_DEVICE, &record.device),
        (HAS_ASSURANCE, &record.assurance),
        (HAS_EXTERNAL_REF, &record.external_ref),
    ];
    let mut which = 0;
    for (flag, is_there) in [
        (HAS_PERIODS, record.periods.is_some()),
        (IS_BROWSER_SESSION, record.browser_session),
        (HAS_STAMP, record.user_stamp.is_some()),
    ] {
        which |= if is_there { flag } else { 0 };
    }
    for (flag, text) in texts {
        which |= if text.is_some() { flag } else { 0 };
    }
    bytes.push(which);
    if let Some(Periods { active, idle }) = record.periods {
        bytes.extend(millis(active).to_be_bytes());
        bytes.extend(millis(idle).to_be_bytes());
    }
    if let Some(stamp) = &record.user_stamp {
        bytes.extend(stamp.as_bytes());
    }
    for text in texts.into_iter().filter_map(|(_, text)| text.as_deref()) {
        bytes.extend(measured(text));
    }
}

fn millis(period: Duration) -> u64 {
    u64::try_from(period.as_millis()).unwrap_or(u64::MAX)
}

fn measured(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("no text of a session has four gigabytes");
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

/// By which the scripts tell whose a record is.
pub(super) fn owner(user: &UserId) -> Vec<u8> {
    measured(user.as_str())
}

/// Eight bytes that are ordered as instants are, those before 1970 too.
pub(super) fn instant(at: Timestamp) -> [u8; 8] {
    (at.as_millis() ^ i64::MIN).to_be_bytes()
}

fn times(deadlines: Deadlines, renewed_at: Timestamp) -> Vec<u8> {
    let times = [
        deadlines.active_until,
        deadlines.idle_until,
        deadlines.expires_at,
        renewed_at,
    ];
    times.into_iter().flat_map(instant).collect()
}

/// What a renewal puts in the place of the deadlines and of the last renewal.
pub(super) fn extended(extension: &Extension) -> Vec<u8> {
    times(extension.deadlines, extension.renewed_at)
}

/// What a rotation puts in the place of the succession.
pub(super) fn rotated(rotation: &Rotation) -> [u8; 33] {
    let pending = rotation.successor_nonce.map(Succession::pending);
    succession(pending.as_ref())
}

/// What a promotion puts there.
pub(super) fn promoted(promotion: Promotion) -> [u8; 33] {
    succession(Some(&Succession::Promoted(promotion.promoted_at)))
}

fn succession(succession: Option<&Succession>) -> [u8; 33] {
    let mut bytes = [0; 33];
    let (kind, rest) = bytes.split_at_mut(1);
    match succession {
        None => {}
        Some(Succession::Pending(nonce)) => {
            kind.fill(PENDING);
            rest.copy_from_slice(nonce.as_bytes());
        }
        Some(Succession::Promoted(at)) => {
            kind.fill(PROMOTED);
            rest.split_at_mut(8).0.copy_from_slice(&instant(*at));
        }
    }
    bytes
}

/// The session with this id, of what is kept of it.
pub(super) fn read(id: SessionId, bytes: &[u8]) -> Result<SessionRecord, StoreError> {
    let record = Reader(bytes).record(id);
    record.map_err(|reason| StoreError::corrupt(&id, reason.to_string()))
}

/// Why bytes are no session.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("an unknown version")]
    Version,
    #[error("a value that is none of a session's")]
    Value,
    #[error("it ends too early")]
    TooShort,
    #[error("there is more than a session")]
    TooLong,
    #[error("a text that is no UTF-8")]
    Text(#[from] std::str::Utf8Error),
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn record(mut self, id: SessionId) -> Result<SessionRecord, Unreadable> {
        if self.byte()? != VERSION {
            return Err(Unreadable::Version);
        }
        let has_former = self.flag()?;
        let succession = self.succession()?;
        let secret_hash = self.hash()?;
        let former_hash = self.hash()?;
        let authenticated_at = self.instant()?;
        let deadlines = Deadlines {
            active_until: self.instant()?,
            idle_until: self.instant()?,
            expires_at: self.instant()?,
        };
        let renewed_at = self.instant()?;
        let created_at = self.instant()?;
        let user_id = UserId::from(self.text()?);
        let credential = Credential { id, secret_hash };
        let mut record = SessionRecord::new(credential, user_id, created_at, deadlines);
        record.former_hash = has_former.then(|| Box::new(former_hash));
        record.succession = succession;
        record.authenticated_at = authenticated_at;
        record.renewed_at = renewed_at;
        self.rest(&mut record)?;
        Ok(record)
    }

    fn rest(mut self, record: &mut SessionRecord) -> Result<(), Unreadable> {
        let which = self.byte()?;
        if which >= HAS_EXTERNAL_REF << 1 {
            return Err(Unreadable::Value);
        }
        let has = |flag| which & flag != 0;
        record.browser_session = has(IS_BROWSER_SESSION);
        if has(HAS_PERIODS) {
            record.periods = Some(Periods {
                active: self.period()?,
                idle: self.period()?,
            });
        }
        if has(HAS_STAMP) {
            record.user_stamp = Some(self.hash()?);
        }
        for (flag, text) in [
            (HAS_DEVICE, &mut record.device),
            (HAS_ASSURANCE, &mut record.assurance),
            (HAS_EXTERNAL_REF, &mut record.external_ref),
        ] {
            *text = if has(flag) { Some(self.text()?) } else { None };
        }
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Unreadable::TooLong)
        }
    }

    fn succession(&mut self) -> Result<Option<Succession>, Unreadable> {
        let kind = self.byte()?;
        let rest: [u8; 32] = self.bytes()?;
        match kind {
            0 => Ok(None),
            PENDING => Ok(Some(Succession::pending(SuccessorNonce::from_bytes(rest)))),
            PROMOTED => Ok(Some(Succession::Promoted(Reader(&rest).instant()?))),
            _ => Err(Unreadable::Value),
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Unreadable::TooShort)?;
        self.0 = rest;
        Ok(*bytes)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        Ok(u8::from_be_bytes(self.bytes()?))
    }

    fn flag(&mut self) -> Result<bool, Unreadable> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Unreadable::Value),
        }
    }

    fn hash(&mut self) -> Result<SecretHash, Unreadable> {
        Ok(SecretHash::from_bytes(self.bytes()?))
    }

    fn instant(&mut self) -> Result<Timestamp, Unreadable> {
        let millis = i64::from_be_bytes(self.bytes()?) ^ i64::MIN;
        Ok(Timestamp::from_millis(millis))
    }

    fn period(&mut self) -> Result<Duration, Unreadable> {
        Ok(Duration::from_millis(u64::from_be_bytes(self.bytes()?)))
    }

    fn text(&mut self) -> Result<Arc<str>, Unreadable> {
        let length = u32::from_be_bytes(self.bytes()?);
        let length = usize::try_from(length).map_err(|_| Unreadable::TooShort)?;
        let (text, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(Unreadable::TooShort)?;
        self.0 = rest;
        Ok(std::str::from_utf8(text)?.into())
    }
}

#[cfg(test)]
mod tests;
