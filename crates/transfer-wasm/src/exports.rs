//! The C ABI. A negative result is a failure; the numbers are in `transfer-module.ts` too.
//!
//! The names of exports are the crate's only unsafe code: in a native program two functions of one name would clash.

#![expect(
    unsafe_code,
    reason = "an export needs #[unsafe(no_mangle)]; no function here has an unsafe block"
)]

use std::cell::RefCell;

use maru_transfer::{endpoint::Identity, hash::HashError};
use serde::Deserialize;

use crate::{
    endpoint::{Place, time},
    failure::Failure,
    module::{EXCHANGE_BYTES, Hashed, Module},
};

thread_local! {
    /// An instance of the module has one thread.
    static MODULE: RefCell<Module> = RefCell::new(Module::new());
}

/// The address of the exchange buffer. It stays the same; `memory.buffer` does not when the memory grows.
#[unsafe(no_mangle)]
extern "C" fn exchange() -> *mut u8 {
    MODULE.with_borrow_mut(|module| module.exchange().as_mut_ptr())
}

/// The length of the exchange buffer.
#[unsafe(no_mangle)]
const extern "C" fn exchange_bytes() -> usize {
    EXCHANGE_BYTES
}

/// Replaces the first `length` bytes of the exchange buffer, all of group `group` of a file of `size` bytes, by 32 bytes.
/// Returns 0 if they are the digest of the group, and 1 if they are the hash of the file, which has no other group.
#[unsafe(no_mangle)]
extern "C" fn hash_group(size: u64, group: u64, length: usize) -> i32 {
    run(|module| {
        Ok(match module.hash_group(size, group, length)? {
            Hashed::Digest => 0,
            Hashed::File => 1,
        })
    })
}

/// Begins to combine the digests of a file of `size` bytes, which is not of one group. Returns a handle.
#[unsafe(no_mangle)]
extern "C" fn file_open(size: u64) -> i32 {
    run(|module| {
        let handle = module.open_file(size)?;
        Ok(result(handle))
    })
}

/// Adds the digest of group `group`: the first 32 bytes of the exchange buffer. Returns 0.
#[unsafe(no_mangle)]
extern "C" fn file_add(handle: usize, group: u64) -> i32 {
    run(|module| module.add_digest(handle, group).map(|()| 0))
}

/// Puts the hash of the file, 32 bytes, into the exchange buffer. Returns 0.
#[unsafe(no_mangle)]
extern "C" fn file_finish(handle: usize) -> i32 {
    run(|module| module.finish_file(handle).map(|()| 0))
}

/// Frees the handle. Does nothing if it is free.
#[unsafe(no_mangle)]
extern "C" fn file_close(handle: usize) {
    MODULE.with_borrow_mut(|module| module.close_file(handle));
}

/// Who this side is: the argument of [`endpoint_open`].
#[derive(Deserialize)]
struct Opened {
    participant: maru_protocol::ParticipantId,
    incarnation: maru_protocol::Incarnation,
}

/// Makes an endpoint for a participant. The exchange buffer has `participant` and `incarnation` of this side, as JSON of
/// `length` bytes. Returns a handle.
#[unsafe(no_mangle)]
extern "C" fn endpoint_open(length: usize) -> i32 {
    run(|module| {
        let Opened {
            participant,
            incarnation,
        } = module.parse(length)?;
        let identity = Identity {
            participant,
            incarnation,
        };
        Ok(result(module.endpoints.open(identity)))
    })
}

/// Frees the handle. Does nothing if it is free.
#[unsafe(no_mangle)]
extern "C" fn endpoint_close(handle: usize) {
    MODULE.with_borrow_mut(|module| module.endpoints.close(handle));
}

/// Carries out a command (`endpoint/command.rs`), JSON of `length` bytes. Returns the length of the answer, which is JSON
/// too, or 0 if there is none. `now` is in milliseconds, of a monotonic clock, here and elsewhere.
#[unsafe(no_mangle)]
extern "C" fn endpoint_command(handle: usize, length: usize, now: f64) -> i32 {
    run(|module| module.command(handle, length, time(now)).map(result))
}

/// A message of `length` bytes arrived on the control channel. Returns 0.
#[unsafe(no_mangle)]
extern "C" fn endpoint_control(handle: usize, length: usize, now: f64) -> i32 {
    run(|module| {
        let (slot, message) = module.input(handle, length)?;
        slot.on_control(message, time(now));
        Ok(0)
    })
}

/// A message of `length` bytes arrived on the bulk channel. Returns 0.
#[unsafe(no_mangle)]
extern "C" fn endpoint_bulk(handle: usize, length: usize, now: f64) -> i32 {
    run(|module| {
        let (slot, message) = module.input(handle, length)?;
        slot.on_bulk(message, time(now));
        Ok(0)
    })
}

