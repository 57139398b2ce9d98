//! [`Marks`]: what an exit has to know of a response that the library made.

/// It is in the response's extensions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    /// It reports a failure of the store, or of the hook that was to make it: it carries nothing about
    /// cookies.
    pub(crate) reports_outage: bool,
    /// It was made of an [`Error`](crate::Error), which knows no configuration: how to authenticate is the
    /// exit's to say.
    pub(crate) awaits_challenge: bool,
}

impl Marks {
    /// For one exit: the innermost says how to authenticate, and no other `Auth` further out.
    pub(crate) fn heeded(&mut self) -> Self {
        Self {
            reports_outage: self.reports_outage,
            awaits_challenge: std::mem::take(&mut self.awaits_challenge),
        }
    }
}
