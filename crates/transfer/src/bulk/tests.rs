mod properties;

use bytes::Bytes;

use super::*;
use crate::limits::MAX_BULK_BYTES;

const SENT_MS: u32 = 0xfedc_ba98;

/// The bytes of a message, written without the encoder.
struct Raw(Vec<u8>);

impl Raw {
    fn new() -> Self {
        Self(vec![1, 0, 0, 0, 0xfe, 0xdc, 0xba, 0x98])
    }

    fn record(mut self, kind: u8, entry: u32, offset: u64, length: u64, content: &[u8]) -> Self {
        self.0.extend([kind, 0, 0, 7]);
        self.0.extend(entry.to_be_bytes());
        self.0.extend(offset.to_be_bytes());
        self.0.extend(length.to_be_bytes());
        self.0.extend(content);
        self
    }

    fn decode(self) -> Result<BulkMessage, BulkError> {
        BulkMessage::decode(self.0.into())
    }
}

fn data(entry: u32, offset: u64, bytes: &'static [u8]) -> Record {
    Record {
        number: 7,
        entry,
        content: Content::Data {
            offset,
            bytes: Bytes::from_static(bytes),
        },
    }
}

fn end(entry: u32, size: u64) -> Record {
    Record {
        number: 7,
        entry,
        content: Content::End {
            size,
            hash: Some([0xab; 32]),
        },
    }
}

/// One record alone in a message.
fn alone(kind: u8, entry: u32, offset: u64, length: u64, content: &[u8]) -> Result<(), BulkError> {
    let message = Raw::new().record(kind, entry, offset, length, content);
    message.decode().map(|_| ())
}

#[test]
fn records_have_the_bytes_of_the_specification() {
    let message = Raw::new()
        .record(1, 3, GROUP_BYTES, 5, b"hello")
        .record(2, 4, 9, 1 << 40, b"")
        .record(3, 5, 2 * GROUP_BYTES, 64, &[0xcd; 64])
        .record(4, 6, 11, 32, &[0xab; 32]);
    let content = |entry, content| Record {
        number: 7,
        entry,
        content,
    };
    let records = [
        data(3, GROUP_BYTES, b"hello"),
        content(
            4,
            Content::Zeros {
                offset: 9,
                length: 1 << 40,
            },
        ),
        content(
            5,
            Content::Digests {
                first: 2,
                digests: Bytes::from_static(&[0xcd; 64]),
            },
        ),
        end(6, 11),
    ];
    let mut encoder = BulkEncoder::new(MAX_BULK_BYTES);
    for record in &records {
        encoder.push(record).expect("it fits");
    }
    assert_eq!(encoder.content_bytes(), 5 + 64 + 32);
    assert_eq!(encoder.finish(SENT_MS), Some(message.0.clone().into()));
    assert_eq!(
        encoder.finish(SENT_MS),
        None,
        "the next message has no record"
    );
    let decoded = message.decode().expect("valid");
    assert_eq!(decoded.sent_ms(), SENT_MS);
    assert_eq!(decoded.content_bytes(), 5 + 64 + 32);
    assert_eq!(decoded.records().collect::<Vec<_>>(), records);
}

