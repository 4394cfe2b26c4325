//! The sound thread: voices in, one mix out, our own voice the other way; everything in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use maru_audio::Packet;
use maru_audio::blocks::{BLOCK, Block};
use maru_audio::codec::EncoderSettings;
use maru_audio::level::{FLOOR, Level};
use maru_audio::mixer::Mixer;
use maru_audio::processing::Switches;
use maru_audio::voice::Voice;
use tokio::sync::oneshot;

use crate::device::DeviceKind;
use crate::error::{SoundError, SoundErrorCode};
use crate::event::{Event, Teller};
use crate::figures::{Board, Snapshot, VoiceFigures};
use crate::microphone::Microphone;
use crate::sound::Opened;
use crate::speaker::Speaker;

/// Between two snapshots of levels and figures.
const SNAPSHOT: Duration = Duration::from_millis(50);
/// A device wakes us each period; where a driver forgets to, this does.
const PATIENCE: Duration = Duration::from_millis(20);

/// What is asked of the thread.
pub(crate) enum Request {
    OpenMicrophone(Option<String>, oneshot::Sender<Result<Opened, SoundError>>),
    CloseMicrophone(u32),
    Mute(u32, bool),
    Switch(Switches),
    SetSpeaker(Option<String>, oneshot::Sender<Result<(), SoundError>>),
    AddVoice(u32),
    RemoveVoice(u32),
    Push(u32, Instant, Packet),
    ExpectLoss(f32),
    DevicesChanged,
    /// The stream of this kind, opened at that count, cannot go on.
    Failed(DeviceKind, u32),
}

/// What the thread is made with.
pub(crate) struct Setup {
    pub(crate) mock: bool,
    pub(crate) requests: Receiver<Request>,
    /// Puts a request into the queue from a device's callback.
    pub(crate) later: std::sync::mpsc::SyncSender<Request>,
    pub(crate) teller: Teller,
    pub(crate) board: Board,
    /// Dangles once every handle is gone.
    pub(crate) alive: std::sync::Weak<()>,
}

struct Open {
    number: u32,
    microphone: Microphone,
    muted: bool,
}

struct Work {
    setup: Setup,
    this: Thread,
    start: Instant,
    mixer: Mixer<u32>,
    voice: Option<Voice>,
    switches: Switches,
    settings: EncoderSettings,
    input: Level,
    open: Option<Open>,
    /// Devices opened so far: a word about an older one is no news.
    opened: u32,
    speaker: Option<Speaker>,
    speaker_id: Option<String>,
    speaker_opened: u32,
    snapshot_due: Instant,
}

/// Runs until every handle is gone.
pub(crate) fn run(setup: Setup) {
    let now = Instant::now();
    let mut work = Work {
        setup,
        this: std::thread::current(),
        start: now,
        mixer: Mixer::default(),
        voice: None,
        switches: Switches::default(),
        settings: EncoderSettings::default(),
        input: Level::default(),
        open: None,
        opened: 0,
        speaker: None,
        speaker_id: None,
        speaker_opened: 0,
        snapshot_due: now,
    };
    while work.requests() {
        let now = Instant::now();
        work.render(now);
        work.capture(now);
        work.post(now);
        match work.sleep(now) {
            Some(time) => std::thread::park_timeout(time),
            None => std::thread::park(),
        }
    }
}

