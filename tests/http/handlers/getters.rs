//! Handlers that ask for the session, again and again.

use futures_util::future::{join, join_all};
use locals::{Error, Locals, Session, with_locals};

use super::prelude::*;
use crate::rig::{Account, BOB};

routes! {
    "/ten-times" => get ten_times;
    "/at-once" => get ten_at_once;
    "/sees/lazy" => get sees_lazy;
    "/sees/eager" => get sees_eager;
    "/sees/required" => get sees_required;
    "/fresh" => get fresh;
    "/meet" => post meet;
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

async fn email(locals: &Locals<Account>) -> Result<&str, Error> {
    Ok(locals
        .get_session_user()
        .await?
        .map_or("nobody", |(_, account)| account.email.as_str()))
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

    #[with_locals(user = Account)]
    async fn fresh() -> Result<String, Error> {
        Ok(format!("{:?}", locals.get_session().await?.map(Session::is_fresh)))
    }

    /// Asks before and after both requests are here; only Bob's cookie is cleared.
    #[with_locals(user = Account)]
    async fn meet(Shared(stage): Shared) -> Result<String, Error> {
        let before = email(locals).await?;
        stage.both.wait().await;
        if before.starts_with("bob") {
            locals.clear_session();
        }
        stage.both.wait().await;
        Ok(format!("{before} {}", email(locals).await?))
    }
}
