//! A stream's own thread.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use crate::error::SoundError;

/// Stops and joins its thread when it is dropped.
pub(crate) struct StreamThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StreamThread {
    /// Starts a thread. `run` must return within some milliseconds after its argument has become true.
    ///
    /// # Errors
    ///
    /// When the system has no threads left.
    pub(crate) fn start(
        name: &str,
        run: impl FnOnce(&AtomicBool) + Send + 'static,
    ) -> Result<Self, SoundError> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&stopped))
            .map_err(|error| SoundError::failed(error.to_string()))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for StreamThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic in a stream has been printed, and ends nothing else.
            let _panicked = thread.join();
        }
    }
}
