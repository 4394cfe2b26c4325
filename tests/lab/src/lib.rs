//! Simulates a bad path as plain arithmetic: the input is packets and the time, the output is when each one leaves. The
//! binary puts it between two network namespaces; `crates/peer` tests with it in one process, in virtual time. Results of
//! both are comparable because the arithmetic is the same.

mod conditions;
mod direction;
mod shaper;

pub use conditions::Conditions;
pub use direction::Direction;
pub use shaper::Shaper;