#[test]
fn fields_of_hostile_records_are_refused() {
    const MAX: u64 = MAX_FILE_BYTES;
    let group = vec![0; 262_144];
    /// Kind, entry, offset, length, content, and what is expected.
    type Case<'a> = (u8, u32, u64, u64, &'a [u8], Result<(), BulkError>);
    let table: &[Case<'_>] = &[
        // Data
        (1, 0, 0, 1, b"x", Ok(())),
        (1, 0, 0, 0, b"", Err(BulkError::Empty)),
        (1, 0, 0, 2, b"x", Err(BulkError::Truncated)),
        (1, 0, 0, 1, b"xy", Err(BulkError::Truncated)),
        (1, 0, 0, GROUP_BYTES, b"x", Err(BulkError::Truncated)),
        (1, 0, 0, GROUP_BYTES + 1, b"x", Err(BulkError::CrossesGroup)),
        (1, 0, GROUP_BYTES - 1, 1, b"x", Ok(())),
        (
            1,
            0,
            GROUP_BYTES - 1,
            2,
            b"xy",
            Err(BulkError::CrossesGroup),
        ),
        (1, 0, GROUP_BYTES - 2, 2, b"xy", Ok(())),
        (1, 0, MAX - 1, 1, b"x", Ok(())),
        (1, 0, MAX, 1, b"x", Err(BulkError::Range)),
        (1, 0, u64::MAX, 1, b"x", Err(BulkError::Range)),
        (1, 0, 1, u64::MAX, b"x", Err(BulkError::Range)),
        (1, 0, u64::MAX, u64::MAX, b"x", Err(BulkError::Range)),
        (1, MAX_ENTRIES - 1, 0, 1, b"x", Ok(())),
        (1, MAX_ENTRIES, 0, 1, b"x", Err(BulkError::Entry)),
        (1, u32::MAX, 0, 1, b"x", Err(BulkError::Entry)),
        // Zeros
        (2, 0, 0, MAX, b"", Ok(())),
        (2, 0, 0, 0, b"", Err(BulkError::Empty)),
        (2, 0, 1, MAX, b"", Err(BulkError::Range)),
        (2, 0, u64::MAX, 2, b"", Err(BulkError::Range)),
        (2, 0, 0, u64::MAX, b"", Err(BulkError::Range)),
        (2, 0, 0, 1, b"x", Err(BulkError::Truncated)),
        (2, MAX_ENTRIES, 0, 1, b"", Err(BulkError::Entry)),
        // Digests
        (3, 0, 0, 32, &[0; 32], Ok(())),
        (3, 0, 0, 0, b"", Err(BulkError::Hash)),
        (3, 0, 0, 31, &[0; 31], Err(BulkError::Hash)),
        (3, 0, 0, 33, &[0; 33], Err(BulkError::Hash)),
        (3, 0, 1, 32, &[0; 32], Err(BulkError::CrossesGroup)),
        (3, 0, 0, 64, &[0; 32], Err(BulkError::Truncated)),
        (3, 0, (MAX_GROUPS - 1) * GROUP_BYTES, 32, &[0; 32], Ok(())),
        (
            3,
            0,
            (MAX_GROUPS - 1) * GROUP_BYTES,
            64,
            &[0; 64],
            Err(BulkError::Range),
        ),
        (
            3,
            0,
            MAX_GROUPS * GROUP_BYTES,
            32,
            &[0; 32],
            Err(BulkError::Range),
        ),
        (
            3,
            0,
            u64::MAX - (GROUP_BYTES - 1),
            32,
            &[0; 32],
            Err(BulkError::Range),
        ),
        (3, 0, 0, u64::MAX - 31, b"", Err(BulkError::Range)),
        (3, MAX_ENTRIES, 0, 32, &[0; 32], Err(BulkError::Entry)),
        // End
        (4, 0, 0, 32, &[0; 32], Ok(())),
        (4, 0, MAX, 32, &[0; 32], Ok(())),
        (4, 0, MAX + 1, 32, &[0; 32], Err(BulkError::Range)),
        (4, 0, u64::MAX, 32, &[0; 32], Err(BulkError::Range)),
        (4, 0, 0, 31, &[0; 31], Err(BulkError::Hash)),
        (4, 0, GROUP_BYTES + 1, 0, b"", Ok(())),
        (4, 0, MAX, 0, b"", Ok(())),
        (4, 0, GROUP_BYTES, 0, b"", Err(BulkError::Hash)),
        (4, 0, 0, 0, b"", Err(BulkError::Hash)),
        (4, 0, 0, 64, &[0; 64], Err(BulkError::Hash)),
        (4, 0, 0, u64::MAX, &[0; 32], Err(BulkError::Hash)),
        (4, 0, 0, 32, &[0; 31], Err(BulkError::Truncated)),
        (4, MAX_ENTRIES, 0, 32, &[0; 32], Err(BulkError::Entry)),
        // Larger than a message
        (1, 0, 0, 262_144, &group, Err(BulkError::TooLong)),
    ];
    for (index, (kind, entry, offset, length, content, expected)) in table.iter().enumerate() {
        let result = alone(*kind, *entry, *offset, *length, content);
        assert_eq!(result, *expected, "case {index}");
    }
}

#[test]
fn unknown_kinds_are_skipped_by_their_length_and_from_128_on_have_none() {
    for (kind, length, content) in [
        (0, 3, &b"abc"[..]),
        (5, 0, b""),
        (5, 3, b"abc"),
        (127, 3, b"abc"),
        (128, 3, b""),
        (255, u64::MAX, b""),
    ] {
        // The other fields may have another meaning: they are not checked.
        let message = Raw::new()
            .record(kind, u32::MAX, u64::MAX, length, content)
            .record(1, 3, 0, 1, b"x")
            .record(kind, u32::MAX, u64::MAX, length, content)
            .decode()
            .expect("valid");
        let records: Vec<_> = message.records().collect();
        assert_eq!(records, [data(3, 0, b"x")], "kind {kind}");
        assert_eq!(message.content_bytes(), 2 * content.len() + 1);
    }
    for length in [4, 1 << 32, u64::MAX] {
        assert_eq!(alone(127, 0, 0, length, b"abc"), Err(BulkError::Truncated));
    }
    let message = Raw::new().record(9, 0, 0, 0, b"").decode();
    assert_eq!(message.expect("valid").records().next(), None);
}

