//! Random IDs, and resume secrets, of which the server stores only hashes.

use maru_protocol::{Incarnation, ParticipantId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// The random values that a join may need. The caller of [`crate::rooms::Rooms`] makes them, so that the state
/// machine stays deterministic.
#[derive(Debug, Clone)]
pub struct Identity {
    /// ID of the participant, unless the join resumes one.
    pub participant: ParticipantId,
    /// Incarnation of the room, if the join creates it.
    pub incarnation: Incarnation,
    /// Secret for the next resume.
    pub secret: Secret,
}

impl Identity {
    /// Fresh values from the system's random source.
    #[must_use]
    pub fn random() -> Self {
        Self {
            participant: ParticipantId(Uuid::new_v4()),
            incarnation: Incarnation(Uuid::now_v7()),
            secret: Secret::random(),
        }
    }
}

/// A resume secret: 128 random bits, as text 32 hexadecimal digits. `Debug` does not print it, so that it cannot
/// reach a log.
#[derive(Clone)]
pub struct Secret([u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// 128 bits from the system's random source. A version 4 UUID has only 122, so two are hashed into one.
    #[must_use]
    pub fn random() -> Self {
        let mut hash = Sha256::new();
        hash.update(Uuid::new_v4().as_bytes());
        hash.update(Uuid::new_v4().as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(bytes)
    }

    /// A secret of these bytes, which must be random.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The text that is sent to the client.
    #[must_use]
    pub fn reveal(&self) -> String {
        Uuid::from_bytes(self.0).as_simple().to_string()
    }

    /// The hash that the server stores.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.reveal())
    }
}

/// SHA-256 of a secret. It needs neither salt nor stretching, because the secret has 128 random bits.
#[derive(Debug, Clone)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Hash of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether `text` is the secret, compared in constant time.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.ct_eq(&Self::of(text).0).into()
    }
}
