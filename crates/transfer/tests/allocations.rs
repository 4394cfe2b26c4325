//! What decoding allocates is bounded by the size of the message, whatever the message says.

#![expect(unsafe_code, reason = "an allocator is unsafe")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use bytes::Bytes;
use maru_transfer::{
    bulk::{BulkMessage, HASH_BYTES},
    control::ControlMessage,
    limits::{MAX_BULK_BYTES, MAX_CONTROL_BYTES},
};

struct Counting;

thread_local! {
    /// Bytes that this thread has allocated, also those that are free again.
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocated_by<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATED.get();
    let result = work();
    let after = ALLOCATED.get();
    drop(result);
    after - before
}

fn record(kind: u8, length: u64, content: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 0, 0, 0, 0, 0, 0, 0];
    record.extend([0; 8]);
    record.extend(length.to_be_bytes());
    record.extend(content);
    record
}

#[test]
fn decoding_allocates_no_more_than_the_message_warrants() {
    // Bulk: nothing for the records, and a few bytes for counting the references to the message.
    let bulk = |record: Vec<u8>| {
        let records = (MAX_BULK_BYTES - 8) / record.len();
        let mut message = vec![1, 0, 0, 0, 0, 0, 0, 0];
        message.extend(record.repeat(records));
        message
    };
    for message in [
        bulk(record(1, 1, b"x")),
        bulk(record(2, (1 << 53) - 1, b"")),
        bulk(record(3, 32, &[0; HASH_BYTES])),
        bulk(record(4, 32, &[0; HASH_BYTES])),
        bulk(record(9, 0, b"")),
        bulk(record(200, u64::MAX, b"")),
        bulk(record(1, 1 << 19, b"x")),
        bulk(record(3, 1 << 37, b"")),
        bulk(record(9, u64::MAX, b"")),
        vec![1; 10 * MAX_BULK_BYTES],
    ] {
        let message = Bytes::from(message);
        let allocated = allocated_by(|| {
            BulkMessage::decode(message.clone()).map(|message| message.records().count())
        });
        assert!(
            allocated <= 64,
            "{allocated} bytes for {:?}",
            &message[8..32]
        );
    }

    // Control: the values of the longest list, and those it outgrew. An empty text takes 3 bytes in JSON, and 24 here.
    let id = r#""id":"00112233445566778899aabbccddeeff""#;
    let list = |head: &str, element: &str| {
        let room = MAX_CONTROL_BYTES - head.len() - 2;
        let elements = vec![element; (room + 1) / (element.len() + 1)];
        format!("{head}{}]}}", elements.join(","))
    };
    let hello = r#"{"type":"hello","version":1,"participant":"3f2a6c1e-8b7d-4e5f-9a01-2b3c4d5e6f70",
        "incarnation":"0193a5c2-7d1e-7b34-8f56-a1b2c3d4e5f6","features":["#;
    let want = format!(r#"{{"type":"want",{id},"entry":0,"groups":["#);
    let manifest = format!(r#"{{"type":"manifest",{id},"first":0,"last":true,"entries":["#);
    let entry = r#"{"path":"a","size":0,"modified":[0,0]}"#;
    let tag = format!("\"{}\"", "0".repeat(32));
    for (message, most) in [
        (list(hello, r#""""#), 32 * MAX_CONTROL_BYTES),
        (list(&want, "[0,1]"), 16 * MAX_CONTROL_BYTES),
        (list(&manifest, entry), 16 * MAX_CONTROL_BYTES),
        (
            list(r#"{"type":"known","tags":["#, &tag),
            2 * MAX_CONTROL_BYTES,
        ),
        // Ignored
        (list(r#"{"type":"ping","at":1,"x":["#, "0"), 0),
        (list(r#"{"type":"later","x":["#, "0"), 0),
        // Only the brackets around the current place
        (list(r#"{"type":"later","x":["#, "{}"), 64),
        // Refused
        (list(r#"{"type":"ping","at":["#, "[]"), 1024),
        ("x".repeat(10 * MAX_CONTROL_BYTES), 0),
    ] {
        let allocated = allocated_by(|| ControlMessage::decode(message.as_bytes()));
        assert!(allocated <= most, "{allocated} bytes for {message:.100}");
    }
}
