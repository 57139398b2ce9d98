//! Handlers that ask for the session, set it and clear it, in many orders.

use futures_util::future::{join, join_all};
use locals::{Error, Locals, Session, StoreError, with_locals};

use super::prelude::*;
use crate::rig::{ADA, Account, BOB, EVE};

routes! {
    "/ten-times" => get ten_times;
    "/at-once" => get ten_at_once;
    "/sees/lazy" => get sees_lazy;
    "/sees/eager" => get sees_eager;
    "/sees/required" => get sees_required;
    "/marks/{order}" => post marks;
    "/fresh" => get fresh;
    "/clears-then-ends-all" => post clears_then_ends_all;
    "/shows-another" => post shows_another_then_signs_in;
    "/signs-in-twice" => post signs_in_twice;
    "/signs-in-then-lists" => post signs_in_then_lists;
    "/unknown-user" => post takes_care_of_an_unknown_user;
}

/// The ids of `get_session` and of `current_session`.
type Seen = (Option<String>, Option<String>);

fn seen(got: Option<&Session>, current: Option<Session>) -> Seen {
    let id = |session: &Session| session.id().to_string();
    (got.map(id), current.as_ref().map(id))
}

async fn look_lazily(locals: &Locals<Account>) -> Result<Seen, Error> {
    Ok(seen(
        locals.get_session().await?,
        locals.current_session().await?,
    ))
}

handlers! {
    #[with_locals(user = Account)]
    async fn ten_times() -> Result<String, Error> {
        let mut seen = Vec::new();
        for _ in 0..5 {
            let user = locals.get_session_user().await?;
            let email = user.map_or("nobody", |(_, account)| account.email.as_str());
            let asked_again = locals.get_session().await?.is_some();
            assert_eq!(asked_again, user.is_some());
            seen.extend([email, email]);
        }
        Ok(seen.join(" "))
    }

    #[with_locals(user = Account)]
    async fn ten_at_once(Shared(stage): Shared) -> Result<String, Error> {
        let all = join_all((0..10).map(|_| locals.get_session_user()));
        // Polled after the ten, so they have all asked by then.
        let (answers, ()) = join(all, async { stage.asked.notify_one() }).await;
        let mut emails = Vec::new();
        for answer in answers {
            let email = answer?.map_or("nobody", |(_, account)| account.email.as_str());
            emails.push(email);
        }
        let count = emails.len();
        emails.dedup();
        Ok(format!("{count} saw {}", emails.join(" and ")))
    }

    #[with_locals(user = Account)]
    async fn sees_lazy() -> Result<Json<Vec<Seen>>, Error> {
        let other = locals.auth().create_session(BOB).await?;
        let mut list = vec![look_lazily(locals).await?];
        locals.set_session(&other);
        list.push(look_lazily(locals).await?);
        locals.clear_session();
        list.push(look_lazily(locals).await?);
        locals.set_session(&other);
        list.push(look_lazily(locals).await?);
        Ok(Json(list))
    }

    #[with_locals(user = Account, eager)]
    async fn sees_eager() -> Result<Json<Vec<Seen>>, Error> {
        let look = || seen(locals.get_session(), locals.current_session());
        let other = locals.auth().create_session(BOB).await?;
        let mut list = vec![look()];
        locals.set_session(&other);
        list.push(look());
        locals.clear_session();
        list.push(look());
        locals.set_session(&other);
        list.push(look());
        Ok(Json(list))
    }

    #[with_locals(user = Account, required)]
    async fn sees_required() -> Result<Json<Vec<Seen>>, Error> {
        let look = || seen(Some(locals.get_session()), locals.current_session());
        let other = locals.auth().create_session(BOB).await?;
        let mut list = vec![look()];
        locals.set_session(&other);
        list.push(look());
        locals.clear_session();
        list.push(look());
        locals.set_session(&other);
        list.push(look());
        Ok(Json(list))
    }

    /// The body is the id of the last session set.
    #[with_locals(user = Account)]
    async fn marks(Path(order): Path<String>) -> Result<String, Error> {
        let mut last = String::new();
        for step in order.chars() {
            if step == 's' {
                let session = locals.auth().create_session(ADA).await?;
                locals.set_session(&session);
                last = session.id().to_string();
            } else {
                locals.clear_session();
            }
        }
        Ok(last)
    }

    #[with_locals(user = Account)]
    async fn fresh() -> Result<String, Error> {
        Ok(format!("{:?}", locals.get_session().await?.map(Session::is_fresh)))
    }

    #[with_locals(user = Account)]
    async fn clears_then_ends_all() -> Result<&'static str, Error> {
        locals.clear_session();
        locals.sign_out_everywhere().await?;
        Ok("signed out")
    }

    #[with_locals(user = Account)]
    async fn shows_another_then_signs_in() -> Result<String, Error> {
        let other = locals.auth().create_session(EVE).await?;
        locals.set_session(&other);
        locals.sign_in(BOB).await?;
        Ok(other.token().expose().to_owned())
    }

    #[with_locals(user = Account)]
    async fn signs_in_twice() -> Result<String, Error> {
        locals.sign_in(BOB).await?;
        let first = locals.current_session().await?.ok_or(Error::NoSession)?;
        locals.sign_in(EVE).await?;
        Ok(first.token().expose().to_owned())
    }

    #[with_locals(user = Account)]
    async fn takes_care_of_an_unknown_user() -> Result<&'static str, Error> {
        let session = locals.auth().create_session(ADA).await?;
        locals.set_session(&session);
        Ok(match locals.sign_in(404).await {
            Err(Error::Store(StoreError::UnknownUser)) => "nobody",
            _ => "somebody",
        })
    }

    #[with_locals(user = Account)]
    async fn signs_in_then_lists() -> Result<&'static str, Error> {
        locals.sign_in(BOB).await?;
        locals.auth().list_sessions(BOB).await?;
        Ok("listed")
    }
}
