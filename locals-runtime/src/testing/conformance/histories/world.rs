//! What a random history is about: a few ids, two users, and verbs that are likely to meet.

use super::{
    super::{NOW, Suite, model::Model, verb::Verb},
    random::Random,
};
use crate::{
    lifetime::Deadlines,
    store::{
        Credential, Extension, NewSession, Periods, Promotion, Rotation, SecretHash, SessionRecord,
        SessionUpdate, SuccessorNonce, Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// So few that they are taken again and again.
const IDS: u8 = 8;

const NAMES: [&str; 3] = ["sid", "SID", "sid "];

pub(super) struct World {
    pub(super) model: Model,
    pub(super) random: Random,
    users: [UserId; 2],
    ids: Vec<SessionId>,
    /// Which of them each user may have.
    ids_of: [Vec<SessionId>; 2],
    sweeps: bool,
    spans_users: bool,
    /// What the present verbs are about, by preference.
    hot: SessionId,
    minutes: u32,
    secrets: u64,
    can_name: bool,
}

impl World {
    pub(super) fn new(suite: &Suite<'_>, seed: u64, can_name: bool) -> Self {
        // Of which some differ in case only, and some in the first and some in the last byte.
        let id = |number: u8| {
            let mut bytes = [b'A' | ((number & 1) << 5); 16];
            bytes[0] = number & 2;
            bytes[15] = number & 4;
            bytes
        };
        let of_user = |user| {
            let mut ids: Vec<_> = (0..IDS)
                .map(|number| suite.id_of(user, id(number)))
                .collect();
            ids.sort_unstable();
            ids
        };
        let ids_of = [of_user(0), of_user(1)];
        let mut ids = ids_of.concat();
        ids.sort_unstable();
        ids.dedup();
        Self {
            model: Model::default(),
            random: Random::new(seed),
            users: suite.users.clone(),
            hot: ids[0],
            ids,
            ids_of,
            sweeps: suite.store.sweeps(),
            spans_users: suite.store.spans_users(),
            minutes: 0,
            secrets: 0,
            can_name,
        }
    }

    /// All that there may be, in order.
    pub(super) fn ids(&self) -> &[SessionId] {
        &self.ids
    }

    pub(super) fn lists(&self) -> Vec<Verb> {
        let list = |user: &UserId| Verb::List(user.clone(), Timestamp::from_millis(i64::MIN));
        self.users.iter().map(list).collect()
    }

    /// Two verbs that are more likely than not about the same.
    ///
    /// Not a sign-in beside an end by its external reference: nothing says whether the new session is one of
    /// those that end. Nor beside what ends several of which one is the new session: nobody knows its id yet, and a
    /// server that finds row by row may have passed its place.
    pub(super) fn pair(&mut self) -> [Verb; 2] {
        self.hot = *self.random.pick(&self.ids);
        let pair = [self.any_verb(), self.any_verb()].map(|verb| self.promised_whole(verb));
        let mut pair = match pair {
            [replace @ Verb::Replace(..), Verb::EndNamed(_)] => [replace, self.some_end()],
            [Verb::EndNamed(_), replace @ Verb::Replace(..)] => [self.some_end(), replace],
            pair => pair,
        };
        let made = pair.each_ref().map(|verb| self.made_by(verb));
        let [first, second] = &mut pair;
        without(first, made[1]);
        without(second, made[0]);
        pair
    }

    /// The id of a session that is not there yet.
    fn made_by(&self, verb: &Verb) -> Option<SessionId> {
        let Verb::Replace(new, _) = verb else {
            return None;
        };
        let id = new.record.id;
        self.model.get(id).is_none().then_some(id)
    }

    /// Of a store that ends sessions user by user: those of one user.
    fn promised_whole(&self, mut verb: Verb) -> Verb {
        let (first, ids) = match &mut verb {
            Verb::Replace(new, ended) => (Some(new.record.id), ended),
            Verb::End(ids) => (ids.first().copied(), ids),
            _ => return verb,
        };
        let is_own = |id: &SessionId| {
            let mut of_users = self.ids_of.iter();
            of_users.any(|own| own.contains(id) && first.is_some_and(|first| own.contains(&first)))
        };
        ids.retain(|id| self.spans_users || is_own(id));
        verb
    }

    pub(super) fn verb(&mut self) -> Verb {
        self.hot = *self.random.pick(&self.ids);
        self.any_verb()
    }

    fn any_verb(&mut self) -> Verb {
        self.minutes += self.random.below(3);
        match self.random.below(20) {
            0..=5 => self.replace(),
            6..=10 => self.update(),
            11 => Verb::Load(self.id()),
            12 => Verb::List(self.user(), self.about_now()),
            13 => Verb::End(self.some_ids()),
            14 => Verb::Delete(self.id()),
            15 if self.can_name => Verb::EndNamed(self.name()),
            15 | 16 => Verb::DeleteOfUser(self.user(), UserSessions::Only(self.id())),
            17 => Verb::DeleteOfUser(self.user(), UserSessions::AllBut(self.id())),
            18 if self.random.once_in(3) => Verb::DeleteOfUser(self.user(), UserSessions::All),
            18 => Verb::Load(self.id()),
            _ if !self.sweeps => Verb::Load(self.id()),
            _ => {
                let limit = *self.random.pick(&[0, 1, 2, u32::MAX]);
                Verb::DeleteExpired(self.about_now(), limit)
            }
        }
    }

    fn replace(&mut self) -> Verb {
        let record = self.record();
        let limit = *self.random.pick(&[1, 2, 3, 100]);
        let mut ended = self.some_ids();
        ended.retain(|id| *id != record.id);
        if self.random.once_in(2) {
            ended.clear();
        }
        Verb::Replace(Box::new(NewSession::new(record, limit)), ended)
    }

    fn record(&mut self) -> SessionRecord {
        let mut credential = Credential {
            id: self.id(),
            secret_hash: self.secret(),
        };
        let (created_at, renewed_at) = (self.about_now(), self.about_now());
        let deadlines = self.deadlines();
        let user = self.user();
        credential.id = self.own(credential.id, &user);
        let mut record = SessionRecord::new(credential, user, created_at, deadlines);
        record.renewed_at = renewed_at;
        if self.random.once_in(2) {
            record.external_ref = Some(self.name().into());
        }
        if self.random.once_in(3) {
            record.user_stamp = Some(self.secret());
            record.assurance = Some("mfa".into());
        }
        if self.random.once_in(3) {
            record.device = Some("Firefox on Linux".into());
            record.browser_session = true;
            record.periods = Some(Periods {
                active: MINUTE,
                idle: 2 * MINUTE,
            });
        }
        record
    }

    fn update(&mut self) -> Verb {
        let id = self.id();
        let session = Credential {
            id,
            secret_hash: self.presented(id),
        };
        let rotation = Rotation::new(self.secret(), None);
        let nonce = SuccessorNonce::from_bytes(*self.secret().as_bytes());
        let successor = Rotation::to_successor(self.secret(), nonce);
        let authenticated = Rotation::new(self.secret(), Some(self.about_now()));
        let promotion = Promotion::new(self.about_now());
        let extension = self.extension(id);
        Verb::Update(Box::new(match self.random.below(7) {
            0 => SessionUpdate::extension(session, extension),
            1 => SessionUpdate::rotation(session, rotation),
            2 => SessionUpdate::rotation(session, authenticated),
            3 => SessionUpdate::rotating_extension(session, extension, rotation),
            4 => SessionUpdate::rotating_extension(session, extension, successor),
            5 => SessionUpdate::promotion(session, promotion),
            _ => SessionUpdate::promoting_extension(session, extension, promotion),
        }))
    }

    /// Mostly the secret that the session has.
    fn presented(&mut self, id: SessionId) -> SecretHash {
        let row = self.model.get(id);
        let (present, former) = (
            row.map(|row| row.secret_hash),
            row.and_then(|row| row.former_hash.as_deref().copied()),
        );
        let presented = if self.random.once_in(6) {
            former
        } else {
            present
        };
        presented.unwrap_or(SecretHash::from_bytes([0; 32]))
    }

    fn extension(&mut self, id: SessionId) -> Extension {
        let now = self.about_now();
        let row = self.model.get(id);
        let read = row.map_or(now, |row| row.deadlines.active_until);
        let read = if self.random.once_in(6) { now } else { read };
        let renewed_at = self.about_now();
        Extension::new(read, renewed_at, self.deadlines())
    }

    /// They end at one instant, which no update moves.
    fn deadlines(&mut self) -> Deadlines {
        let active_until = self.about_now();
        Deadlines {
            active_until,
            idle_until: active_until.plus(self.random.below(60) * MINUTE),
            expires_at: NOW.plus(Duration::from_secs(365 * 24 * 3600)),
        }
    }

    fn about_now(&mut self) -> Timestamp {
        let later = self.minutes + self.random.below(20);
        NOW.plus(later * MINUTE)
    }

    fn id(&mut self) -> SessionId {
        if self.random.once_in(2) {
            return self.hot;
        }
        *self.random.pick(&self.ids)
    }

    /// This id, or one that the user may have.
    fn own(&self, id: SessionId, user: &UserId) -> SessionId {
        let own = &self.ids_of[usize::from(*user == self.users[1])];
        let place = self.ids.iter().position(|other| *other == id);
        let place = place.unwrap_or_default() % own.len();
        if own.contains(&id) { id } else { own[place] }
    }

    fn some_ids(&mut self) -> Vec<SessionId> {
        (0..=self.random.below(3)).map(|_| self.id()).collect()
    }

    fn some_end(&mut self) -> Verb {
        let ids = self.some_ids();
        self.promised_whole(Verb::End(ids))
    }

    fn user(&mut self) -> UserId {
        self.random.pick(&self.users).clone()
    }

    fn name(&mut self) -> String {
        (*self.random.pick(&NAMES)).to_owned()
    }

    /// Another each time.
    fn secret(&mut self) -> SecretHash {
        self.secrets += 1;
        let mut bytes = [0x5c; 32];
        bytes[..8].copy_from_slice(&self.secrets.to_be_bytes());
        SecretHash::from_bytes(bytes)
    }
}

/// Leaves it out of what ends several.
fn without(verb: &mut Verb, made: Option<SessionId>) {
    match verb {
        Verb::Replace(_, ended) => ended.retain(|id| Some(*id) != made),
        Verb::End(ids) if ids.len() > 1 => ids.retain(|id| Some(*id) != made),
        _ => {}
    }
}
