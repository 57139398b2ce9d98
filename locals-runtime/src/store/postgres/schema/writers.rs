//! Who else may write the sessions: whoever may, signs in as anybody.

use super::{Wanted, ask, found::Found};
use crate::{
    error::StoreError,
    store::postgres::{error::failure, sql},
};
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};

impl Wanted<'_> {
    /// What an operator has to know of tables that can be used.
    pub(super) async fn warnings(
        &self,
        client: &Client,
        found: &Found,
    ) -> Result<Vec<String>, StoreError> {
        let (owners, grantees) = self.writers(client).await?;
        let mut warnings = found.warnings();
        warnings.extend(self.told_of_owners(&owners));
        warnings.extend(self.told_of_grantees(&grantees));
        Ok(warnings)
    }

    /// The owners, and those who are granted it, as statements name them.
    async fn writers(&self, client: &Client) -> Result<(Vec<String>, Vec<String>), StoreError> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        let parameters: [(&(dyn ToSql + Sync), Type); 2] =
            [(&sessions, Type::TEXT), (&meta, Type::TEXT)];
        let (mut owners, mut grantees) = (Vec::new(), Vec::new());
        for row in ask(client, sql::FIND_WRITERS, &parameters).await? {
            let role: String = row.try_get(0).map_err(failure)?;
            let is_owner: bool = row.try_get(1).map_err(failure)?;
            let into = if is_owner { &mut owners } else { &mut grantees };
            into.push(role);
        }
        Ok((owners, grantees))
    }

    fn told_of_owners(&self, owners: &[String]) -> Option<String> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        (!owners.is_empty()).then(|| {
            format!(
                "the session tables {sessions} and {meta} belong to {owners}, which is not this role, a role it \
                 belongs to, the owner of their schema or a superuser: whoever owns them signs in as anybody. If \
                 {owners} is no role of this application's migrations, let a superuser drop them",
                owners = owners.join(", ")
            )
        })
    }

    fn told_of_grantees(&self, grantees: &[String]) -> Option<String> {
        let (sessions, meta) = (self.names.sessions(), self.names.meta());
        (!grantees.is_empty()).then(|| {
            format!(
                "{grantees} may write table {sessions}, and whoever may signs in as anybody: put the session tables \
                 in a schema of their own that no API shows, `.schema(\"sessions\")`, or \
                 `REVOKE ALL ON {sessions}, {meta} FROM {grantees}`",
                grantees = grantees.join(", ")
            )
        })
    }
}
