//! [`Config`]: what every request needs to know.

use super::{Renewal, ask::Limits};
use crate::{
    clock::{Clock, SystemClock},
    cookie::CookieOptions,
    event::Events,
    lifetime::Lifetimes,
    login::LoginOptions,
    origin::OriginCheck,
    refusal::Hook,
    token::{Entropy, operating_system},
};
use std::fmt;

/// What every request needs to know.
pub(crate) struct Config {
    pub(crate) clear_site_data: bool,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) cookie: CookieOptions,
    pub(crate) entropy: Entropy,
    pub(crate) events: Events,
    /// Whether users have security stamps.
    pub(crate) has_stamps: bool,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) login: LoginOptions,
    pub(crate) max_sessions_per_user: u32,
    pub(crate) on_refusal: Option<Hook>,
    pub(crate) origin: OriginCheck,
    pub(crate) renewal: Renewal,
    pub(crate) store_limits: Limits,
    /// Whether `Authorization: Bearer` is read.
    pub(crate) takes_bearer: bool,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("cookie", &self.cookie)
            .field("lifetimes", &self.lifetimes)
            .field("login", &self.login)
            .field("max_sessions_per_user", &self.max_sessions_per_user)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clear_site_data: false,
            clock: Box::new(SystemClock),
            cookie: CookieOptions::default(),
            entropy: operating_system,
            events: Events::default(),
            has_stamps: false,
            lifetimes: Lifetimes::default(),
            login: LoginOptions::default(),
            max_sessions_per_user: 100,
            on_refusal: None,
            origin: OriginCheck::default(),
            renewal: Renewal::default(),
            store_limits: Limits::default(),
            takes_bearer: false,
        }
    }
}
