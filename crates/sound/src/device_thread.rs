//! The device thread: opens, watches and replaces devices.
//!
//! Apart from the sound thread because all of this waits for the system, at times for hundreds of milliseconds,
//! and a call that falls silent whenever somebody opens a microphone would be no good. It owns the streams; the
//! sound thread gets the other ends of their queues.
//!
//! What it sees to:
//! - a microphone that vanishes: the system's default takes its place, else it has ended;
//! - a loudspeaker that vanishes: the default, else none until something changes;
//! - the system's default changes: whoever was opened as the default follows;
//! - the loudspeaker is open while there is a voice or a microphone, and only then.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    backend::{Backend, Open, Seen, Wires},
    desk::Desk,
    device::{DeviceKind, wanted},
    error::{SoundError, SoundErrorCode},
    event::{Event, Teller},
    input::Source,
    output::Sink,
    request::{Opened, Request, Requests},
    retries::Retries,
    wake::Wake,
    watch::Watch,
};

/// Who asked for the list of devices wants to know of its changes for so long.
const INTEREST: Duration = Duration::from_secs(60);
/// A loudspeaker that could not be opened is tried again after so long even if no device has come or gone: a
/// sound server that restarts shows in no list.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// One that broke is not opened more often than this.
const BREATH: Duration = Duration::from_secs(2);

/// A microphone in use.
struct Microphone {
    number: u32,
    wanted: Option<String>,
    used: Used,
    retries: Retries,
}

/// An open device, and what tells whether to replace it.
struct Used {
    open: Open,
    watch: Watch,
    /// The default it was opened as.
    default: Option<String>,
}

pub(crate) struct DeviceThread {
    backend: Backend,
    wires: Wires,
    requests: Arc<Requests>,
    desk: Arc<Desk>,
    teller: Teller,
    microphone: Option<Microphone>,
    /// The number of the newest microphone.
    issued: u32,
    speaker_wanted: Option<String>,
    speaker: Option<Used>,
    /// Until then no loudspeaker is opened by itself.
    patience: Option<Instant>,
    seen: Option<Seen>,
    asked: Option<Instant>,
    next_look: Instant,
}

impl DeviceThread {
    pub(crate) fn new(
        backend: Backend,
        requests: Arc<Requests>,
        desk: Arc<Desk>,
        teller: Teller,
    ) -> Self {
        Self {
            backend,
            wires: Wires {
                counting: Arc::clone(&desk.counting),
                sound: Arc::clone(&desk.wake),
                devices: Arc::clone(&requests.wake),
            },
            requests,
            desk,
            teller,
            microphone: None,
            issued: 0,
            speaker_wanted: None,
            speaker: None,
            patience: None,
            seen: None,
            asked: None,
            next_look: Instant::now(),
        }
    }

