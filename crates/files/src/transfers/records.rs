//! What is remembered of transfers.

use maru_disk::Record;
use maru_transfer::resume::{ResumeKey, Role};

/// The key of a transfer that was accepted.
pub(super) fn resume_key(record: &Record) -> Option<ResumeKey> {
    let partner = record.partner_secret?;
    let (sender, receiver) = match record.role {
        Role::Sender => (&record.own_secret, &partner),
        Role::Receiver => (&partner, &record.own_secret),
    };
    Some(ResumeKey::new(sender, receiver, &record.id))
}

/// From the system's random source.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Fails only on systems without a random source, on which TLS does not work either.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
