//! An open stream and what every stream needs.

use std::sync::Arc;

use crate::{
    counts::Counters, stream_status::StreamStatus, stream_thread::StreamThread,
    thread_waker::ThreadWaker,
};

/// What every stream reports to.
#[derive(Debug, Clone)]
pub(crate) struct StreamContext {
    pub(crate) counters: Arc<Counters>,
    pub(crate) sound_thread: Arc<ThreadWaker>,
    pub(crate) device_thread: Arc<ThreadWaker>,
}

impl StreamContext {
    pub(crate) fn status(&self, rate: u32, channels: u16) -> Arc<StreamStatus> {
        StreamStatus::new(
            rate,
            channels,
            Arc::clone(&self.counters),
            Arc::clone(&self.sound_thread),
            Arc::clone(&self.device_thread),
        )
    }
}

/// Keeps a stream running until it is dropped.
#[expect(dead_code, reason = "held until they are dropped")]
pub(crate) enum StreamHandle {
    Cpal(cpal::Stream),
    /// On a thread of this crate: ALSA's and the mock's.
    Thread(StreamThread),
}

/// An open stream.
pub(crate) struct OpenStream {
    #[expect(dead_code, reason = "held until it is dropped")]
    pub(crate) handle: StreamHandle,
    pub(crate) status: Arc<StreamStatus>,
    /// The device's ID; `None` for the system's default.
    pub(crate) id: Option<String>,
    pub(crate) label: String,
}