impl Work {
    /// Carries out what was asked; false once nobody can ask any more.
    fn requests(&mut self) -> bool {
        loop {
            match self.setup.requests.try_recv() {
                Ok(request) => self.carry_out(request),
                // The queue itself stays open, as devices and this thread ask too.
                Err(TryRecvError::Empty) => return self.setup.alive.strong_count() > 0,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn carry_out(&mut self, request: Request) {
        match request {
            Request::OpenMicrophone(id, answer) => {
                let opened = self.open_microphone(id.as_deref());
                // Whoever asked may be gone; then it closes with the page.
                let _ = answer.send(opened);
            }
            Request::CloseMicrophone(number) => {
                if self.open.as_ref().is_some_and(|open| open.number == number) {
                    self.open = None;
                    self.input = Level::default();
                    self.rest();
                }
            }
            Request::Mute(number, muted) => {
                if let Some(open) = self.open.as_mut().filter(|open| open.number == number) {
                    open.muted = muted;
                    if let Some(voice) = &mut self.voice {
                        voice.mute(muted);
                    }
                }
            }
            Request::Switch(switches) => {
                self.switches = switches;
                if let Some(voice) = &mut self.voice {
                    voice.switch(switches);
                }
            }
            Request::SetSpeaker(id, answer) => {
                self.speaker_id = id;
                let set = if self.speaker.is_some() {
                    self.open_speaker()
                } else {
                    Ok(())
                };
                let _ = answer.send(set);
            }
            Request::AddVoice(voice) => {
                // One beyond MOST_VOICES is not heard, which its figures tell by their absence.
                if self.mixer.add(voice).is_ok() {
                    self.wake();
                }
            }
            Request::RemoveVoice(voice) => {
                self.mixer.remove(&voice);
                self.rest();
            }
            Request::Push(voice, arrived, packet) => {
                let at = arrived.saturating_duration_since(self.start);
                self.mixer.insert(&voice, at, packet);
            }
            Request::ExpectLoss(loss) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a percentage"
                )]
                let percent = (loss.clamp(0.0, 1.0) * 100.0) as u8;
                self.settings.expected_loss = percent;
                if let Some(voice) = &mut self.voice {
                    // The encoder goes on as it was where it refuses.
                    let _ = voice.configure(self.settings);
                }
            }
            Request::DevicesChanged => {
                self.setup.teller.tell(Event::DevicesChanged);
                // One may have come where there was none.
                if matches!(self.speaker, Some(Speaker::Clock(_))) && !self.setup.mock {
                    let _ = self.open_speaker();
                }
            }
            Request::Failed(DeviceKind::Speaker, count) if count == self.speaker_opened => {
                if self.speaker.is_some() {
                    let _ = self.open_speaker();
                }
            }
            Request::Failed(DeviceKind::Microphone, count) if count == self.opened => {
                self.replace_microphone();
            }
            Request::Failed(..) => {}
        }
    }

    fn open_microphone(&mut self, id: Option<&str>) -> Result<Opened, SoundError> {
        let count = self.opened + 1;
        let microphone = self.start_microphone(id, count)?;
        if self.voice.is_none() {
            let voice = Voice::new(self.switches, self.settings)
                .map_err(|error| SoundError::new(SoundErrorCode::Failed, error.to_string()))?;
            self.voice = Some(voice);
        }
        if let Some(voice) = &mut self.voice {
            voice.mute(false);
        }
        let opened = Opened {
            microphone: count,
            id: microphone.id.clone(),
            label: microphone.label.clone(),
        };
        // The one before goes now: not before its successor works.
        self.open = Some(Open {
            number: count,
            microphone,
            muted: false,
        });
        self.opened = count;
        self.wake();
        Ok(opened)
    }

    fn start_microphone(&self, id: Option<&str>, count: u32) -> Result<Microphone, SoundError> {
        if self.setup.mock {
            return Ok(Microphone::made_up(Instant::now()));
        }
        Microphone::open(id, &self.this, self.failure(DeviceKind::Microphone, count))
    }

    /// It was unplugged: the default stands in, under the same number.
    fn replace_microphone(&mut self) {
        let Some(number) = self.open.as_ref().map(|open| open.number) else {
            return;
        };
        let count = self.opened + 1;
        match self.start_microphone(None, count) {
            Ok(microphone) => {
                self.opened = count;
                if let Some(open) = &mut self.open {
                    open.microphone = microphone;
                }
            }
            Err(_) => {
                self.open = None;
                self.rest();
                self.setup
                    .teller
                    .tell(Event::MicrophoneEnded { microphone: number });
            }
        }
    }

    /// Something is to be played, or its echo to be known.
    fn wake(&mut self) {
        if self.speaker.is_none() {
            // Voices are taken by the clock where there is no device.
            let _ = self.open_speaker();
        }
    }

    /// Closes the loudspeaker where nobody needs it.
    fn rest(&mut self) {
        if self.open.is_none() && self.mixer.voices().next().is_none() {
            self.speaker = None;
        }
    }

