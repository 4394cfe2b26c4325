//! How two sides recognise an unfinished transfer (docs/transfer.md, "Resuming").

use crate::control::{Secret, Tag, TransferId};

/// The context of [`blake3::derive_key`]: unique to this use, as BLAKE3 requires.
const CONTEXT: &str = "maru 2026 file transfer resume";

/// The SHA-256 fingerprint of a DTLS certificate, as bytes.
pub type Fingerprint = [u8; 32];

/// What a side is in a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// It offers files.
    Sender,
    /// It is offered files.
    Receiver,
}

impl Role {
    const fn text(self) -> &'static [u8] {
        match self {
            Self::Sender => b"sender",
            Self::Receiver => b"receiver",
        }
    }

    /// The role of the other side.
    #[must_use]
    pub const fn partner(self) -> Self {
        match self {
            Self::Sender => Self::Receiver,
            Self::Receiver => Self::Sender,
        }
    }
}

/// The certificates of the connection on which a tag is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprints {
    /// This side's certificate.
    pub own: Fingerprint,
    /// The other side's certificate.
    pub partner: Fingerprint,
}

/// The secret of one transfer that only its two sides know. Not shown by `Debug`.
#[derive(Clone)]
pub struct ResumeKey([u8; 32]);

impl std::fmt::Debug for ResumeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResumeKey")
    }
}

impl ResumeKey {
    /// From the secrets of `offer` and `accept` and the ID of the transfer.
    #[must_use]
    pub fn new(sender: &Secret, receiver: &Secret, id: &TransferId) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(&sender.0);
        hasher.update(&receiver.0);
        hasher.update(&id.0);
        Self(*hasher.finalize().as_bytes())
    }

    /// The tag that this side sends on a connection, if it has `role` in the transfer.
    #[must_use]
    pub fn own_tag(&self, role: Role, fingerprints: &Fingerprints) -> Tag {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(role.text());
        hasher.update(&fingerprints.own);
        hasher.update(&fingerprints.partner);
        let mut tag = [0; 16];
        tag.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Tag(tag)
    }

    /// The tag that the other side sends on a connection, if this side has `role` in the transfer.
    #[must_use]
    pub fn partner_tag(&self, role: Role, fingerprints: &Fingerprints) -> Tag {
        let mirrored = Fingerprints {
            own: fingerprints.partner,
            partner: fingerprints.own,
        };
        self.own_tag(role.partner(), &mirrored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Fingerprints = Fingerprints {
        own: [3; 32],
        partner: [4; 32],
    };

    fn key_of(sender: u8, receiver: u8, id: u8) -> ResumeKey {
        ResumeKey::new(
            &Secret([sender; 32]),
            &Secret([receiver; 32]),
            &TransferId([id; 16]),
        )
    }

    fn key() -> ResumeKey {
        key_of(1, 2, 9)
    }

    #[test]
    fn the_two_sides_find_each_other() {
        let there = Fingerprints {
            own: HERE.partner,
            partner: HERE.own,
        };
        for role in [Role::Sender, Role::Receiver] {
            assert_eq!(
                key().own_tag(role, &HERE),
                key().partner_tag(role.partner(), &there)
            );
        }
    }

    #[test]
    fn tags_differ_by_role_connection_and_transfer() {
        let mut tags = vec![
            key().own_tag(Role::Sender, &HERE),
            key().own_tag(Role::Receiver, &HERE),
            key().partner_tag(Role::Sender, &HERE),
            key().partner_tag(Role::Receiver, &HERE),
        ];
        for (own, partner) in [([5; 32], [4; 32]), ([3; 32], [5; 32])] {
            let other = Fingerprints { own, partner };
            tags.push(key().own_tag(Role::Sender, &other));
            tags.push(key().partner_tag(Role::Sender, &other));
        }
        for (sender, receiver, id) in [(8, 2, 9), (1, 8, 9), (1, 2, 8), (2, 1, 9)] {
            tags.push(key_of(sender, receiver, id).own_tag(Role::Sender, &HERE));
        }
        for (index, tag) in tags.iter().enumerate() {
            assert!(!tags[..index].contains(tag), "tag {index} is not unique");
        }
    }

    #[test]
    fn the_key_and_the_tag_are_those_of_the_document() {
        let material = [[1; 32], [2; 32], {
            let mut id = [0; 32];
            id[..16].fill(9);
            id
        }]
        .concat();
        let derived = blake3::derive_key("maru 2026 file transfer resume", &material[..80]);
        let input = [&b"receiver"[..], &[3; 32], &[4; 32]].concat();
        let hash = blake3::keyed_hash(&derived, &input);
        let tag = key().own_tag(Role::Receiver, &HERE);
        assert_eq!(&hash.as_bytes()[..16], &tag.0);
        let hex = hash.to_hex();
        assert_eq!(
            &hex[..32],
            "64be449ae01162bef1e25cf544daeb01",
            "the example of docs/transfer.md"
        );
        let sender = key().own_tag(Role::Sender, &HERE);
        assert_ne!(sender, tag);
    }

    #[test]
    fn tags_are_compared_in_every_byte() {
        let tag = key().own_tag(Role::Sender, &HERE);
        for byte in 0..16 {
            let mut bytes = tag.0;
            bytes[byte] ^= 0x80;
            assert_ne!(Tag(bytes), tag);
        }
        assert_eq!(Tag(tag.0), tag);
    }

    #[test]
    fn debugging_output_has_no_key() {
        assert_eq!(format!("{:?}", key()), "ResumeKey");
    }
}
