//! Where the random bytes come from.

/// A source of random bytes; only tests have another than the operating system.
pub(crate) type Entropy = fn(&mut [u8]) -> Result<(), RandomError>;

/// The operating system could not give random bytes, so no token was made.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no random bytes for a session token: {0}")]
pub struct RandomError(
    /// What went wrong.
    pub &'static str,
);

/// Fills them, and refuses what a broken source tends to give: chance repeats one byte 32 times once in
/// 2^248.
pub(super) fn fill(entropy: Entropy, bytes: &mut [u8]) -> Result<(), RandomError> {
    entropy(bytes)?;
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Err(RandomError("the operating system returned constant bytes"));
    }
    Ok(())
}

pub(crate) fn operating_system(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError("the operating system's generator failed"))
}
