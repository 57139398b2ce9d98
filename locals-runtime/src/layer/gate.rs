//! [`Gate`]: what the layers of every framework have in common.

use crate::{
    auth::Auth,
    handler,
    locals::{Kind, Locals, Shared},
    origin::OriginPolicy,
    refusal::PendingRefusal,
    request::RequestHead,
};
use std::future::Future;

/// A layer that stands around what cannot be annotated; the frameworks' own traits are implemented
/// for it.
pub(crate) trait Gate: Clone + Send + Sync + 'static {
    type User: Send + Sync + 'static;
    type Kind: Kind<Self::User>;
    type Origins: OriginPolicy;

    /// Whether what is behind it finds the session in the request.
    const HANDS_ON: bool;

    fn auth(&self) -> &Auth<Self::User>;
    fn login(&self) -> Option<&'static str>;

    /// The locals of a request, and why it may not go on, if it may not.
    fn open(
        &self,
        request: &(impl RequestHead + Sync),
        outer: Option<Shared<Self::User>>,
    ) -> impl Future<Output = (GateLocals<Self>, Result<(), PendingRefusal>)> + Send {
        async move {
            let (auth, outer) = (self.auth().clone(), outer.as_ref());
            let mut locals = Locals::new(auth, request, outer, Self::HANDS_ON);
            let mut admitted = handler::admit::<_, _, Self::Origins>(&mut locals, request).await;
            if let (Err(refusal), Some(login)) = (&mut admitted, self.login()) {
                refusal.redirect(login);
            }
            (locals, admitted)
        }
    }
}

pub(crate) type GateLocals<G> = Locals<<G as Gate>::User, <G as Gate>::Kind>;