    /// Works until it is told to end.
    pub(crate) fn run(mut self) {
        self.requests.wake.here();
        loop {
            let mail = self.requests.take();
            if mail.closed {
                return;
            }
            for request in mail.requests {
                self.answer(request);
            }
            if let Some(microphone) = &self.microphone
                && mail.close == Some(microphone.number)
            {
                self.close_microphone();
            }
            let now = Instant::now();
            if self.interested(now) && now >= self.next_look {
                self.look(now);
                self.next_look = now + self.backend.interval();
            }
            self.see_to_microphone(now);
            self.see_to_speaker(now);
            Wake::sleep(self.interested(now).then_some(self.next_look));
        }
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Devices(answer) => {
                self.asked = Some(Instant::now());
                // A change since the last look is in the answer: nobody needs to be told of it.
                self.seen = Some(self.backend.seen());
                let _gone = answer.send(self.backend.devices());
            }
            Request::Microphone { id, answer } => {
                let opened = self.choose_microphone(wanted(id.as_deref()));
                // Whoever asked may be gone: then nobody knows the number to close it by.
                if let Err(Ok(_)) = answer.send(opened) {
                    self.close_microphone();
                }
            }
            Request::Speaker { id, answer } => {
                let _gone = answer.send(self.choose_speaker(wanted(id.as_deref())));
            }
        }
    }

    fn choose_microphone(&mut self, id: Option<&str>) -> Result<Opened, SoundError> {
        let mut opened = self.open_microphone(id);
        if busy(&opened) && self.microphone.is_some() {
            // It may be ourselves who have it.
            let ended = self.microphone.take().map(|microphone| microphone.number);
            opened = self.open_microphone(id);
            if opened.is_err() {
                self.desk.set_microphone(None, None);
                if let Some(microphone) = ended {
                    self.teller.tell(Event::MicrophoneEnded { microphone });
                }
            }
        }
        let (used, source) = opened?;
        self.issued = self.issued.wrapping_add(1);
        let opened = Opened {
            microphone: self.issued,
            id: used.open.id.clone(),
            label: used.open.label.clone(),
        };
        self.desk.set_microphone(Some(self.issued), Some(source));
        // The one before it is closed here.
        self.microphone = Some(Microphone {
            number: self.issued,
            wanted: id.map(str::to_owned),
            used,
            retries: Retries::default(),
        });
        Ok(opened)
    }

    fn close_microphone(&mut self) {
        self.desk.set_microphone(None, None);
        self.microphone = None;
    }

    fn choose_speaker(&mut self, id: Option<&str>) -> Result<(), SoundError> {
        if self.needs_speaker() {
            let mut opened = self.open_speaker(id);
            if busy(&opened) && self.speaker.take().is_some() {
                self.desk.set_sink(None);
                opened = self.open_speaker(id);
            }
            let (used, sink) = opened?;
            self.use_speaker(used, sink);
        }
        self.speaker_wanted = id.map(str::to_owned);
        Ok(())
    }

    fn use_speaker(&mut self, used: Used, sink: Sink) {
        self.desk.set_sink(Some(sink));
        self.speaker = Some(used);
    }

    /// The device, or the default where there is no such device.
    fn open_microphone(&mut self, id: Option<&str>) -> Result<(Used, Source), SoundError> {
        let mut opened = self.backend.open_microphone(id, &self.wires);
        if id.is_some() && missing(&opened) {
            opened = self.backend.open_microphone(None, &self.wires);
        }
        let (open, source) = opened?;
        Ok((self.used(open, DeviceKind::Microphone), source))
    }

    /// The device, or the default where there is no such device.
    fn open_speaker(&mut self, id: Option<&str>) -> Result<(Used, Sink), SoundError> {
        let mut opened = self.backend.open_speaker(id, &self.wires);
        if id.is_some() && missing(&opened) {
            opened = self.backend.open_speaker(None, &self.wires);
        }
        let (open, sink) = opened?;
        Ok((self.used(open, DeviceKind::Speaker), sink))
    }

    fn used(&mut self, open: Open, kind: DeviceKind) -> Used {
        let default = match open.id {
            Some(_) => None,
            None => self.backend.seen().default_of(kind).cloned(),
        };
        Used {
            watch: Watch::new(Instant::now()),
            open,
            default,
        }
    }

    fn needs_speaker(&self) -> bool {
        self.microphone.is_some() || self.desk.has_voices()
    }

    fn interested(&self, now: Instant) -> bool {
        let asked = |asked: Instant| now.saturating_duration_since(asked) < INTEREST;
        self.needs_speaker() || self.asked.is_some_and(asked)
    }

    /// Looks what devices there are, and whether those in use are still alive.
    fn look(&mut self, now: Instant) {
        let seen = self.backend.seen();
        let before = self.seen.replace(seen.clone());
        if before.as_ref().is_some_and(|before| *before != seen) {
            self.teller.tell(Event::DevicesChanged);
            self.patience = None;
        }
        let microphone = self.microphone.as_ref().map(|microphone| &microphone.used);
        let both = [
            (DeviceKind::Microphone, microphone),
            (DeviceKind::Speaker, self.speaker.as_ref()),
        ];
        for (kind, used) in both {
            if let Some(used) = used
                && used.is_to_be_replaced(kind, before.as_ref(), &seen)
            {
                used.open.line.end();
            }
        }
        let microphone = self
            .microphone
            .as_mut()
            .map(|microphone| &mut microphone.used);
        for used in microphone.into_iter().chain(&mut self.speaker) {
            if !used.watch.is_alive(now, used.open.line.callbacks()) {
                used.open.line.end();
            }
        }
    }

    fn see_to_microphone(&mut self, now: Instant) {
        let moved = self.backend_moved(DeviceKind::Microphone);
        let Some(microphone) = &mut self.microphone else {
            return;
        };
        if let Some(default) = moved {
            microphone.used.default = default;
        }
        if !microphone.used.open.line.has_ended() {
            return;
        }
        self.desk.counting.devices_replaced.add(1);
        // It goes on as silence until another has taken its place.
        self.desk.set_microphone(Some(microphone.number), None);
        let Some(Microphone {
            number,
            wanted,
            used,
            mut retries,
        }) = self.microphone.take()
        else {
            return;
        };
        drop(used);
        let reopened = if retries.allow(now) {
            self.open_microphone(wanted.as_deref())
                .or_else(|_| self.open_microphone(None))
                .ok()
        } else {
            None
        };
        match reopened {
            Some((used, source)) => {
                self.desk.set_microphone(Some(number), Some(source));
                self.microphone = Some(Microphone {
                    number,
                    wanted,
                    used,
                    retries,
                });
            }
            None => {
                self.desk.set_microphone(None, None);
                self.teller
                    .tell(Event::MicrophoneEnded { microphone: number });
            }
        }
    }

    fn see_to_speaker(&mut self, now: Instant) {
        if !self.needs_speaker() {
            if self.speaker.take().is_some() {
                self.desk.set_sink(None);
            }
            self.patience = None;
            return;
        }
        if let Some(default) = self.backend_moved(DeviceKind::Speaker)
            && let Some(speaker) = &mut self.speaker
        {
            speaker.default = default;
        }
        if let Some(speaker) = self.speaker.take_if(|used| used.open.line.has_ended()) {
            self.desk.counting.devices_replaced.add(1);
            self.desk.set_sink(None);
            if now.saturating_duration_since(speaker.watch.since()) < BREATH {
                self.patience = Some(now + BREATH);
            }
        }
        if self.speaker.is_some() || self.patience.is_some_and(|until| now < until) {
            return;
        }
        let wanted = self.speaker_wanted.clone();
        let opened = self
            .open_speaker(wanted.as_deref())
            .or_else(|_| self.open_speaker(None));
        self.patience = match opened {
            Ok((used, sink)) => {
                self.use_speaker(used, sink);
                None
            }
            Err(_) => Some(now + TRY_AGAIN),
        };
    }

    /// Where the system moved a stream by itself: the default it follows now.
    fn backend_moved(&mut self, kind: DeviceKind) -> Option<Option<String>> {
        let used = match kind {
            DeviceKind::Microphone => self.microphone.as_ref().map(|microphone| &microphone.used),
            DeviceKind::Speaker => self.speaker.as_ref(),
        };
        if !used.is_some_and(|used| used.open.line.was_moved()) {
            return None;
        }
        self.teller.tell(Event::DevicesChanged);
        Some(self.backend.seen().default_of(kind).cloned())
    }
}

impl Drop for DeviceThread {
    fn drop(&mut self) {
        self.requests.close();
        // Without devices the sound thread has nothing to do. (It has been told before, unless this is a panic.)
        self.desk.close();
    }
}

impl Used {
    /// Its device has gone without a word, or the system has another default.
    fn is_to_be_replaced(&self, kind: DeviceKind, before: Option<&Seen>, seen: &Seen) -> bool {
        match &self.open.id {
            Some(id) => {
                let device = (kind, id.clone());
                // What was never in the list (a name from elsewhere) is not missed there.
                before.is_some_and(|before| before.devices.contains(&device))
                    && !seen.devices.contains(&device)
            }
            None => {
                let default = seen.default_of(kind);
                default.is_some() && default != self.default.as_ref()
            }
        }
    }
}

fn busy<T>(opened: &Result<T, SoundError>) -> bool {
    matches!(opened, Err(error) if error.code == SoundErrorCode::Busy)
}

fn missing<T>(opened: &Result<T, SoundError>) -> bool {
    matches!(opened, Err(error) if error.code == SoundErrorCode::Missing)
}
