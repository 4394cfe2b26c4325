//! The handle everything is asked for by.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use maru_audio::{Packet, processing::ProcessingSettings};
use tokio::sync::oneshot;

use crate::{
    backend::Backend,
    cards::Cards,
    counts::{Counting, Counts},
    desk::Desk,
    device::Device,
    device_thread::DeviceThread,
    error::SoundError,
    event::{Events, events},
    mock::Mock,
    request::{Opened, Request, Requests},
    snapshot::{Board, Levels, VoiceReport},
    sound_thread::SoundThread,
};

/// How to begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Config {
    /// Made-up devices instead of the system's: a microphone that babbles and a loudspeaker that goes nowhere.
    pub mock: bool,
}

/// Microphone and loudspeaker. Clones are the same; dropping the last closes all devices and ends the threads.
#[derive(Debug, Clone)]
pub struct Sound {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    desk: Arc<Desk>,
    board: Arc<Board>,
    requests: Arc<Requests>,
    mock: Option<Mock>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.requests.close();
        self.desk.close();
    }
}

impl Sound {
    /// Begins, with no device open: two threads that sleep. Where the system has no threads left every request
    /// is refused and the events end at once.
    #[must_use]
    pub fn start(config: Config) -> (Self, Events) {
        let counting = Arc::new(Counting::default());
        let (teller, events) = events(Arc::clone(&counting));
        let mock = config.mock.then(Mock::default);
        let shared = Arc::new(Shared {
            desk: Arc::new(Desk::new(counting)),
            board: Arc::default(),
            requests: Arc::default(),
            mock,
        });
        let backend = match &shared.mock {
            Some(mock) => Backend::Mock(mock.clone()),
            None => Backend::Cards(Cards::default()),
        };
        let sound = SoundThread::new(
            Arc::clone(&shared.desk),
            Arc::clone(&shared.board),
            teller.clone(),
        );
        let devices = DeviceThread::new(
            backend,
            Arc::clone(&shared.requests),
            Arc::clone(&shared.desk),
            teller,
        );
        let started = spawn("maru-sound", move || sound.run())
            && spawn("maru-sound-devices", move || devices.run());
        if !started {
            shared.requests.close();
            shared.desk.close();
        }
        (Self { shared }, events)
    }

    /// What can be chosen, the system's defaults first. Empty where there is no sound card. For a minute from
    /// here on changes are told by [`Event::DevicesChanged`](crate::Event::DevicesChanged), as they are while
    /// anything is in use.
    pub async fn devices(&self) -> Vec<Device> {
        self.ask(Request::Devices).await.unwrap_or_default()
    }

    /// Opens a microphone, unmuted, and closes the one in use. Of a device that is gone, or for `None`, the
    /// system's default is opened instead; it is followed when the system changes it.
    ///
    /// Dropping the future closes what it has opened.
    ///
    /// # Errors
    ///
    /// When it cannot be opened; then the one in use stays so, unless it had to be closed for the attempt, which
    /// is told by [`Event::MicrophoneEnded`](crate::Event::MicrophoneEnded).
    pub async fn open_microphone(&self, id: Option<String>) -> Result<Opened, SoundError> {
        self.ask(|answer| Request::Microphone { id, answer })
            .await?
    }

    /// Closes `microphone`; one that has been replaced is ignored.
    pub fn close_microphone(&self, microphone: u32) {
        self.shared.requests.close_microphone(microphone);
    }

    /// Sends silence, or no longer. The microphone stays open: the meter and the echo canceller go on listening.
    /// One that has been replaced is ignored.
    pub fn set_muted(&self, microphone: u32, muted: bool) {
        self.shared.desk.set_muted(microphone, muted);
    }

    /// What is done to the microphone's sound, of this and all later ones.
    pub fn set_switches(&self, switches: ProcessingSettings) {
        self.shared.desk.set_switches(switches);
    }

    /// Plays through another device from now on; through the system's default for `None` or one that is gone.
    ///
    /// # Errors
    ///
    /// When sound is playing and the device cannot be opened: then nothing has changed. While nothing is
    /// playing the choice is only remembered; should it fail later, the default is used.
    pub async fn set_speaker(&self, id: Option<String>) -> Result<(), SoundError> {
        self.ask(|answer| Request::Speaker { id, answer }).await?
    }

    /// Begins to hear `voice`; one that is heard already goes on. False when there are
    /// [`MAX_STREAMS`](maru_audio::mixer::MAX_STREAMS) already.
    pub fn add_voice(&self, voice: u32) -> bool {
        let added = self.shared.desk.add_voice(voice);
        self.shared.requests.wake.wake();
        added
    }

    /// Stops hearing `voice`.
    pub fn remove_voice(&self, voice: u32) {
        self.shared.desk.remove_voice(voice);
        self.shared.requests.wake.wake();
    }

    /// Delays `voice` by at least `delay` in its jitter buffer, up to 400 ms: for a picture that takes longer than
    /// the voice. Of nobody that is heard, nothing happens.
    pub fn set_least_delay(&self, voice: u32, delay: Duration) {
        self.shared.desk.set_least_delay(voice, delay);
    }

    /// A packet of `voice` arrived at `arrived`, which is when it was read from the network: jitter is measured
    /// by it. Dropped and counted when more than a thousand wait, or nobody of that name is heard.
    pub fn push(&self, voice: u32, arrived: Instant, packet: Packet) {
        self.shared.desk.push(voice, arrived, packet);
    }

    /// The share of packets that receivers say they have lost, 0 to 1; the encoder protects speech accordingly.
    pub fn set_loss(&self, loss: f32) {
        self.shared.desk.set_loss(percent(loss));
    }

    /// What is known about `voice`, as of some 10 ms ago; `None` when it is not heard.
    #[must_use]
    pub fn report(&self, voice: u32) -> Option<VoiceReport> {
        self.shared.board.report(voice)
    }

    /// How loud everything is, as of some 10 ms ago.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.shared.board.levels()
    }

    /// What had to be left out so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.desk.counting.read()
    }

    /// The made-up devices, where [`Config::mock`] asked for them.
    #[must_use]
    pub fn mock(&self) -> Option<&Mock> {
        self.shared.mock.as_ref()
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, SoundError> {
        let (sender, answer) = oneshot::channel();
        self.shared.requests.ask(request(sender));
        answer
            .await
            .map_err(|_| SoundError::refused("too many requests, or the device thread has ended"))
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> bool {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .is_ok()
}

/// A share in percent, rounded up: FEC that is not needed costs little, FEC that is missing costs words.
fn percent(share: f32) -> u8 {
    let wanted = if share.is_finite() {
        (share.clamp(0.0, 1.0) * 100.0).ceil()
    } else {
        0.0
    };
    (0..=100u8)
        .find(|percent| f32::from(*percent) >= wanted)
        .unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_become_percent() {
        let shares = [0.0, 0.001, 0.05, 0.5, 1.0, 7.0, -1.0, f32::NAN];
        assert_eq!(shares.map(percent), [0, 1, 5, 50, 100, 100, 0, 0]);
    }
}
