//! The C ABI. A negative result is a failure; the numbers are in `transfer-module.ts` too.
//!
//! The names of exports are the crate's only unsafe code: in a native program two functions of one name would clash.

#![expect(
    unsafe_code,
    reason = "an export needs #[unsafe(no_mangle)]; no function here has an unsafe block"
)]

use std::cell::RefCell;

use maru_transfer::hash::HashError;

use crate::module::{EXCHANGE_BYTES, Failure, Hashed, Module};

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
        // 2^31 hashers do not fit the memory.
        Ok(i32::try_from(handle).unwrap_or(i32::MAX))
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
    }
}
