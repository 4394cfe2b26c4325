//! The handle to microphone and loudspeaker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use maru_audio::{Packet, processing::ProcessingSettings};
use tokio::sync::oneshot;

use crate::{
    backend::Backend,
    control::SoundControl,
    counts::{Counters, Counts},
    device::Device,
    device_thread::DeviceThread,
    error::SoundError,
    event::{Events, event_queue},
    latest_stats::{LatestStats, Levels, StreamStats},
    mock::Mock,
    request::{OpenedMicrophone, Request, Requests},
    sound_thread::SoundThread,
    system_devices::SystemDevices,
};

/// Configuration of [`Sound::start`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Config {
    /// Use mock devices instead of the system's.
    pub mock: bool,
}

/// Microphone and loudspeaker. Clones share them; dropping the last one closes all devices and ends the threads.
#[derive(Debug, Clone)]
pub struct Sound {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    control: Arc<SoundControl>,
    stats: Arc<LatestStats>,
    requests: Arc<Requests>,
    mock: Option<Mock>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.requests.close();
        self.control.close();
    }
}

impl Sound {
    /// Starts two sleeping threads and opens no device. Where the system has no threads left, every request fails and
    /// the events end at once.
    #[must_use]
    pub fn start(config: Config) -> (Self, Events) {
        let counters = Arc::new(Counters::default());
        let (sender, events) = event_queue(Arc::clone(&counters));
        let mock = config.mock.then(Mock::default);
        let shared = Arc::new(Shared {
            control: Arc::new(SoundControl::new(counters)),
            stats: Arc::default(),
            requests: Arc::default(),
            mock,
        });
        let backend = match &shared.mock {
            Some(mock) => Backend::Mock(mock.clone()),
            None => Backend::System(SystemDevices::default()),
        };
        let sound = SoundThread::new(
            Arc::clone(&shared.control),
            Arc::clone(&shared.stats),
            sender.clone(),
        );
        let devices = DeviceThread::new(
            backend,
            Arc::clone(&shared.requests),
            Arc::clone(&shared.control),
            sender,
        );
        let started = spawn("maru-sound", move || sound.run())
            && spawn("maru-sound-devices", move || devices.run());
        if !started {
            shared.requests.close();
            shared.control.close();
        }
        (Self { shared }, events)
    }

    /// The devices to choose from, the system's defaults first. Empty where there is no sound card. Changes are
    /// reported by [`Event::DevicesChanged`](crate::Event::DevicesChanged) for a minute from here on, and while
    /// anything is in use.
    pub async fn devices(&self) -> Vec<Device> {
        self.request(Request::ListDevices).await.unwrap_or_default()
    }

    /// Opens a microphone, unmuted, in place of the one in use. For `None`, or in place of a missing device, it opens
    /// the system's default and follows it when it changes.
    ///
    /// Dropping the future closes the microphone again.
    ///
    /// # Errors
    ///
    /// When it cannot be opened. The one in use then stays open, unless it had to be closed for the attempt, which
    /// is reported by [`Event::MicrophoneEnded`](crate::Event::MicrophoneEnded).
    pub async fn open_microphone(
        &self,
        id: Option<String>,
    ) -> Result<OpenedMicrophone, SoundError> {
        self.request(|answer| Request::OpenMicrophone { id, answer })
            .await?
    }

    /// Closes a microphone; ignored when another one is in use.
    pub fn close_microphone(&self, microphone: u32) {
        self.shared.requests.close_microphone(microphone);
    }

    /// Mutes or unmutes a microphone; ignored when another one is in use. The device stays open, and meter and echo
    /// canceller continue to run.
    pub fn set_muted(&self, microphone: u32, muted: bool) {
        self.shared.control.set_muted(microphone, muted);
    }

    /// Sets the processing of captured audio, for this and all later microphones.
    pub fn set_processing(&self, settings: ProcessingSettings) {
        self.shared.control.set_processing(settings);
    }

    /// Plays through another device; the system's default for `None` or in place of a missing device.
    ///
    /// # Errors
    ///
    /// When the loudspeaker is in use and the device cannot be opened: then nothing has changed. While it is not in
    /// use the choice is only stored, and the default is used should it fail later.
    pub async fn set_speaker(&self, id: Option<String>) -> Result<(), SoundError> {
        self.request(|answer| Request::SetSpeaker { id, answer })
            .await?
    }

    /// Starts to play a stream; one that is played already is unchanged. False when there are
    /// [`MAX_STREAMS`](maru_audio::mixer::MAX_STREAMS) already.
    pub fn add_stream(&self, stream: u32) -> bool {
        let added = self.shared.control.add_stream(stream);
        self.shared.requests.waker.wake();
        added
    }

    /// Stops playing a stream.
    pub fn remove_stream(&self, stream: u32) {
        self.shared.control.remove_stream(stream);
        self.shared.requests.waker.wake();
    }

    /// Sets the minimum delay of a stream's jitter buffer, up to 400 ms, so that it stays in sync with slower video.
    /// Ignored when there is no such stream.
    pub fn set_min_delay(&self, stream: u32, delay: Duration) {
        self.shared.control.set_min_delay(stream, delay);
    }

    /// Passes on a received packet. Jitter is measured from `arrived`, the time at which it was read from the
    /// network. Dropped and counted when more than a thousand are queued, or there is no such stream.
    pub fn push(&self, stream: u32, arrived: Instant, packet: Packet) {
        self.shared.control.push(stream, arrived, packet);
    }

    /// Sets the packet loss reported by the receivers, 0 to 1, which decides how much FEC is sent.
    pub fn set_loss(&self, loss: f32) {
        self.shared.control.set_loss(percent(loss));
    }

    /// State of a stream some 10 ms ago; `None` when there is no such stream.
    #[must_use]
    pub fn stream_stats(&self, stream: u32) -> Option<StreamStats> {
        self.shared.stats.stream(stream)
    }

    /// Levels some 10 ms ago.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.shared.stats.levels()
    }

    /// Counters of dropped data and failures.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.control.counters.read()
    }

    /// The mock devices, where [`Config::mock`] is set.
    #[must_use]
    pub fn mock(&self) -> Option<&Mock> {
        self.shared.mock.as_ref()
    }

    async fn request<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, SoundError> {
        let (sender, answer) = oneshot::channel();
        self.shared.requests.submit(request(sender));
        answer
            .await
            .map_err(|_| SoundError::failed("too many requests, or the device thread has ended"))
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> bool {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .is_ok()
}

/// A share in percent, rounded up: FEC that is not needed costs little, FEC that is missing costs words. 0 for NaN.
#[expect(
    clippy::cast_possible_truncation,
    reason = "0 to 100, or NaN, which becomes 0"
)]
fn percent(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 100.0).ceil() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_up_to_percent() {
        let shares = [0.0, 0.001, 0.05, 0.5, 1.0, 7.0, -1.0, f32::NAN];
        assert_eq!(shares.map(percent), [0, 1, 5, 50, 100, 100, 0, 0]);
    }
}
