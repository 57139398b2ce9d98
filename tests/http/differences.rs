//! Where the same request is not answered the same by every framework, and why.
//!
//! A test that meets a difference asks for it here by name. What is not listed is the same.

use crate::rig::Framework;

impl Framework {
    /// What the rejection of a path, a query and a body speaks of: the words are the framework's
    /// own, or on plain `http` those of the suite's extractors.
    pub(crate) fn rejection_words(self) -> [&'static str; 3] {
        match self {
            Self::Axum => ["Invalid URL", "query string", "JSON"],
            Self::Actix => ["", "Query", "Json"],
            Self::Hyper => ["path", "query", "JSON"],
        }
    }

    /// A path whose parameter cannot be parsed names nothing, says actix-web: 404.
    pub(crate) fn rejected_path(self) -> u16 {
        if self == Self::Actix { 404 } else { 400 }
    }

    /// actix-web decodes a path before it routes: `/%68ook` is `/hook`.
    pub(crate) fn decodes_paths(self) -> bool {
        self == Self::Actix
    }

    /// A plain `http` handler has a body type of its own: a refusal is that type's default, without
    /// a text and its type.
    pub(crate) fn refusals_have_a_text(self) -> bool {
        self != Self::Hyper
    }

    /// actix-web answers `Expect: 100-continue` before the application sees the request.
    pub(crate) fn continues_unasked(self) -> bool {
        self == Self::Actix
    }

    /// actix-web wants exactly one `Host` in HTTP/1.1 (RFC 9112, 3.2) and says 400 before the
    /// application sees the request; hyper leaves that to the application, and so to us.
    pub(crate) fn wants_one_host(self) -> bool {
        self == Self::Actix
    }

    /// How many header lines the server takes; one more is a 431. Each has a constant of its own.
    pub(crate) fn header_lines(self) -> usize {
        if self == Self::Actix { 96 } else { 100 }
    }

    /// hyper reads no further than its handler does: behind a body that nobody reads it does not
    /// see the client hang up, and the handler runs to its end.
    pub(crate) fn watches_an_unread_body(self) -> bool {
        self == Self::Actix
    }

    /// JSON that is not called JSON: axum has a status for that.
    pub(crate) fn untyped_json(self) -> u16 {
        if self == Self::Axum { 415 } else { 400 }
    }

    /// actix-web closes a connection on which a body was left unread; hyper reads on if there is
    /// little of it.
    pub(crate) fn closes_after_an_unread_body(self) -> bool {
        self == Self::Actix
    }
}
