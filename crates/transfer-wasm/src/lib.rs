//! `maru-transfer` as a WebAssembly module for the web client ([decision 0051](../../../docs/decisions/0051-a-module-of-our-own.md)).
//!
//! `cargo xtask wasm` builds it. Its only users are `transfer-module.ts` and `endpoint.ts` in `ui/src/host/browser/files/`, which have the other
//! side of the C ABI in [`exports`]. Bytes and JSON cross in one exchange buffer in linear memory, numbers as arguments.

mod endpoint;
mod exports;
mod failure;
mod module;
