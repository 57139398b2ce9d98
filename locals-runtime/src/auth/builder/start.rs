//! From the options to an [`Auth`]: they are checked, and the store made ready, before the first request.

use super::AuthBuilder;
use crate::{
    auth::Auth,
    error::{BuildError, StoreError},
    event::TARGET,
    login::is_login_path,
    store::{Admits, AnswersAtOnce, Store},
};
use std::sync::Arc;

impl<U, S> AuthBuilder<U, S> {
    /// Checks the options, makes the store ready, and hands out the [`Auth`]; for a store in this process.
    /// Any other is [connected to](Self::connect).
    ///
    /// It blocks while SQLite makes its tables: call it at start.
    ///
    /// # Errors
    ///
    /// [`BuildError`], naming the option and what can be written instead.
    pub fn build(mut self) -> Result<Auth<U>, BuildError>
    where
        U: Send + 'static,
        S: Store<U> + AnswersAtOnce,
    {
        self.check()?;
        let Ok(prepared) = self.store.prepare().at_once() else {
            let late = "the store has to be connected to: write `.connect().await?`";
            return Err(StoreError::Setup(late.to_owned()).into());
        };
        prepared?;
        Ok(self.finish())
    }

    /// Checks the options, connects to the store and makes it ready, and hands out the [`Auth`].
    ///
    /// # Errors
    ///
    /// [`BuildError`], naming the option and what can be written instead, or what the store says.
    pub async fn connect(mut self) -> Result<Auth<U>, BuildError>
    where
        U: Send + 'static,
        S: Store<U>,
    {
        self.check()?;
        self.store.prepare().await?;
        Ok(self.finish())
    }

    fn check(&mut self) -> Result<(), BuildError> {
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
        if config.store_limits.deadline.is_zero() {
            return Err(BuildError::ZeroDeadline);
        }
        if config.store_limits.calls == 0 {
            return Err(BuildError::NoCallsAllowed);
        }
        if let Some(path) = &config.login_path
            && !is_login_path(path)
        {
            return Err(BuildError::LoginPath(path.to_string()));
        }
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
    fn finish(self) -> Auth<U>
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
        let store = match self.admits {
            Some(admits) => Arc::new(Admits::new(store, admits)),
            None => store,
        };
        Auth::new(store, Arc::new(self.config))
    }
}
