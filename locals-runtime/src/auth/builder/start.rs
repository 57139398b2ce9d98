//! From the options to an [`Auth`]: they are checked, and the store made ready, before the first request.

use super::AuthBuilder;
use crate::{
    auth::{Auth, Renewal},
    error::BuildError,
    event::TARGET,
    session::RenewalsUnderWay,
    store::{Store, Vetted},
};
use std::{sync::Arc, time::Duration};

impl<U, S> AuthBuilder<U, S> {
    pub(super) fn check(&mut self) -> Result<(), BuildError> {
        let config = &mut self.config;
        if self.insecure {
            config.cookie = std::mem::take(&mut config.cookie).insecure();
            tracing::warn!(target: TARGET, "insecure_dev: the session cookie travels without `Secure`");
        }
        config.cookie.check()?;
        if let Some(name) = config.lifetimes.zero_period() {
            return Err(BuildError::ZeroLifetime(name));
        }
        if config.max_sessions_per_user == 0 {
            return Err(BuildError::NoSessionsAllowed);
        }
        if config.renewal
            == (Renewal::Rotate {
                grace: Duration::ZERO,
            })
        {
            return Err(BuildError::ZeroGrace);
        }
        if config.store_limits.deadline.is_zero() {
            return Err(BuildError::ZeroDeadline);
        }
        if config.store_limits.calls == 0 {
            return Err(BuildError::NoCallsAllowed);
        }
        config.login.check()?;
        config.origin.expect_https(config.cookie.secure);
        for origin in std::mem::take(&mut self.trusted_origins) {
            config.origin.trust(origin)?;
        }
        for origin in std::mem::take(&mut self.public_origins) {
            config.origin.publish(origin)?;
        }
        Ok(())
    }

    /// With a store that is ready.
    pub(super) fn finish(self) -> Auth<U>
    where
        U: Send + 'static,
        S: Store<U>,
    {
        if !self.insecure {
            for warning in self.store.warnings() {
                tracing::warn!(target: TARGET, "{warning}");
            }
        }
        let store: Arc<dyn Store<U>> = Arc::new(self.store);
        let store = if self.vetting.asks_nothing() {
            store
        } else {
            Arc::new(Vetted::new(store, self.vetting))
        };
        Auth::new(store, Arc::new(self.config), RenewalsUnderWay::default())
    }
}
