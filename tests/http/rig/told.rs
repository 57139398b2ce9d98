//! What the library told of a site: its events.

use std::sync::{Arc, Mutex, PoisonError};

use locals::Event;

/// The events of a site, as far as nobody has taken them, each on a line of its own.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub(super) fn hook(&self) -> impl Fn(&Event<'_>) + Send + Sync + 'static {
        let told = self.clone();
        move |event| {
            let mut lines = told.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(line(event));
        }
    }

    /// What was told since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn line(event: &Event<'_>) -> String {
    let name = event.name();
    match event {
        Event::Ended { sessions, by, .. } => format!("{name} {sessions} by {by}"),
        Event::Swept { sessions, .. } => format!("{name} {sessions}"),
        Event::Refused { reason, .. } => format!("{name} {reason}"),
        Event::SignInRefused { error, .. } => format!("{name}: {error}"),
        Event::StoreSlow { call, .. } | Event::StoreFailed { call, .. } => format!("{name} {call}"),
        _ => name.to_owned(),
    }
}
