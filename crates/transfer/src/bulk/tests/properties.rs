//! What holds for any record and any bytes.

use bytes::Bytes;
use proptest::{collection, prelude::*, sample::select};

use super::super::*;
use crate::limits::MAX_BULK_BYTES;

/// Numbers at the borders of everything, and others.
fn number() -> impl Strategy<Value = u64> {
    let borders = [
        0,
        32,
        GROUP_BYTES,
        MAX_FILE_BYTES + 1,
        MAX_GROUPS,
        1 << 32,
        u64::MAX,
    ];
    prop_oneof![
        (select(borders.to_vec()), 0..66u64)
            .prop_map(|(border, near)| border.wrapping_add(near).wrapping_sub(33)),
        any::<u64>(),
        0..MAX_FILE_BYTES,
    ]
}

/// A record of which any field may be invalid.
fn any_record() -> impl Strategy<Value = Record> {
    let bytes = || collection::vec(any::<u8>(), 0..100).prop_map(Bytes::from);
    let content = prop_oneof![
        (number(), bytes()).prop_map(|(offset, bytes)| Content::Data { offset, bytes }),
        (number(), number()).prop_map(|(offset, length)| Content::Zeros { offset, length }),
        (number(), collection::vec(any::<[u8; 32]>(), 0..4)).prop_map(|(first, digests)| {
            let digests = digests.concat().into();
            Content::Digests { first, digests }
        }),
        (number(), any::<Option<[u8; 32]>>()).prop_map(|(size, hash)| Content::End { size, hash }),
    ];
    let entry = prop_oneof![4 => 0..MAX_ENTRIES, 1 => any::<u32>()];
    (any::<u16>(), entry, content).prop_map(|(number, entry, content)| Record {
        number,
        entry,
        content,
    })
}

/// The rules of a record once more, in numbers that cannot overflow.
fn is_valid(record: &Record) -> bool {
    let ends = |offset: u64, length: u64| u128::from(offset) + u128::from(length) < 1 << 53;
    record.entry < 1_000_000
        && match &record.content {
            Content::Data { offset, bytes } => {
                let length = bytes.len() as u64;
                length > 0 && ends(*offset, length) && offset % GROUP_BYTES + length <= GROUP_BYTES
            }
            Content::Zeros { offset, length } => *length > 0 && ends(*offset, *length),
            Content::Digests { first, digests } => {
                let count = digests.len() / 32;
                count > 0 && u128::from(*first) + count as u128 <= 1 << 33
            }
            Content::End { size, hash } => {
                ends(*size, 0) && (hash.is_some() || *size > GROUP_BYTES)
            }
        }
}

proptest! {
    #[test]
    fn what_is_pushed_is_decoded_and_what_is_invalid_is_not_pushed(
        records in collection::vec(any_record(), 1..40),
        max_bytes in 64..1000usize,
        sent_ms: u32,
    ) {
        let mut encoder = BulkEncoder::new(max_bytes);
        let mut messages = Vec::new();
        let mut expected = Vec::new();
        for record in &records {
            let mut result = encoder.push(record);
            if result == Err(PushError::Full) {
                let content = encoder.content_bytes();
                messages.extend(encoder.finish(sent_ms).map(|message| (message, content)));
                result = encoder.push(record);
            }
            match result {
                Ok(()) => expected.push(record.clone()),
                // A small message, and this record is larger.
                Err(PushError::Full) => prop_assert!(max_bytes < 8 + 24 + 100),
                Err(PushError::Invalid(_)) => {}
            }
            prop_assert_eq!(!matches!(result, Err(PushError::Invalid(_))), is_valid(record));
        }
        let content = encoder.content_bytes();
        messages.extend(encoder.finish(sent_ms).map(|message| (message, content)));
        let mut decoded = Vec::new();
        for (message, content) in messages {
            prop_assert!(message.len() <= max_bytes);
            let message = BulkMessage::decode(message);
            prop_assert!(message.is_ok());
            if let Ok(message) = message {
                prop_assert_eq!(message.sent_ms(), sent_ms);
                prop_assert_eq!(message.content_bytes(), content);
                decoded.extend(message.records());
            }
        }
        prop_assert_eq!(decoded, expected);
    }

    #[test]
    fn any_bytes_are_decoded_or_refused_without_a_copy(
        records in collection::vec(any_record(), 0..6),
        changes in collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        noise in collection::vec(any::<u8>(), 0..200),
        noise_only in prop::bool::weighted(0.2),
    ) {
        let mut encoder = BulkEncoder::new(MAX_BULK_BYTES);
        for record in &records {
            let _ = encoder.push(record);
        }
        let mut message: Vec<u8> = match encoder.finish(0) {
            Some(message) if !noise_only => message.to_vec(),
            _ => noise,
        };
        for (at, byte) in changes {
            if !message.is_empty() {
                let at = at.index(message.len());
                message[at] = byte;
            }
        }
        let message = Bytes::from(message);
        let range = message.as_ptr_range();
        if let Ok(decoded) = BulkMessage::decode(message.clone()) {
            let mut headers = HEADER_BYTES;
            let mut known = 0;
            for record in decoded.records() {
                prop_assert!(is_valid(&record));
                headers += RECORD_HEADER_BYTES;
                known += match record.content {
                    Content::Data { bytes, .. } | Content::Digests { digests: bytes, .. } => {
                        let part = bytes.as_ptr_range();
                        prop_assert!(range.start <= part.start && part.end <= range.end);
                        bytes.len()
                    }
                    Content::Zeros { .. } => 0,
                    Content::End { hash, .. } => hash.map_or(0, |_| HASH_BYTES),
                };
            }
            prop_assert!(known <= decoded.content_bytes());
            prop_assert!(headers + decoded.content_bytes() <= message.len());
        }
    }
}
