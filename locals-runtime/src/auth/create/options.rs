//! What a sign-in may say of the session it makes.

use crate::{error::Error, lifetime::Lifetimes, stamp::Stamp};
use std::sync::Arc;

/// What a sign-in may say of the session it makes; the rest is the configuration's.
#[derive(Debug, Default)]
pub(crate) struct SignInOptions {
    pub(crate) assurance: Option<Arc<str>>,
    pub(crate) browser_session: Option<bool>,
    pub(crate) device: Option<Arc<str>>,
    pub(crate) external_ref: Option<Arc<str>>,
    pub(crate) lifetimes: Option<Lifetimes>,
    /// The stamp of the user whom the application has checked.
    pub(crate) verified: Option<Stamp>,
}

const MAX_ASSURANCE: usize = 16;
const MAX_EXTERNAL_REF: usize = 255;

impl SignInOptions {
    /// Before anything is made: a value that is cut off would name something else.
    pub(super) fn check(&self) -> Result<(), Error> {
        let refuse = |option, reason| Err(Error::SignInOption { option, reason });
        let fits = |text: &Option<Arc<str>>, most| {
            text.as_deref().is_none_or(|text| {
                !text.is_empty() && text.len() <= most && !text.chars().any(char::is_control)
            })
        };
        if !fits(&self.assurance, MAX_ASSURANCE) {
            let reason = "1 to 16 bytes of text, such as `pwd`, `mfa` or `passkey`";
            return refuse("assurance", reason);
        }
        if !fits(&self.external_ref, MAX_EXTERNAL_REF) {
            return refuse("external_ref", "1 to 255 bytes of text");
        }
        if self.lifetimes.is_some_and(|l| l.zero_period().is_some()) {
            return refuse("lifetimes", "each period a millisecond at least");
        }
        Ok(())
    }
}

/// The options of a sign-in, on what has a field `options: SignInOptions` and a method `auth()`.
macro_rules! sign_in_options {
    ($user:ident) => {
        /// What the user will recognize the device by in a list of sessions, such as "Firefox on
        /// Linux". One line of at most 255 characters: control characters become spaces, the rest is
        /// cut off. Nothing about the client is recorded unless it is given here.
        pub fn device(mut self, text: impl AsRef<str>) -> Self {
            self.options.device = Some($crate::session::device_line(text.as_ref()));
            self
        }

        /// How long this session lives, instead of
        /// [`AuthBuilder::lifetimes`](crate::AuthBuilder::lifetimes): "remember me". They are kept with
        /// the session, and its renewals use them whatever the configuration says by then.
        ///
        /// A period of less than a millisecond is [`Error::SignInOption`](crate::Error::SignInOption).
        pub fn lifetimes(mut self, lifetimes: $crate::Lifetimes) -> Self {
            self.options.lifetimes = Some(lifetimes);
            self
        }

        /// Sends the cookie without `Max-Age`, now and at every renewal: the browser forgets it when it
        /// closes. (Some restore it with their tabs; the session's own deadlines hold in any case.)
        pub fn browser_session(mut self) -> Self {
            self.options.browser_session = Some(true);
            self
        }

        /// Sends the cookie with `Max-Age`, so that it outlives the browser. That is the default, but of
        /// [`Lifetimes::aal2`](crate::Lifetimes::aal2) and [`aal3`](crate::Lifetimes::aal3).
        pub fn persistent(mut self) -> Self {
            self.options.browser_session = Some(false);
            self
        }

        /// How the user proved who they are, such as `pwd`, `mfa` or `passkey`: 1 to 16 bytes, else
        /// [`Error::SignInOption`](crate::Error::SignInOption). [`Session::assurance`](crate::Session::assurance)
        /// has it as long as the session lives; a step up is another sign-in (OIDC `acr` and `amr`).
        pub fn assurance(mut self, how: impl AsRef<str>) -> Self {
            self.options.assurance = Some(how.as_ref().into());
            self
        }

        /// A name from outside for this session, such as the `sid` of an OpenID provider:
        /// [`Auth::invalidate_by_external_ref`](crate::Auth::invalidate_by_external_ref) ends the
        /// sessions that have it. 1 to 255 bytes, else [`Error::SignInOption`](crate::Error::SignInOption); it need not be unique.
        pub fn external_ref(mut self, name: impl AsRef<str>) -> Self {
            self.options.external_ref = Some(name.as_ref().into());
            self
        }

        /// The user whose password was just checked: the session is made for the
        /// [security stamp](crate::AuthBuilder::security_stamp) of this value.
        ///
        /// If the password changes between the check and the end of the sign-in, the session is dead at
        /// its first use. Without this call, the stamp is read by the sign-in: after the change, perhaps.
        pub fn verified(mut self, user: &$user) -> Self
        where
            $user: 'static,
        {
            self.options.verified = self.auth().stamp_of(user);
            self
        }
    };
}
pub(crate) use sign_in_options;
