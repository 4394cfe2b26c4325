//! Random identities, and secrets that are kept only as hashes.

use maru_protocol::{Incarnation, ParticipantId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::rooms::Identity;

/// A resume secret: 122 random bits (a UUID v4) as 32 hexadecimal digits. Not `Debug`: it must not reach a log.
#[derive(Clone)]
pub struct Secret([u8; 16]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
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

/// SHA-256 of a secret. Enough without salt or stretching: the secret has 122 random bits.
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
        secret: Secret::from_bytes(*Uuid::new_v4().as_bytes()),
    }
}
