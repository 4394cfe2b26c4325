//! Random identities, and secrets that are kept only as hashes.

use maru_protocol::{Incarnation, ParticipantId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::rooms::Identity;

/// A resume secret: 128 random bits as 32 hexadecimal digits. Its `Debug` says nothing: it must not reach a log.
#[derive(Clone)]
pub struct Secret([u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// 128 bits of the system's randomness. A UUID v4 has 122, so two are hashed into one.
    #[must_use]
    pub fn random() -> Self {
        let mut hash = Sha256::new();
        hash.update(Uuid::new_v4().as_bytes());
        hash.update(Uuid::new_v4().as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(bytes)
    }

    /// From random bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The text the client is given.
    #[must_use]
    pub fn reveal(&self) -> String {
        Uuid::from_bytes(self.0).as_simple().to_string()
    }

    /// What the server keeps.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.reveal())
    }
}

/// SHA-256 of a secret. Enough without salt or stretching: the secret has 128 random bits.
#[derive(Debug, Clone)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Hash of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether `text` is the secret, in constant time.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.ct_eq(&Self::of(text).0).into()
    }
}

/// Fresh random identity for one join.
#[must_use]
pub fn fresh() -> Identity {
    Identity {
        participant: ParticipantId(Uuid::new_v4()),
        incarnation: Incarnation(Uuid::now_v7()),
        secret: Secret::random(),
    }
}
