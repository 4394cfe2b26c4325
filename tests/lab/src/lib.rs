//! Simulates a bad path as plain arithmetic: the input is packets and the time, the output is when each one leaves. The
//! binary, and tests through [`carry`], put it between two network namespaces; `crates/peer` tests with it in one process, in
//! virtual time. Results of both are comparable because the arithmetic is the same.

#[cfg(target_os = "linux")]
mod carry;
mod conditions;
#[cfg(target_os = "linux")]
mod control;
mod direction;
mod shaper;
#[cfg(target_os = "linux")]
mod tun;

#[cfg(target_os = "linux")]
pub use carry::carry;
pub use conditions::Conditions;
pub use direction::Direction;
pub use shaper::Shaper;
