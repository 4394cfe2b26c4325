//! What is asked of the device thread.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use crate::{device::Device, error::SoundError, wake::Wake};

/// Requests that wait at most; each takes the time of opening a device.
const MOST: usize = 16;

/// A microphone in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Names this use of it; never given out twice by one [`Sound`](crate::Sound).
    pub microphone: u32,
    /// The device; `None` for the system's default, also when the one asked for is gone.
    pub id: Option<String>,
    /// What the system calls it.
    pub label: String,
}

/// A question and where the answer goes.
#[derive(Debug)]
pub(crate) enum Request {
    Devices(oneshot::Sender<Vec<Device>>),
    Microphone {
        id: Option<String>,
        answer: oneshot::Sender<Result<Opened, SoundError>>,
    },
    Speaker {
        id: Option<String>,
        answer: oneshot::Sender<Result<(), SoundError>>,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Mail {
    pub(crate) requests: VecDeque<Request>,
    /// The newest microphone that shall be closed. Older ones have been replaced or closed before.
    pub(crate) close: Option<u32>,
    pub(crate) closed: bool,
}

/// Where requests wait.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    mail: Mutex<Mail>,
    pub(crate) wake: Arc<Wake>,
}

impl Requests {
    fn lock(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops the request, and with it the answer's sender, when there are too many or nobody is there any more.
    pub(crate) fn ask(&self, request: Request) {
        {
            let mut mail = self.lock();
            if mail.closed || mail.requests.len() >= MOST {
                return;
            }
            mail.requests.push_back(request);
        }
        self.wake.wake();
    }

    pub(crate) fn close_microphone(&self, microphone: u32) {
        {
            let mut mail = self.lock();
            mail.close = mail.close.max(Some(microphone));
        }
        self.wake.wake();
    }

    /// Takes what waits.
    pub(crate) fn take(&self) -> Mail {
        let mut mail = self.lock();
        Mail {
            requests: std::mem::take(&mut mail.requests),
            close: mail.close.take(),
            closed: mail.closed,
        }
    }

    /// No more: what waits is refused, and so is what comes.
    pub(crate) fn close(&self) {
        let refused = {
            let mut mail = self.lock();
            mail.closed = true;
            std::mem::take(&mut mail.requests)
        };
        drop(refused);
        self.wake.wake();
    }
}
