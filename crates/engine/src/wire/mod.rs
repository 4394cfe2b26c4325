//! Messages of the media socket. `ui/src/engine/native/wire.ts` is the other side of them.

mod control;
mod frame;

pub(crate) use control::{FromWorker, ToWorker};
pub(crate) use frame::{FrameHeader, MAX_MESSAGE_BYTES};
