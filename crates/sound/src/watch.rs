//! Notices devices coming and going.
//!
//! By looking every two seconds: ALSA tells nobody, and of the others each has its own way. Off the sound
//! thread, because a look may take longer than a sound card's period.

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::device::{self, Device};
use crate::thread::Request;

const INTERVAL: Duration = Duration::from_secs(2);

/// Dropping it ends the looking.
#[derive(Debug)]
pub(crate) struct Watch {
    _ends: SyncSender<()>,
}

impl Watch {
    /// Tells `tell` of every change; `seen` is what is known already.
    pub(crate) fn start(seen: Vec<Device>, tell: impl Fn(Request) + Send + 'static) -> Self {
        let (ends, ended) = sync_channel::<()>(0);
        let look = move || {
            let mut seen = seen;
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                let now = device::list();
                if now != seen {
                    seen = now;
                    tell(Request::DevicesChanged);
                }
            }
        };
        // Without a thread to spare nobody looks; opening devices works all the same.
        let _ = std::thread::Builder::new()
            .name("maru-devices".into())
            .spawn(look);
        Self { _ends: ends }
    }
}
