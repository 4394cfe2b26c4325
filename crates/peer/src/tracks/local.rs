//! A track of ours.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters,
    RtpCodecKind,
};
use uuid::Uuid;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

use super::{Counters, Kind, OutgoingFrame};
use crate::error::Error;
use crate::events::{ConnectionState, EventSink};
use crate::pace::Shared;
use crate::rtp::vp8;
use crate::stack::{AUDIO_CLOCK, VIDEO_CLOCK};

/// Largest frame, in bytes: 908 packets, which the pacer's queue and the receiver's reassembly (1,024 packets each)
/// hold whole. A 1080p VP8 keyframe at best quality is half of this.
const MAX_FRAME: usize = 1 << 20;
/// Largest RTP payload. With header, extension, RTX and SRTP it stays below 1,280 octets, which IPv6 and
/// nearly every tunnel carry whole.
const MAX_PAYLOAD: usize = 1160;

/// A track of ours. Clones are the same track. Write encoded frames to it once it is negotiated.
#[derive(Clone)]
pub struct LocalTrack {
    inner: Arc<Inner>,
}

struct Inner {
    kind: Kind,
    ssrc: u32,
    track: Arc<TrackLocalStaticRTP>,
    /// Its media section: known from the first offer on, agreed or not.
    mid: Mutex<Option<String>>,
    negotiated: Mutex<Option<Negotiated>>,
    writer: tokio::sync::Mutex<Writer>,
    counters: Counters,
    shared: Arc<Shared>,
    state: EventSink,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Negotiated {
    pub(crate) payload_type: u8,
    /// False where the other side does not take it, or it was stopped.
    pub(crate) sending: bool,
    /// ID of the level's header extension; `None` where the other side did not ask for it.
    pub(crate) level: Option<u8>,
}

#[derive(Debug)]
struct Writer {
    sequence: u16,
    picture_id: u16,
}

impl std::fmt::Debug for LocalTrack {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LocalTrack")
            .field("kind", &self.inner.kind)
            .field("mid", &self.mid())
            .finish()
    }
}

impl LocalTrack {
    pub(crate) fn new(kind: Kind, shared: Arc<Shared>, state: EventSink) -> Self {
        let seed = Uuid::new_v4();
        let (high, low) = seed.as_u64_pair();
        // Even and not zero: the retransmission stream has the odd one above it.
        let ssrc = (low_32(low) | 2) & !1;
        let (media, mime, clock_rate, channels) = match kind {
            Kind::Audio => (RtpCodecKind::Audio, "audio/opus", AUDIO_CLOCK, 2),
            Kind::Video => (RtpCodecKind::Video, "video/VP8", VIDEO_CLOCK, 0),
        };
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                rtx: (kind == Kind::Video).then_some(RTCRtpRtxParameters {
                    ssrc: ssrc.wrapping_add(1),
                }),
                ..Default::default()
            },
            codec: RTCRtpCodec {
                mime_type: mime.into(),
                clock_rate,
                channels,
                ..Default::default()
            },
            ..Default::default()
        };
        let id = seed.simple().to_string();
        let track = MediaStreamTrack::new("maru".into(), id.clone(), id, media, vec![coding]);
        Self {
            inner: Arc::new(Inner {
                kind,
                ssrc,
                track: Arc::new(TrackLocalStaticRTP::new(track)),
                mid: Mutex::new(None),
                negotiated: Mutex::new(None),
                writer: tokio::sync::Mutex::new(Writer {
                    sequence: low_16(high),
                    picture_id: low_16(high >> 16),
                }),
                counters: Counters::default(),
                shared,
                state,
            }),
        }
    }

    /// What it carries.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// Its media section, once a description of ours has one for it.
    #[must_use]
    pub fn mid(&self) -> Option<String> {
        lock(&self.inner.mid).clone()
    }

    /// How long what waits in the pacer takes to leave. Encoding another frame at more than a frame's time
    /// only makes everything later: skip it, before the encoder sees it.
    #[must_use]
    pub fn backlog(&self) -> Duration {
        let octets_per_second = f64::from(self.inner.shared.bandwidth().max(1)) / 8.0;
        #[expect(clippy::cast_precision_loss, reason = "bounded by the pacer's queue")]
        let queued = self.inner.shared.queued_bytes() as f64;
        Duration::from_secs_f64(queued / octets_per_second)
    }

    /// Whether frames can be sent: false before the connection is established and once no path works. A keyframe
    /// requested meanwhile would be lost.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(
            self.inner.state.current(),
            ConnectionState::Connected | ConnectionState::Reconnecting
        )
    }

    /// Sends one encoded frame. Waits only while the stack's driver is behind, never for the network.
    ///
    /// # Errors
    ///
    /// [`Error::NotNegotiated`] before the connection is established or where the other side does not receive the
    /// track; [`Error::NotConnected`] once no path works (RFC 8083 §4.5: an RTP sender must then stop);
    /// [`Error::FrameSize`] for an empty frame or one above 1 MiB; [`Error::Closed`].
    pub async fn write(&self, frame: OutgoingFrame) -> Result<(), Error> {
        let size = frame.data.len();
        if size == 0 || size > MAX_FRAME {
            return Err(Error::FrameSize(size));
        }
        match self.inner.state.current() {
            ConnectionState::Closed => return Err(Error::Closed),
            ConnectionState::Connecting => return Err(Error::NotNegotiated),
            ConnectionState::Failed => return Err(Error::NotConnected),
            ConnectionState::Connected | ConnectionState::Reconnecting => {}
        }
        let negotiated = *lock(&self.inner.negotiated);
        let negotiated = negotiated
            .filter(|it| it.sending)
            .ok_or(Error::NotNegotiated)?;
        let level = match (self.inner.kind, negotiated.level, frame.level) {
            (Kind::Audio, Some(id), Some(level)) => Some((id, level)),
            _ => None,
        };
        // One frame after the other: their packets must not mix.
        let mut writer = self.inner.writer.lock().await;
        let payloads = match self.inner.kind {
            Kind::Audio => vec![frame.data],
            Kind::Video => {
                writer.picture_id = writer.picture_id.wrapping_add(1);
                vp8::packetize(&frame.data, writer.picture_id, MAX_PAYLOAD)
            }
        };
        let last = payloads.len() - 1;
        for (index, payload) in payloads.into_iter().enumerate() {
            let marker = match self.inner.kind {
                Kind::Audio => frame.after_silence,
                Kind::Video => index == last,
            };
            let mut header = rtc::rtp::Header {
                version: 2,
                marker,
                payload_type: negotiated.payload_type,
                timestamp: frame.timestamp,
                ssrc: self.inner.ssrc,
                ..Default::default()
            };
            if let Some((id, level)) = level {
                // Refuses IDs that a one-byte header does not have, and none of those are negotiated.
                let _ = header.set_extension(id, Bytes::copy_from_slice(&[level.octet()]));
            }
            self.packet(&mut writer, header, payload).await?;
        }
        self.inner.counters.frames.fetch_add(1, Relaxed);
        Ok(())
    }

    async fn packet(
        &self,
        writer: &mut Writer,
        mut header: rtc::rtp::Header,
        payload: Bytes,
    ) -> Result<(), Error> {
        self.inner.counters.packet(payload.len());
        header.sequence_number = writer.sequence;
        writer.sequence = writer.sequence.wrapping_add(1);
        // The stack reports one thing here: its driver is gone.
        self.inner
            .track
            .write_rtp(rtc::rtp::Packet { header, payload })
            .await
            .map_err(|_| Error::Closed)
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.inner.ssrc
    }

    pub(crate) fn stack_track(&self) -> Arc<dyn TrackLocal> {
        Arc::clone(&self.inner.track) as Arc<dyn TrackLocal>
    }

    /// Until the next exchange says otherwise.
    pub(crate) fn stop(&self) {
        if let Some(negotiated) = lock(&self.inner.negotiated).as_mut() {
            negotiated.sending = false;
        }
    }

    pub(crate) fn placed(&self, mid: String) {
        *lock(&self.inner.mid) = Some(mid);
    }

    /// Takes its section away, unless that was agreed.
    pub(crate) fn displaced(&self) {
        if lock(&self.inner.negotiated).is_none() {
            *lock(&self.inner.mid) = None;
        }
    }

    pub(crate) fn negotiated(&self, negotiated: Negotiated) {
        *lock(&self.inner.negotiated) = Some(negotiated);
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.inner.counters
    }
}

