//! [`VisitorValues`]: the small values that a browser carries, each in a cookie beside the session's.
//!
//! No row and no key: who has the browser can change what is in it. A value is JSON in base64url, under
//! the session cookie's name, a dot, and its own; the flashes together are in one cookie more.

mod flash;
mod name;
mod value;

pub use flash::Flash;

use crate::{
    cookie::{CookieOptions, read, write},
    error::{Error, ValueError},
    event::TARGET,
    response::SetCookie,
};
use flash::Flashes;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use value::{Held, LIMIT};

/// Where the flashes are. No value's cookie can be called so: a dot is in its place there.
const FLASHES: &str = "~flash";

/// How long a browser keeps what it was given.
const AN_HOUR: u64 = 60 * 60;

/// As many cookies as a browser is asked to keep for one domain (RFC 6265bis §6.1).
const MOST_VALUES: usize = 50;

/// What the request's browser carries, and what it will carry after the response.
#[derive(Default)]
pub(crate) struct VisitorValues(Mutex<State>);

#[derive(Default)]
struct State {
    values: BTreeMap<Box<str>, Value>,
    flashes: Flashes,
    /// The answer depends on what the browser carries.
    used: bool,
}

/// What is known of one name.
#[derive(Default)]
struct Value {
    /// What the browser will hold after the response.
    held: Option<Held>,
    /// The request brought one.
    came: bool,
    changed: bool,
    /// By a sign-in or a sign-out, which the store has committed.
    dropped: bool,
}