    /// Opens the chosen loudspeaker, else the default, else the clock.
    fn open_speaker(&mut self) -> Result<(), SoundError> {
        self.speaker_opened += 1;
        // Some devices can be open only once.
        self.speaker = None;
        if self.setup.mock {
            self.speaker = Some(Speaker::clock(Instant::now()));
            return Ok(());
        }
        let failed = || self.failure(DeviceKind::Speaker, self.speaker_opened);
        let chosen = Speaker::open(self.speaker_id.as_deref(), &self.this, failed());
        let (speaker, result) = match chosen {
            Ok(speaker) => (speaker, Ok(())),
            Err(error) => {
                let default = self
                    .speaker_id
                    .as_ref()
                    .and_then(|_| Speaker::open(None, &self.this, failed()).ok());
                let speaker = default.unwrap_or_else(|| Speaker::clock(Instant::now()));
                (speaker, Err(error))
            }
        };
        self.speaker = Some(speaker);
        result
    }

    fn failure(&self, kind: DeviceKind, count: u32) -> impl Fn(SoundError) + Send + 'static {
        let later = self.setup.later.clone();
        let this = self.this.clone();
        move |_| {
            // From a device's thread: where the queue is full it says so again.
            let _ = later.try_send(Request::Failed(kind, count));
            this.unpark();
        }
    }

    fn render(&mut self, now: Instant) {
        let Some(speaker) = &mut self.speaker else {
            return;
        };
        let mut block: Block = [0.0; BLOCK];
        // Half a second at most: a device that asks for more is not keeping time.
        for _ in 0..50 {
            if !speaker.is_hungry(now) {
                return;
            }
            self.mixer
                .mix(now.saturating_duration_since(self.start), &mut block);
            if let Some(voice) = self.voice.as_mut().filter(|_| self.open.is_some()) {
                // Refuses only blocks of another size.
                let _ = voice.render(&block);
            }
            speaker.play(&block, now);
        }
    }

    fn capture(&mut self, now: Instant) {
        let (Some(open), Some(voice)) = (&mut self.open, &mut self.voice) else {
            return;
        };
        let delay = self.speaker.as_ref().map_or(Duration::ZERO, Speaker::delay);
        let (input, teller, microphone) = (&mut self.input, &self.setup.teller, open.number);
        open.microphone.hear(now, |block| {
            input.note(block);
            // A frame that cannot be encoded is left out, like one that is lost.
            if let Ok(Some(outgoing)) = voice.capture(block, delay) {
                teller.tell(Event::Voice {
                    microphone,
                    payload: Bytes::copy_from_slice(outgoing.payload),
                    timestamp: outgoing.timestamp,
                    after_silence: outgoing.begins,
                });
            }
        });
    }

    fn post(&mut self, now: Instant) {
        // The last before a long sleep is the one that says that all is quiet.
        if now < self.snapshot_due && self.speaker.is_some() {
            return;
        }
        self.snapshot_due = now + SNAPSHOT;
        let level = |level: &Level| level.dbfs();
        let voices: BTreeMap<u32, VoiceFigures> = self
            .mixer
            .voices()
            .filter_map(|voice| Some((*voice, self.figures(*voice)?)))
            .collect();
        let sent = self
            .open
            .as_ref()
            .filter(|open| !open.muted)
            .and(self.voice.as_ref());
        self.setup.board.post(Snapshot {
            microphone: sent.map_or(FLOOR, |voice| level(&voice.level())),
            input: if self.open.is_some() {
                level(&self.input)
            } else {
                FLOOR
            },
            voices,
        });
    }

    fn figures(&self, voice: u32) -> Option<VoiceFigures> {
        let report = self.mixer.report(&voice)?;
        #[expect(clippy::cast_precision_loss, reason = "a delay of seconds, in samples")]
        let delay = report.target_delay as f32 / 48.0;
        Some(VoiceFigures {
            level: report.level.dbfs(),
            concealed: report.statistics.concealed,
            recovered: report.statistics.recovered,
            delay: report.heard.map(|_| delay),
            loss: report.loss,
        })
    }

    /// How long nothing is due; `None` until somebody asks for something.
    fn sleep(&self, now: Instant) -> Option<Duration> {
        let speaker = self.speaker.as_ref()?;
        let due = [
            speaker.due(),
            self.open.as_ref().and_then(|open| open.microphone.due()),
        ];
        let until = due.into_iter().flatten().min();
        Some(until.map_or(PATIENCE, |due| {
            due.saturating_duration_since(now).min(PATIENCE)
        }))
    }
}
