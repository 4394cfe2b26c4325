//! Requests to the device thread.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use crate::{device::Device, error::SoundError, thread_waker::ThreadWaker};

/// Most requests that wait; each may take as long as opening a device.
const MAX_REQUESTS: usize = 16;

/// A microphone in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedMicrophone {
    /// The number of this use of a microphone; never reused by one [`Sound`](crate::Sound).
    pub microphone: u32,
    /// The device's ID; `None` for the system's default, also when that replaces a missing device.
    pub id: Option<String>,
    /// The system's name for the device.
    pub label: String,
}

/// A request and where its answer goes.
#[derive(Debug)]
pub(crate) enum Request {
    ListDevices(oneshot::Sender<Vec<Device>>),
    OpenMicrophone {
        id: Option<String>,
        answer: oneshot::Sender<Result<OpenedMicrophone, SoundError>>,
    },
    SetSpeaker {
        id: Option<String>,
        answer: oneshot::Sender<Result<(), SoundError>>,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) requests: VecDeque<Request>,
    /// The newest microphone to be closed. Older ones have been replaced or closed before.
    pub(crate) close_microphone: Option<u32>,
    pub(crate) closed: bool,
}

/// The queue of requests.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    pending: Mutex<Pending>,
    pub(crate) waker: Arc<ThreadWaker>,
}

impl Requests {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request. It is dropped, and with it the sender of its answer, when the queue is full or closed.
    pub(crate) fn submit(&self, request: Request) {
        {
            let mut pending = self.lock();
            if pending.closed || pending.requests.len() >= MAX_REQUESTS {
                return;
            }
            pending.requests.push_back(request);
        }
        self.waker.wake();
    }

    pub(crate) fn close_microphone(&self, microphone: u32) {
        {
            let mut pending = self.lock();
            pending.close_microphone = pending.close_microphone.max(Some(microphone));
        }
        self.waker.wake();
    }

    /// Takes what is pending.
    pub(crate) fn take(&self) -> Pending {
        let mut pending = self.lock();
        Pending {
            requests: std::mem::take(&mut pending.requests),
            close_microphone: pending.close_microphone.take(),
            closed: pending.closed,
        }
    }

    /// Drops all pending and future requests, and ends the device thread.
    pub(crate) fn close(&self) {
        let dropped = {
            let mut pending = self.lock();
            pending.closed = true;
            std::mem::take(&mut pending.requests)
        };
        drop(dropped);
        self.waker.wake();
    }
}