impl VisitorValues {
    /// What these `Cookie` lines bring beside the session's cookie, if they bring anything.
    ///
    /// For requests of which [`read::find`] has seen that they may.
    pub(crate) fn read<'a>(
        lines: impl Iterator<Item = &'a [u8]>,
        session: &str,
    ) -> Option<Box<Self>> {
        let mut state = State::default();
        for (rest, octets) in read::beside(lines, session.as_bytes()) {
            state.bring(rest, octets);
        }
        let is_any = !state.values.is_empty() || state.flashes.came();
        is_any.then(|| Box::new(Self(Mutex::new(state))))
    }

    /// Gives the browser a value; if there is no room for it, nothing changes.
    pub(crate) fn put(&self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let put = self.try_put(name, value);
        put.map_err(|reason| {
            tracing::error!(target: TARGET, value = ?name, %reason, "value not put");
            let name = name.to_owned();
            Error::Value { name, reason }
        })
    }

    fn try_put(&self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), ValueError> {
        if name::parse(name.as_bytes()).is_none() {
            return Err(ValueError::Name);
        }
        // The application's code: it runs before the lock is taken.
        let json = serde_json::to_vec(value).map_err(|error| ValueError::Json(error.into()))?;
        let text = value::encode(&json);
        self.lock().put(name, text)
    }

    /// The browser's value of this name, which it drops with the response; what is not of type `T`, or
    /// was never written here, is none.
    pub(crate) fn take<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let text = self.lock().take(name)?;
        // The application's code: the lock is free again.
        value::decode(&text)
    }

    /// Adds to what the next page will tell.
    pub(crate) fn flash(&self, flash: Flash) {
        let mut state = self.lock();
        state.used = true;
        let fits = flash.size() <= state.room();
        if fits {
            state.flashes.add(flash);
        }
        drop(state);
        if !fits {
            tracing::warn!(
                target: TARGET,
                "a flash was dropped: all that a browser carries has to fit into 3 KiB of cookies"
            );
        }
    }

    /// What the page before had to tell, which the browser drops with the response.
    pub(crate) fn flashes(&self) -> Vec<Flash> {
        let mut state = self.lock();
        state.used = true;
        state.flashes.read()
    }

    /// At a sign-in or a sign-out that the store has committed: every value that was put before is gone,
    /// the flashes are not (D-03).
    pub(crate) fn drop_values(&self) {
        for value in self.lock().values.values_mut() {
            // A cookie that cannot be ours is not: another `Auth` of this host may have put it there.
            if !matches!(value.held, Some(Held::Foreign)) {
                value.replace(None);
                value.dropped = true;
            }
        }
    }

    /// Whether anything was asked or changed: then the response varies by the cookie.
    pub(crate) fn is_used(&self) -> bool {
        self.lock().used
    }

    /// The `Set-Cookie` lines of what has changed.
    pub(crate) fn lines(&self, options: &CookieOptions) -> Box<[SetCookie]> {
        let state = self.lock();
        let values = state.values.iter();
        let values = values.filter_map(|(name, value)| value.line(options, name));
        values.chain(state.flash_line(options)).collect()
    }

    // Nothing of the application's runs while the lock is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Notes a cookie of the request, whose name goes on like this.
    fn bring(&mut self, rest: &[u8], octets: &[u8]) {
        if rest == FLASHES.as_bytes() {
            self.flashes.bring(octets);
            return;
        }
        let Some(name) = rest.strip_prefix(b".").and_then(name::parse) else {
            return;
        };
        if self.values.len() < MOST_VALUES || self.values.contains_key(name) {
            let value = self.values.entry(name.into()).or_default();
            value.came = true;
            Held::add(&mut value.held, octets);
        }
    }

    fn put(&mut self, name: &str, text: String) -> Result<(), ValueError> {
        self.used = true;
        let others = self.values.iter().filter(|(other, _)| ***other != *name);
        let octets = text.len() + others.map(|(_, value)| value.size()).sum::<usize>();
        if octets > LIMIT {
            return Err(ValueError::TooLarge {
                octets,
                limit: LIMIT,
            });
        }
        let value = self.values.entry(name.into()).or_default();
        value.replace(Some(Held::Text(text.into())));
        Ok(())
    }

    fn take(&mut self, name: &str) -> Option<Box<str>> {
        self.used = true;
        match self.values.get_mut(name)?.replace(None)? {
            Held::Text(text) => Some(text),
            Held::Several | Held::Foreign => None,
        }
    }

    /// What the values leave of the limit for the flashes.
    fn room(&self) -> usize {
        let values: usize = self.values.values().map(Value::size).sum();
        LIMIT.saturating_sub(values)
    }

    fn flash_line(&self, options: &CookieOptions) -> Option<SetCookie> {
        let room = self.room();
        let mut values = self.values.values();
        // What was put has taken the room of flashes that the request brought.
        let is_crowded = self.flashes.size() > room && values.any(Value::is_put);
        if !(self.flashes.is_changed() || is_crowded) {
            return None;
        }
        let text = self.flashes.text(room);
        let is_worth_a_line = text.is_some() || self.flashes.came();
        is_worth_a_line.then(|| cookie(options, FLASHES, text.as_deref(), false))
    }
}

impl Value {
    fn replace(&mut self, held: Option<Held>) -> Option<Held> {
        self.changed = true;
        std::mem::replace(&mut self.held, held)
    }

    fn is_put(&self) -> bool {
        self.changed && self.held.is_some()
    }

    /// The octets that it takes in a cookie.
    fn size(&self) -> usize {
        self.held.as_ref().map_or(0, Held::size)
    }

    fn line(&self, options: &CookieOptions, name: &str) -> Option<SetCookie> {
        let text = match &self.held {
            Some(Held::Text(text)) => Some(&**text),
            Some(Held::Several | Held::Foreign) | None => None,
        };
        let is_worth_a_line = self.changed && (self.came || text.is_some());
        is_worth_a_line.then(|| cookie(options, &format!(".{name}"), text, self.dropped))
    }
}

/// The cookie whose name goes on like this; without a text, its removal.
fn cookie(options: &CookieOptions, rest: &str, text: Option<&str>, committed: bool) -> SetCookie {
    let name = format!("{}{rest}", options.name);
    SetCookie {
        line: write::beside(options, &name, text, AN_HOUR),
        name: name.into(),
        committed,
        is_renewal: false,
    }
}

#[cfg(test)]
mod tests;
