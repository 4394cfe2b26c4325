#![no_main]
//! See `targets.rs`.

#[path = "../targets.rs"]
#[allow(dead_code, reason = "the other targets")]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    targets::journal(input);
});
