//! The body of a [`SessionStore`](super::SessionStore) that leaves everything to another one.

/// Expands to the methods of `SessionStore`, each a call of the same method on `$inner`.
macro_rules! delegate_sessions {
    ($self:ident => $inner:expr) => {
        $crate::store::delegate_sessions! { @each $self $inner;
            replace(new: $crate::store::NewSession, ended: Vec<$crate::SessionId>) -> ();
            load(id: $crate::SessionId) -> Option<$crate::store::SessionRecord>;
            extend(extension: $crate::store::Extension) -> bool;
            rotate(rotation: $crate::store::Rotation) -> bool;
            end(sessions: Vec<$crate::SessionId>) -> u64;
            delete(id: $crate::SessionId) -> bool;
            delete_of_user(user: $crate::UserId, which: $crate::store::UserSessions) -> u64;
            list(user: $crate::UserId, now: $crate::store::Timestamp)
                -> Vec<$crate::store::SessionRecord>;
            delete_expired(deadline: $crate::store::Timestamp, limit: u32) -> u64;
            ping() -> ();
        }
    };
    (@each $self:ident $inner:expr;
        $($method:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(
            fn $method(&$self $(, $argument: $type)*) -> $crate::store::StoreFuture<'_, $answer> {
                $inner.$method($($argument),*)
            }
        )*
    };
}

pub(crate) use delegate_sessions;
