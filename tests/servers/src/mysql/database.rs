//! A database of one test.

use std::{
    sync::{Mutex, PoisonError, mpsc::channel},
    thread,
    time::Duration,
};

use mysql_async::{Conn, Opts, OptsBuilder};

use super::{control, question, random_letters, random_name, url};

/// An empty database, which is dropped with the value, whoever is still connected to it.
pub struct MySqlDatabase {
    server: Opts,
    name: String,
    /// Those of [`MySqlDatabase::user`].
    users: Mutex<Vec<String>>,
}

impl MySqlDatabase {
    pub(super) fn fresh(server: &Opts) -> Self {
        let name = random_name();
        // Servers do not agree on what they take where nothing is said.
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
        question::text(server, &create);
        Self {
            server: server.clone(),
            name,
            users: Mutex::default(),
        }
    }

    /// `locals_` and random letters: it needs no quotes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    pub fn url(&self) -> String {
        url::of(&self.place())
    }

    /// Executes statements in it, one after the other, on a connection of its own. Blocks, and panics where one fails.
    pub fn execute(&self, sql: &str) {
        self.lines(sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        question::text(&self.place(), sql)
    }

    /// The rows of the answer, each as a line, with tabs between the columns; what is null is empty.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        question::lines(&self.place(), sql)
    }

    /// A connection to it, on the current runtime.
    pub async fn open(&self) -> Conn {
        let conn = Conn::new(self.place()).await;
        conn.unwrap_or_else(|error| panic!("no connection: {error}"))
    }

    /// The URL of a new user who has these grants and no other, and a password of letters. `{database}` in a grant
    /// is the name: `SELECT, INSERT ON {database}.*`. The user goes with the value.
    pub fn user(&self, grants: &[&str]) -> String {
        let (user, password) = (random_name(), random_letters());
        let account = format!("'{user}'@'%'");
        let mut sql = format!("CREATE USER {account} IDENTIFIED BY '{password}'");
        for grant in grants {
            let grant = grant.replace("{database}", &self.name);
            sql += &format!("; GRANT {grant} TO {account}");
        }
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        users.push(account);
        self.execute(&sql);
        let as_user = OptsBuilder::from_opts(self.place())
            .user(Some(user))
            .pass(Some(password));
        url::of(&as_user.into())
    }

    fn place(&self) -> Opts {
        let server = OptsBuilder::from_opts(self.server.clone());
        server.db_name(Some(&*self.name)).into()
    }
}

impl Drop for MySqlDatabase {
    /// Waits, so that nothing is left when the process ends, but not long: the server may be away.
    fn drop(&mut self) {
        let mut sql = format!("DROP DATABASE IF EXISTS {}", self.name);
        let users = self.users.get_mut().unwrap_or_else(PoisonError::into_inner);
        for account in users.iter() {
            sql += &format!("; DROP USER IF EXISTS {account}");
        }
        let (server, name) = (self.server.clone(), self.name.clone());
        let (done, is_done) = channel();
        thread::spawn(move || {
            // A transaction that is still open would be in the way.
            let _ = control::kill_connections(&server, &name);
            let _ = question::first(&server, &sql);
            let _ = done.send(());
        });
        let _ = is_done.recv_timeout(Duration::from_secs(2));
    }
}
