//! The device thread: opens, watches and replaces devices.
//!
//! Separate from the sound thread, because opening and listing devices blocks for up to hundreds of milliseconds,
//! which would interrupt the audio. It owns the streams; the sound thread gets the other ends of their queues.
//!
//! - A microphone whose device is gone continues with the system's default; if that fails, it ends.
//! - A loudspeaker that is gone is replaced by the system's default; if that fails, it is tried again later.
//! - A device that was opened as the system's default follows when the system's default changes.
//! - The loudspeaker is open while there is a stream or a microphone, and only then.

mod microphone;
mod open_device;
mod reopen_limit;
mod speaker;
mod watchdog;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    backend::Backend,
    control::SoundControl,
    device::{AvailableDevices, non_default},
    event::{Event, EventSender},
    request::{Request, Requests},
    stream::StreamContext,
    thread_waker::ThreadWaker,
};
use microphone::MicrophoneSlot;
use open_device::DeviceOpener;
use speaker::SpeakerSlot;

/// How long changes are reported after the list of devices was requested.
const LIST_INTEREST: Duration = Duration::from_secs(60);

pub(crate) struct DeviceThread {
    opener: DeviceOpener,
    requests: Arc<Requests>,
    control: Arc<SoundControl>,
    events: EventSender,
    microphone: MicrophoneSlot,
    speaker: SpeakerSlot,
    /// The devices at the last poll.
    available: Option<AvailableDevices>,
    /// When the list of devices was last requested.
    listed_at: Option<Instant>,
    next_poll: Instant,
}

impl DeviceThread {
    pub(crate) fn new(
        backend: Backend,
        requests: Arc<Requests>,
        control: Arc<SoundControl>,
        events: EventSender,
    ) -> Self {
        let context = StreamContext {
            counters: Arc::clone(&control.counters),
            sound_thread: Arc::clone(&control.waker),
            device_thread: Arc::clone(&requests.waker),
        };
        Self {
            opener: DeviceOpener { backend, context },
            requests,
            microphone: MicrophoneSlot::new(Arc::clone(&control), events.clone()),
            speaker: SpeakerSlot::new(Arc::clone(&control), events.clone()),
            control,
            events,
            available: None,
            listed_at: None,
            next_poll: Instant::now(),
        }
    }

    /// Runs until the requests are closed.
    pub(crate) fn run(mut self) {
        self.requests.waker.register_current();
        loop {
            let pending = self.requests.take();
            if pending.closed {
                return;
            }
            for request in pending.requests {
                self.handle(request);
            }
            if let Some(number) = self.microphone.number()
                && pending.close_microphone == Some(number)
            {
                self.microphone.close();
            }
            let now = Instant::now();
            if self.is_polling(now) && now >= self.next_poll {
                self.poll(now);
                self.next_poll = now + self.opener.backend.poll_interval();
            }
            self.microphone.maintain(now, &mut self.opener);
            let needed = self.needs_speaker();
            self.speaker.maintain(now, needed, &mut self.opener);
            ThreadWaker::sleep(self.is_polling(now).then_some(self.next_poll));
        }
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::ListDevices(answer) => {
                self.listed_at = Some(Instant::now());
                // The answer contains changes since the last poll: no event is needed for them.
                self.available = Some(self.opener.backend.available());
                let _cancelled = answer.send(self.opener.backend.devices());
            }
            Request::OpenMicrophone { id, answer } => {
                let opened = self
                    .microphone
                    .open(non_default(id.as_deref()), &mut self.opener);
                // When the request was cancelled, its caller does not know the number to close it by.
                if let Err(Ok(_)) = answer.send(opened) {
                    self.microphone.close();
                }
            }
            Request::SetSpeaker { id, answer } => {
                let needed = self.needs_speaker();
                let id = non_default(id.as_deref());
                let _cancelled = answer.send(self.speaker.choose(id, needed, &mut self.opener));
            }
        }
    }

    fn needs_speaker(&self) -> bool {
        self.microphone.number().is_some() || self.control.has_streams()
    }

    fn is_polling(&self, now: Instant) -> bool {
        let recent = |listed: Instant| now.saturating_duration_since(listed) < LIST_INTEREST;
        self.needs_speaker() || self.listed_at.is_some_and(recent)
    }

    /// Checks which devices there are, and whether those in use still work.
    fn poll(&mut self, now: Instant) {
        let available = self.opener.backend.available();
        let before = self.available.replace(available.clone());
        if before.as_ref().is_some_and(|before| *before != available) {
            self.events.send(Event::DevicesChanged);
            self.speaker.on_devices_changed();
        }
        let devices = [self.microphone.device(), self.speaker.device()];
        for device in devices.into_iter().flatten() {
            device.check(now, before.as_ref(), &available);
        }
    }
}

impl Drop for DeviceThread {
    fn drop(&mut self) {
        self.requests.close();
        // Ends the sound thread too where this is a panic.
        self.control.close();
    }
}