/// The outcome of a read: `length` bytes. Returns 0.
#[unsafe(no_mangle)]
extern "C" fn endpoint_read(handle: usize, read: u64, length: usize, now: f64) -> i32 {
    run(|module| {
        let (slot, bytes) = module.input(handle, length)?;
        slot.on_read(read, bytes, time(now));
        Ok(0)
    })
}

/// A write is done, or failed. Returns 0.
#[unsafe(no_mangle)]
extern "C" fn endpoint_written(handle: usize, write: u64, now: f64) -> i32 {
    run(|module| {
        module.endpoints.slot(handle)?.on_written(write, time(now));
        Ok(0)
    })
}

/// The next thing to do (`endpoint/output.rs`): JSON, and after it the bytes of a write. Returns the length of the JSON in
/// the lower 32 bits and the number of bytes in the upper ones; 0 if there is nothing to do.
#[unsafe(no_mangle)]
extern "C" fn endpoint_poll(handle: usize, now: f64) -> i64 {
    MODULE.with_borrow_mut(|module| {
        let polled = match module.endpoints.slot(handle) {
            Ok(slot) => slot.poll_output(time(now)),
            Err(failure) => return number(failure).into(),
        };
        let Some(polled) = polled else { return 0 };
        let mut content = polled.text.into_bytes();
        let text = i64::from(result(content.len()));
        content.extend_from_slice(&polled.bytes);
        match module.answer(&content) {
            Ok(_) => i64::from(result(polled.bytes.len())) << 32 | text,
            Err(failure) => number(failure).into(),
        }
    })
}

/// Puts the next message of the bulk channel into the exchange buffer. Returns its length; 0 if none may be sent.
#[unsafe(no_mangle)]
extern "C" fn endpoint_poll_bulk(handle: usize, now: f64) -> i32 {
    run(
        |module| match module.endpoints.slot(handle)?.poll_bulk(time(now)) {
            Some(message) => module.answer(&message).map(result),
            None => Ok(0),
        },
    )
}

/// When the command `timeout` is due, in milliseconds; negative if nothing is due.
#[unsafe(no_mangle)]
extern "C" fn endpoint_timeout(handle: usize) -> f64 {
    MODULE.with_borrow_mut(|module| {
        module
            .endpoints
            .slot(handle)
            .map_or(-1.0, |slot| slot.poll_timeout())
    })
}

/// Adds sizes of entries, `length` bytes of 64-bit integers in little-endian order, for the next command that takes them.
#[unsafe(no_mangle)]
extern "C" fn stage_sizes(length: usize) -> i32 {
    run(|module| {
        let bytes = module
            .exchange()
            .get(..length)
            .ok_or(Failure::TooLong)?
            .to_vec();
        module.endpoints.stage_sizes(&bytes);
        Ok(0)
    })
}

/// Adds the digest of a verified group, 32 bytes, for the next command that takes them.
#[unsafe(no_mangle)]
extern "C" fn stage_digest(entry: u32, group: u64) -> i32 {
    run(|module| {
        let digest = module.digest();
        module.endpoints.stage_digest(entry, group, digest);
        Ok(0)
    })
}

/// Makes the names of a transfer. Returns a handle.
#[unsafe(no_mangle)]
extern "C" fn layout_open() -> i32 {
    run(|module| Ok(result(module.endpoints.open_layout())))
}

/// Frees the handle. Does nothing if it is free.
#[unsafe(no_mangle)]
extern "C" fn layout_close(handle: usize) {
    MODULE.with_borrow_mut(|module| module.endpoints.close_layout(handle));
}

/// Names the next entry of the manifest, JSON of `length` bytes (`endpoint::Place`). Returns the length of the answer: the
/// components of its path, as JSON.
#[unsafe(no_mangle)]
extern "C" fn layout_place(handle: usize, length: usize) -> i32 {
    run(|module| {
        let entry: Place = module.parse(length)?;
        let components = module.endpoints.place(handle, &entry)?;
        module.answer(components.to_string().as_bytes()).map(result)
    })
}

/// Lengths and handles are small: what they count is in 32-bit memory.
fn result(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

fn run(operation: impl FnOnce(&mut Module) -> Result<i32, Failure>) -> i32 {
    MODULE.with_borrow_mut(|module| operation(module).unwrap_or_else(number))
}

const fn number(failure: Failure) -> i32 {
    match failure {
        Failure::Hash(HashError::FileTooLarge) => -1,
        Failure::Hash(HashError::NoSuchGroup) => -2,
        Failure::Hash(HashError::TooManyBytes) => -3,
        Failure::Hash(HashError::Incomplete) => -4,
        Failure::Hash(HashError::Duplicate) => -5,
        Failure::Hash(HashError::NoDigests) => -6,
        Failure::NoSuchHandle => -7,
        Failure::TooLong => -8,
        Failure::BadCommand => -9,
        Failure::TooManyFolders => -10,
    }
}