/// A panic while holding these locks leaves whole values behind.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::cast_possible_truncation, reason = "taking random low bits")]
fn low_32(bits: u64) -> u32 {
    bits as u32
}

#[expect(clippy::cast_possible_truncation, reason = "taking random low bits")]
fn low_16(bits: u64) -> u16 {
    bits as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::pacer::MAX_QUEUED;
    use crate::rtp::assembler::MAX_PACKETS;

    fn track(kind: Kind) -> LocalTrack {
        let (news, _) = tokio::sync::mpsc::channel(1);
        let (state, _) = crate::events::events();
        LocalTrack::new(kind, Arc::new(Shared::new(news, 0)), state)
    }

    #[test]
    fn the_largest_frame_fits_into_the_pacer_and_the_reassembly() {
        let frame = Bytes::from(vec![0; MAX_FRAME]);
        let packets = vp8::packetize(&frame, 0, MAX_PAYLOAD).len();
        assert!(packets <= MAX_QUEUED.min(MAX_PACKETS), "{packets}");
    }

    #[tokio::test]
    async fn nothing_is_sent_once_no_path_works() {
        let (state, _events) = crate::events::events();
        let (news, _) = tokio::sync::mpsc::channel(1);
        let track = LocalTrack::new(
            Kind::Audio,
            Arc::new(Shared::new(news, 0)),
            state.clone(),
        );
        track.negotiated(Negotiated {
            payload_type: 111,
            sending: true,
            level: None,
        });
        let frame = || OutgoingFrame {
            data: Bytes::from_static(&[1]),
            timestamp: 0,
            after_silence: false,
            level: None,
        };
        for (now, sends) in [
            (ConnectionState::Connected, true),
            (ConnectionState::Reconnecting, true),
            (ConnectionState::Failed, false),
        ] {
            state.state(now);
            assert_eq!(track.is_connected(), sends, "{now:?}");
            let written = track.write(frame()).await;
            assert_eq!(written == Err(Error::NotConnected), !sends, "{now:?}");
        }
    }

    #[test]
    fn ssrcs_are_even_so_that_the_retransmission_stream_has_the_next_one() {
        for _ in 0..64 {
            let ssrc = track(Kind::Video).ssrc();
            assert!(ssrc != 0 && ssrc.is_multiple_of(2), "{ssrc}");
        }
    }
}
