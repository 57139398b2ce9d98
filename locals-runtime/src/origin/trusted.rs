//! [`Trusted`]: whose requests are taken besides those of the site itself.

use super::serialized;
use crate::{error::BuildError, log::TARGET};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The application's decision about an origin.
pub(crate) type TrustsOrigin = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Other sites, and application shells, that may send requests here.
#[derive(Default)]
pub(super) struct Trusted {
    named: Vec<String>,
    decisions: Vec<TrustsOrigin>,
}

impl fmt::Debug for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.named).finish_non_exhaustive()
    }
}

impl Trusted {
    pub(super) fn name(&mut self, origin: String) -> Result<(), BuildError> {
        match serialized::check(&origin) {
            Ok(()) => self.named.push(origin),
            Err(reason) => return Err(serialized::refused(origin, reason)),
        }
        Ok(())
    }

    pub(super) fn decide(&mut self, decision: TrustsOrigin) {
        self.decisions.push(decision);
    }

    /// To the letter.
    pub(super) fn names(&self, origin: &[u8]) -> bool {
        self.named.iter().any(|named| named.as_bytes() == origin)
    }

    /// Asked last, as it may take its time; and never of what is no origin, such as `null`.
    pub(super) fn decides_for(&self, origin: Option<&[u8]>) -> bool {
        if self.decisions.is_empty() {
            return false;
        }
        let origin = origin.and_then(|origin| std::str::from_utf8(origin).ok());
        let origin = origin.filter(|origin| serialized::check(origin).is_ok());
        origin.is_some_and(|origin| {
            let mut decisions = self.decisions.iter();
            decisions.any(|decision| ask(decision, origin))
        })
    }
}

fn ask(decision: &TrustsOrigin, origin: &str) -> bool {
    catch_unwind(AssertUnwindSafe(|| decision(origin))).unwrap_or_else(|_| {
        tracing::error!(
            target: TARGET,
            "a `trusted_origin_if` of the application panicked: the origin is not trusted"
        );
        false
    })
}
