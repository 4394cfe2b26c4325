//! `maru-transfer` as a WebAssembly module for the web client ([decision 0051](../../../docs/decisions/0051-a-module-of-our-own.md)).
//!
//! `cargo xtask wasm` builds it. Its only user is `ui/src/host/browser/files/transfer-module.ts`, which has the other
//! side of the C ABI in [`exports`]. Bytes cross in one exchange buffer in linear memory, numbers as arguments.

mod exports;
mod module;
