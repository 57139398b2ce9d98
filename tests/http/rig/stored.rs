//! What is in the store and beside it, read and changed behind the library's back.

use super::{ADA, BOB, EVE, Site};

impl Site {
    /// How many sessions the store has. On the memory store only the live ones of the three users
    /// are seen, and asking counts as calls of the store.
    pub(crate) async fn rows(&self) -> usize {
        #[cfg(feature = "sqlite")]
        if let Some(database) = &self.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            let rows: i64 = file
                .query_row("SELECT count(*) FROM locals_sessions", [], |row| row.get(0))
                .expect("the store's table");
            return usize::try_from(rows).expect("a count is not negative");
        }
        #[cfg(feature = "postgres")]
        if let Some(schema) = &self.schema {
            let rows = schema.text("SELECT count(*) FROM locals_sessions");
            return rows.parse().expect("a count");
        }
        #[cfg(feature = "mysql")]
        if let Some(mysql) = &self.mysql {
            let rows = mysql.text("SELECT count(*) FROM locals_sessions");
            return rows.parse().expect("a count");
        }
        #[cfg(feature = "redis")]
        if let Some(redis) = &self.redis {
            return redis.rows();
        }
        let mut rows = 0;
        for user in [ADA, BOB, EVE] {
            rows += self
                .auth
                .list_sessions(user)
                .await
                .expect("a healthy store")
                .len();
        }
        rows
    }

    /// Deletes a user as the application would: from its own table or list.
    pub(crate) fn delete_user(&self, user: i64) {
        self.users.remove(user);
        #[cfg(feature = "sqlite")]
        if let Some(database) = &self.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            file.execute("DELETE FROM users WHERE id = ?1", [user])
                .expect("the users table");
        }
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        self.execute(&format!("DELETE FROM users WHERE id = {user}"));
    }

    /// Makes a user an administrator, or an administrator no more, in the application's own table or
    /// list.
    pub(crate) fn set_admin(&self, user: i64, admin: bool) {
        self.users.set_admin(user, admin);
        #[cfg(feature = "sqlite")]
        if let Some(database) = &self.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            file.execute("UPDATE users SET admin = ?2 WHERE id = ?1", (user, admin))
                .expect("the users table");
        }
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        self.execute(&format!(
            "UPDATE users SET admin = {admin} WHERE id = {user}"
        ));
    }

    /// Changes a user's password as the application would, or somebody by hand: in its own table or
    /// list.
    pub(crate) fn set_password(&self, user: i64, password: &str) {
        self.users.set_password(user, password);
        #[cfg(feature = "sqlite")]
        if let Some(database) = &self.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            file.execute(
                "UPDATE users SET password = ?2 WHERE id = ?1",
                (user, password),
            )
            .expect("the users table");
        }
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        self.execute(&format!(
            "UPDATE users SET password = '{password}' WHERE id = {user}"
        ));
    }

    /// Executes a statement in the site's part of a server, if that is where it is.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn execute(&self, sql: &str) {
        #[cfg(feature = "postgres")]
        if let Some(schema) = &self.schema {
            schema.execute(sql);
        }
        #[cfg(feature = "mysql")]
        if let Some(mysql) = &self.mysql {
            mysql.execute(sql);
        }
    }
}
