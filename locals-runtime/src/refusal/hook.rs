//! [`Refusal`]: what an application's own answer to a refused request is made from, and the hook that makes it.

use super::{PlainResponse, RefusalReason};
use crate::{log::TARGET, request::RequestHead};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// The application's answer in place of ours, if it has one.
pub(crate) type Hook = Arc<dyn Fn(&Refusal<'_>) -> Option<PlainResponse> + Send + Sync>;

/// A request that the library refuses, for [`AuthBuilder::on_refusal`](crate::AuthBuilder::on_refusal).
///
/// What it tells of the request comes from outside: whoever sent it may have written anything.
pub struct Refusal<'a> {
    pub(super) reason: RefusalReason,
    pub(super) asked: &'a Asked,
    pub(super) login_url: Option<&'a str>,
}

/// What a hook may ask of a request: a copy, as the request itself is gone when its answer is made.
pub(super) struct Asked {
    method: String,
    path_and_query: String,
    /// Names in lower case.
    lines: Vec<(String, Vec<u8>)>,
}

impl Asked {
    pub(super) fn of(request: &impl RequestHead) -> Self {
        let mut lines = Vec::new();
        request.each_line(&mut |name, line| lines.push((name.to_owned(), line.to_vec())));
        Self {
            method: request.method().to_owned(),
            path_and_query: request.path_and_query().into_owned(),
            lines,
        }
    }
}

impl Refusal<'_> {
    /// Why it is refused.
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// The method's name, as on the wire: `GET`.
    pub fn method(&self) -> &str {
        &self.asked.method
    }

    /// The path as it was sent, percent-encoded, before any router took a prefix off and without the
    /// [mount](crate::AuthBuilder::mounted_at).
    pub fn path(&self) -> &str {
        let path = self.path_and_query().split('?').next();
        path.unwrap_or_default()
    }

    /// The [path](Self::path) with the query, if there is one.
    pub fn path_and_query(&self) -> &str {
        &self.asked.path_and_query
    }

    /// The only line of a header field, whatever the case of its name; `None` if there is none, if there are
    /// several, or if it is no text.
    ///
    /// Do not keep or log `Cookie`: the session's token is in it.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.asked.lines.iter();
        let mut lines = lines.filter(|(other, _)| other.eq_ignore_ascii_case(name));
        match (lines.next(), lines.next()) {
            (Some((_, line)), None) => std::str::from_utf8(line).ok(),
            _ => None,
        }
    }

    /// The login page of this handler, gate or application, with the page to come back to in its query if
    /// that is known: the page that was asked for, or the one from which the request came.
    ///
    /// `None` without a login page, and where the request is for that page itself.
    pub fn login_url(&self) -> Option<&str> {
        self.login_url
    }
}

impl fmt::Debug for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("reason", &self.reason)
            .field("method", &self.method())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

/// The hook did not answer.
pub(super) struct Panicked;

pub(super) fn ask(hook: &Hook, refusal: &Refusal<'_>) -> Result<Option<PlainResponse>, Panicked> {
    let answered = catch_unwind(AssertUnwindSafe(|| hook(refusal)));
    answered.map_err(|_| {
        tracing::error!(
            target: TARGET,
            reason = %refusal.reason,
            "the `on_refusal` of the application panicked: 500 is sent"
        );
        Panicked
    })
}
