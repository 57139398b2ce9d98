//! Ids of sessions, as a statement lists them.

use crate::token::SessionId;
use std::fmt::Write as _;

/// In one order, so that two who end the same wait for each other and not for ever.
pub(super) fn literals(sessions: &[SessionId]) -> String {
    let mut ids: Vec<_> = sessions.iter().map(SessionId::as_bytes).collect();
    ids.sort_unstable();
    let mut literals = String::with_capacity(36 * ids.len());
    for (at, id) in ids.into_iter().enumerate() {
        literals.push_str(if at == 0 { "X'" } else { ",X'" });
        for byte in id {
            let _ = write!(literals, "{byte:02X}");
        }
        literals.push('\'');
    }
    literals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_10_a_list_of_ids_is_hex_in_one_order() {
        let ids = [
            SessionId::from_bytes([0xAB; 16]),
            SessionId::from_bytes([0; 16]),
        ];
        let hex = |digits: &str| format!("X'{}'", digits.repeat(16));
        assert_eq!(literals(&ids), format!("{},{}", hex("00"), hex("AB")));
        assert_eq!(literals(&[]), "");
    }
}
