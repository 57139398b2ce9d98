//! The application's own `users` table, in SQLite, PostgreSQL or MySQL.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use serde::Deserialize;

use crate::{
    error::{AppError, BoxError},
    password,
};

/// A user as handlers see one: `locals` fills the fields from the columns of the same names.
#[derive(Clone, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) password_hash: String,
    pub(crate) admin: bool,
    created_at: i64,
}

impl Account {
    pub(crate) fn created_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.created_at.unsigned_abs())
    }
}

/// What is asked of the table, in no database's words. The answer is the accounts that it concerns.
enum Statement {
    /// The first account of all is the administrator's. None is made if the e-mail has one already.
    Create {
        email: String,
        password_hash: String,
    },
    Find {
        email: String,
    },
    /// Only in the place of the hash that was checked.
    ChangePassword {
        id: i64,
        before: String,
        after: String,
    },
    All,
}

#[derive(Clone)]
pub(crate) enum Users {
    Sqlite(sqlite::Table),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Table),
    #[cfg(feature = "mysql")]
    MySql(mysql::Table),
}

impl Users {
    /// In the file of this path.
    pub(crate) fn sqlite(path: impl AsRef<Path>) -> Result<Self, BoxError> {
        Ok(Self::Sqlite(sqlite::Table::open(path)?))
    }

    /// In the database of this URL.
    #[cfg(feature = "postgres")]
    pub(crate) async fn postgres(url: &str) -> Result<Self, BoxError> {
        Ok(Self::Postgres(postgres::Table::connect(url).await?))
    }

    /// The same of MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    pub(crate) async fn mysql(url: &str) -> Result<Self, BoxError> {
        Ok(Self::MySql(mysql::Table::connect(url).await?))
    }

    /// The new account; `None` if the e-mail has one already.
    pub(crate) async fn create(
        &self,
        email: &str,
        password_hash: String,
    ) -> Result<Option<Account>, AppError> {
        let email = email.to_owned();
        self.one(Statement::Create {
            email,
            password_hash,
        })
        .await
    }

    /// The account of this e-mail, if the password is right.
    pub(crate) async fn check(
        &self,
        email: &str,
        password: String,
    ) -> Result<Option<Account>, AppError> {
        let email = email.to_owned();
        let account = self.one(Statement::Find { email }).await?;
        let hash = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let right = password::verify(password, hash).await?;
        Ok(account.filter(|_| right))
    }

    /// The account with its new password; `None` if it has another one than `account` by now.
    pub(crate) async fn change_password(
        &self,
        account: &Account,
        password_hash: String,
    ) -> Result<Option<Account>, AppError> {
        self.one(Statement::ChangePassword {
            id: account.id,
            before: account.password_hash.clone(),
            after: password_hash,
        })
        .await
    }

    pub(crate) async fn all(&self) -> Result<Vec<Account>, AppError> {
        self.run(Statement::All).await
    }

    async fn one(&self, statement: Statement) -> Result<Option<Account>, AppError> {
        Ok(self.run(statement).await?.pop())
    }

    async fn run(&self, statement: Statement) -> Result<Vec<Account>, AppError> {
        let accounts = match self {
            Self::Sqlite(table) => table.run(statement).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(table) => table.run(statement).await,
            #[cfg(feature = "mysql")]
            Self::MySql(table) => table.run(statement).await,
        };
        accounts.map_err(AppError::internal)
    }
}
