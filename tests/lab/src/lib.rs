//! What a bad path does to packets, as plain arithmetic: packets and the time go in, when each one leaves comes
//! out. The binary puts it between two network namespaces; `crates/peer` tests with it in one process, in virtual
//! time. Figures of both compare because the arithmetic is the same.

mod conditions;
mod direction;
mod shaper;

pub use conditions::Conditions;
pub use direction::Direction;
pub use shaper::Shaper;
