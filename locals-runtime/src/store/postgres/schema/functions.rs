//! The functions that tell whether the reference still holds: as they are to be, and whose.

use super::{Wanted, found::Found};
use crate::store::{postgres::sql, sql::filled};

impl Wanted<'_> {
    /// What makes them so, if they are not.
    pub(super) fn functions_anew(&self, found: &Found) -> Option<String> {
        if found.has_guard && !found.has_foreign_guard {
            return None;
        }
        let drop = if found.has_foreign_guard {
            sql::DROP_GUARD_FUNCTIONS
        } else {
            ""
        };
        let give = filled(sql::GIVE_GUARD_FUNCTIONS, &[("owner", &found.owner)]);
        let statements = [drop, sql::CREATE_GUARD_FUNCTIONS, &give].concat();
        Some(self.names.about(&statements))
    }
}
