//! Users whose ids are easily taken for one another.

use super::{Suite, numbered_bytes, promise};
use crate::{
    error::StoreError,
    store::{NewSession, Replaced, SessionRecord, SessionStore, UserSessions},
    token::SessionId,
    user_id::UserId,
};

/// No two are the same; many become so by a collation, a trim, a normal form, a number or another encoding.
const LIKE_EACH_OTHER: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "a ",
    " a",
    "a\u{a0}",
    "a\t",
    "a\n",
    "a\r\n",
    "\u{0}",
    "a\u{0}",
    "a\u{0}b",
    "\u{e1}",
    "a\u{301}",
    "\u{c5}",
    "\u{212b}",
    "A\u{30a}",
    "\u{3a9}",
    "\u{2126}",
    "ss",
    "\u{df}",
    "\u{1e9e}",
    "i",
    "I",
    "\u{130}",
    "\u{131}",
    "fi",
    "\u{fb01}",
    "0",
    "-0",
    "00",
    "1",
    "01",
    "001",
    "+1",
    "1.0",
    "1e0",
    "\u{ff11}",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "'; DROP TABLE locals_sessions; --",
    "\"; --",
    "\\",
    "\\x61",
    "%",
    "_",
    "*",
    "$1",
    "?1",
    ":a",
    "a:b",
    "{a}",
    "{a}b",
    "NULL",
    "null",
    "true",
    "\u{fffe}",
    "\u{ffff}",
    "\u{fffd}",
    "\u{feff}",
    "\u{feff}a",
    "a\u{200b}",
    "a\u{200d}",
    "\u{200f}a",
    "\u{202e}a",
    "\u{10fffe}",
    "\u{1f980}",
    "\u{1f980}\u{1f980}",
    "\u{1f469}\u{200d}\u{1f4bb}",
];

fn users() -> Vec<UserId> {
    let mut users: Vec<UserId> = LIKE_EACH_OTHER.iter().map(|id| UserId::from(*id)).collect();
    users.extend([
        "x".repeat(1024).into(),
        "X".repeat(1024).into(),
        format!("{}y", "x".repeat(1023)).into(),
        "x".repeat(1023).into(),
        "\u{e9}".repeat(512).into(),
    ]);
    users
}

/// Checks that any text is a user of its own, byte for byte, or is refused as
/// [`UnknownUser`](StoreError::UnknownUser): texts that differ in case, in the spaces at their ends, in their
/// normal form, in what a number or another encoding makes of them; 1 KiB of text; and what is meant to
/// break a statement.
///
/// For stores that keep any text as a user's id, with no table of users beside it; empty, like those of
/// [`check`](super::check).
///
/// # Panics
///
/// At the first promise that is broken.
pub async fn check_text_ids(store: &dyn SessionStore) {
    let ids = TextIds {
        suite: Suite {
            store,
            users: ["1".into(), "2".into()],
        },
        users: users(),
    };
    let check = ids.a_09_each_text_is_another_user_or_none();
    promise("a_09_each_text_is_another_user_or_none", check).await;
}

struct TextIds<'a> {
    suite: Suite<'a>,
    users: Vec<UserId>,
}

impl TextIds<'_> {
    async fn a_09_each_text_is_another_user_or_none(&self) {
        let mut taken = Vec::new();
        for (number, user) in (0..).zip(&self.users) {
            taken.push(self.is_taken(number, user).await);
        }
        assert!(taken.contains(&true), "somebody may sign in");
        for ((number, user), is_taken) in (0..).zip(&self.users).zip(&taken) {
            self.has_own_session(number, user, *is_taken).await;
        }
        for (user, is_taken) in self.users.iter().zip(taken) {
            let all = UserSessions::All;
            let ended = self.suite.store.delete_of_user(user.clone(), all).await;
            assert_eq!(
                ended.unwrap_or_else(none_of),
                u64::from(is_taken),
                "{user:?}"
            );
        }
    }

    fn record(&self, number: u32, user: &UserId) -> SessionRecord {
        let random = SessionId::from_bytes(numbered_bytes(number));
        SessionRecord {
            id: self.suite.store.new_id(user, random),
            user_id: user.clone(),
            ..self.suite.numbered(0, number)
        }
    }

    /// Signs in a user who may have one session: whoever is taken for another drops that one's.
    async fn is_taken(&self, number: u32, user: &UserId) -> bool {
        let record = self.record(number, user);
        match self.suite.insert_new(NewSession::new(record, 1)).await {
            Ok(replaced) => {
                assert_eq!(replaced, Replaced::new(0, 0), "{user:?} is nobody else");
                true
            }
            Err(StoreError::UnknownUser) => false,
            Err(error) => panic!("{user:?} is refused otherwise: {error}"),
        }
    }

    async fn has_own_session(&self, number: u32, user: &UserId, is_taken: bool) {
        let record = self.record(number, user);
        let found = self.suite.load(record.id).await;
        let kept = found.as_ref().map(|row| &row.user_id);
        assert_eq!(kept, is_taken.then_some(user), "byte for byte");
        let now = record.created_at;
        let listed = match self.suite.store.list(user.clone(), now).await {
            Err(StoreError::UnknownUser) => Vec::new(),
            listed => listed.expect("an answer"),
        };
        let ids: Vec<_> = listed.iter().map(|row| row.id).collect();
        let own: Vec<_> = is_taken.then_some(record.id).into_iter().collect();
        assert_eq!(ids, own, "{user:?} has no other's");
    }
}

/// Of a user whom the store does not take.
fn none_of(error: StoreError) -> u64 {
    match error {
        StoreError::UnknownUser => 0,
        error => panic!("an answer: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_text_stands_there_twice() {
        let users = users();
        assert_eq!(users.iter().collect::<BTreeSet<_>>().len(), users.len());
    }
}