#[test]
fn reserved_bytes_are_ignored_and_other_versions_refused() {
    let mut message = Raw::new().record(4, 6, 11, 32, &[0xab; 32]).0;
    for reserved in [1, 2, 3, HEADER_BYTES + 1] {
        message[reserved] = 0xff;
    }
    let decoded = BulkMessage::decode(message.clone().into()).expect("valid");
    assert_eq!(decoded.records().collect::<Vec<_>>(), [end(6, 11)]);
    for version in [0, 2, 255] {
        message[0] = version;
        let result = BulkMessage::decode(message.clone().into());
        assert_eq!(result, Err(BulkError::Version(version)));
    }
}

#[test]
fn a_message_cut_anywhere_but_between_records_is_refused() {
    let message = Raw::new()
        .record(1, 3, 0, 5, b"hello")
        .record(2, 4, 9, 10, b"")
        .record(100, 4, 9, 3, b"abc")
        .record(3, 5, 0, 64, &[0xcd; 64])
        .record(4, 6, 11, 32, &[0xab; 32])
        .0;
    let whole: Vec<Record> = BulkMessage::decode(message.clone().into())
        .expect("valid")
        .records()
        .collect();
    // Where records end, and how many of them this version knows.
    let ends = [(37, 1), (61, 2), (88, 2), (176, 3), (232, 4)];
    assert_eq!(message.len(), 232);
    for length in 0..=message.len() {
        let result = BulkMessage::decode(Bytes::copy_from_slice(&message[..length]));
        let expected = match ends.iter().find(|(end, _)| *end == length) {
            Some((_, known)) => Ok(&whole[..*known]),
            None if length == HEADER_BYTES => Err(BulkError::NoRecord),
            None => Err(BulkError::Truncated),
        };
        let records = result.map(|message| message.records().collect::<Vec<_>>());
        assert_eq!(
            records.as_deref(),
            expected.as_ref().map(|records| *records),
            "{length} bytes"
        );
    }
}

#[test]
fn a_message_has_at_most_262_144_bytes() {
    let content = MAX_BULK_BYTES - HEADER_BYTES - RECORD_HEADER_BYTES;
    for (bytes, expected) in [(content, Ok(())), (content + 1, Err(BulkError::TooLong))] {
        assert_eq!(alone(1, 0, 0, bytes as u64, &vec![0; bytes]), expected);
    }
    // Refused before it is read.
    let result = BulkMessage::decode(vec![9; MAX_BULK_BYTES + 1].into());
    assert_eq!(result, Err(BulkError::TooLong));
    assert_eq!(BulkEncoder::new(usize::MAX).room(), Some(content));
}

#[test]
fn the_encoder_fills_a_message_to_the_byte_and_no_further() {
    let zeros: &'static [u8] = &[0; 1000];
    let mut encoder = BulkEncoder::new(HEADER_BYTES + 24 + 500 + 24 + 32 + 24 + 23);
    encoder.push(&data(0, 0, &zeros[..500])).expect("it fits");
    encoder.push(&end(0, 500)).expect("it fits");
    assert_eq!(encoder.room(), Some(23));
    let refused = encoder.push(&data(1, 0, &zeros[..24]));
    assert_eq!(refused, Err(PushError::Full));
    assert_eq!(encoder.push(&data(1, 0, b"")), Err(BulkError::Empty.into()));
    assert_eq!(
        encoder.content_bytes(),
        532,
        "a refused record is not counted"
    );
    encoder.push(&data(1, 0, &zeros[..23])).expect("it fits");
    assert_eq!(encoder.room(), None);
    let hole = Record {
        number: 7,
        entry: 2,
        content: Content::Zeros {
            offset: 0,
            length: 1,
        },
    };
    assert_eq!(encoder.push(&hole), Err(PushError::Full));
    let message = encoder.finish(SENT_MS).expect("it has records");
    assert_eq!(message.len(), 635);
    let records: Vec<_> = BulkMessage::decode(message)
        .expect("valid")
        .records()
        .collect();
    let expected = [
        data(0, 0, &zeros[..500]),
        end(0, 500),
        data(1, 0, &zeros[..23]),
    ];
    assert_eq!(records, expected);
    // The next message is empty again, and any hash fits the smallest one.
    assert_eq!(encoder.content_bytes(), 0);
    assert_eq!(encoder.push(&hole), Ok(()));
    assert_eq!(BulkEncoder::new(0).push(&end(0, 0)), Ok(()));
}
