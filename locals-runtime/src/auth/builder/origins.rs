//! Whose requests are taken.

use super::AuthBuilder;

impl<U, S> AuthBuilder<U, S> {
    /// Other sites, and application shells, whose pages may send requests here, as serialized origins:
    /// `https://a.example`, in lower case, without a path or the default port; `tauri://localhost`,
    /// `capacitor://localhost`, `chrome-extension://abc…`, `app://my-app`. Each is compared to the letter.
    ///
    /// What no browser would send is [`BuildError::Origin`](crate::BuildError::Origin), which says what to
    /// write. `null` cannot be trusted: every page that hides where it is from has it.
    ///
    /// From another site or shell a browser sends the cookie only with
    /// [`SameSite::None`](crate::SameSite), and with many not even then; a shell is better off with a
    /// [bearer token](Self::bearer). The headers of CORS are the application's.
    pub fn trusted_origins<O: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Self {
        self.trusted_origins
            .extend(origins.into_iter().map(Into::into));
        self
    }

    /// Trusts the origins for which this says so: previews of a deployment, the domains of tenants.
    ///
    /// It is asked with a serialized origin, of a request that would be refused otherwise, and never with
    /// `null`. Several may be given; one that panics says no, and is named in the log. Do not block in it.
    ///
    /// Compare whole labels: `ends_with("preview.example")` also trusts `https://evilpreview.example`.
    ///
    /// ```
    /// use locals::{Auth, MemoryStore};
    ///
    /// let auth: Auth = Auth::builder(MemoryStore::new())
    ///     .trusted_origin_if(|origin| {
    ///         // https://pr-123.preview.example
    ///         let host = origin.strip_prefix("https://pr-");
    ///         let number = host.and_then(|host| host.strip_suffix(".preview.example"));
    ///         number.is_some_and(|number| number.parse::<u32>().is_ok())
    ///     })
    ///     .build()?;
    /// # Ok::<(), locals::BuildError>(())
    /// ```
    pub fn trusted_origin_if(
        mut self,
        trusts: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.config.origin.trust_if(Box::new(trusts));
        self
    }

    /// The origins under which browsers know this site, if a proxy rewrites the `Host` header.
    ///
    /// The `Host` is not looked at any more: name every origin, serialized as for
    /// [`trusted_origins`](Self::trusted_origins), of http or https. Forwarding headers (`Forwarded`,
    /// `X-Forwarded-Host`, `X-Forwarded-Proto`) are never looked at: anybody can send them.
    pub fn public_origins<O: Into<String>>(mut self, origins: impl IntoIterator<Item = O>) -> Self {
        self.public_origins
            .extend(origins.into_iter().map(Into::into));
        self
    }
}
