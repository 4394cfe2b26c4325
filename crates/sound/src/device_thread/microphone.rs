//! The microphone in use, over all devices that it comes from.

use std::{sync::Arc, time::Instant};

use super::{
    open_device::{DeviceOpener, OpenDevice, is_busy},
    reopen_limit::ReopenLimit,
};
use crate::{
    control::SoundControl,
    error::SoundError,
    event::{Event, EventSender},
    request::OpenedMicrophone,
};

pub(super) struct MicrophoneSlot {
    control: Arc<SoundControl>,
    events: EventSender,
    current: Option<Microphone>,
    /// The number of the newest microphone.
    last_number: u32,
}

struct Microphone {
    number: u32,
    /// The ID that was requested; `None` for the system's default.
    requested: Option<String>,
    device: OpenDevice,
    reopen_limit: ReopenLimit,
}

impl MicrophoneSlot {
    pub(super) fn new(control: Arc<SoundControl>, events: EventSender) -> Self {
        Self {
            control,
            events,
            current: None,
            last_number: 0,
        }
    }

    pub(super) fn number(&self) -> Option<u32> {
        self.current.as_ref().map(|microphone| microphone.number)
    }

    pub(super) fn device(&mut self) -> Option<&mut OpenDevice> {
        self.current
            .as_mut()
            .map(|microphone| &mut microphone.device)
    }

    /// Opens a microphone in place of the current one.
    pub(super) fn open(
        &mut self,
        id: Option<&str>,
        opener: &mut DeviceOpener,
    ) -> Result<OpenedMicrophone, SoundError> {
        let mut opened = opener.open_microphone(id);
        if is_busy(&opened)
            && let Some(current) = self.current.take()
        {
            // The current microphone may be what keeps the device busy: close it and try again.
            let number = current.number;
            drop(current);
            opened = opener.open_microphone(id);
            if opened.is_err() {
                self.end(number);
            }
        }
        let (device, source) = opened?;
        self.last_number = self.last_number.wrapping_add(1);
        let opened = OpenedMicrophone {
            microphone: self.last_number,
            id: device.stream.id.clone(),
            label: device.stream.label.clone(),
        };
        self.control
            .set_microphone(Some(self.last_number), Some(source));
        // Closes the previous one.
        self.current = Some(Microphone {
            number: self.last_number,
            requested: id.map(str::to_owned),
            device,
            reopen_limit: ReopenLimit::default(),
        });
        Ok(opened)
    }

    pub(super) fn close(&mut self) {
        self.control.set_microphone(None, None);
        self.current = None;
    }

    /// Replaces a device that has ended. When that fails, the microphone ends.
    pub(super) fn maintain(&mut self, now: Instant, opener: &mut DeviceOpener) {
        if let Some(microphone) = &mut self.current {
            microphone.device.follow_rerouting(opener, &self.events);
        }
        let ended = self
            .current
            .take_if(|microphone| microphone.device.status().has_ended());
        let Some(Microphone {
            number,
            requested,
            device,
            mut reopen_limit,
        }) = ended
        else {
            return;
        };
        self.control.counters.devices_replaced.add(1);
        // Continues as silence until another device has been opened.
        self.control.set_microphone(Some(number), None);
        drop(device);
        let reopened = if reopen_limit.allow(now) {
            opener
                .open_microphone(requested.as_deref())
                .or_else(|_| opener.open_microphone(None))
                .ok()
        } else {
            None
        };
        match reopened {
            Some((device, source)) => {
                self.control.set_microphone(Some(number), Some(source));
                self.current = Some(Microphone {
                    number,
                    requested,
                    device,
                    reopen_limit,
                });
            }
            None => self.end(number),
        }
    }

    fn end(&self, microphone: u32) {
        self.control.set_microphone(None, None);
        self.events.send(Event::MicrophoneEnded { microphone });
    }
}
