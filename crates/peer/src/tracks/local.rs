//! Local tracks.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters,
    RtpCodecKind,
};
use tokio::sync::watch;
use uuid::Uuid;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

use super::counters::Counters;
use super::frame::OutgoingFrame;
use crate::connection_state::ConnectionState;
use crate::error::Error;
use crate::kind::Kind;
use crate::lock::lock;
use crate::pace::ChainState;
use crate::rtp::{clock_rate, vp8};

/// Largest frame, in bytes. Its 908 packets fit into the pacer's queue and into the receiver's assembly (1,024 packets
/// each). A 1080p VP8 keyframe at best quality is half as large.
const MAX_FRAME: usize = 1 << 20;
/// Largest RTP payload, in bytes. With header, extensions, RTX and SRTP the packet stays below 1,280 bytes, the minimum
/// MTU of IPv6, which nearly every tunnel has as well.
const MAX_PAYLOAD: usize = 1160;

/// A local track. Clones are the same track. Encoded frames can be written to it once it is negotiated.
#[derive(Clone)]
pub struct LocalTrack {
    inner: Arc<Inner>,
}

struct Inner {
    kind: Kind,
    ssrc: u32,
    track: Arc<TrackLocalStaticRTP>,
    /// The `mid` of its media section, from the first offer on, answered or not.
    mid: Mutex<Option<String>>,
    negotiated: Mutex<Option<Negotiated>>,
    writer: tokio::sync::Mutex<Writer>,
    counters: Counters,
    chain: Arc<ChainState>,
    state: watch::Receiver<ConnectionState>,
}

/// What was negotiated about a local track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Negotiated {
    pub(crate) payload_type: u8,
    /// False if the remote peer does not receive it, or if it was stopped.
    pub(crate) sending: bool,
    /// ID of the audio level header extension; `None` if the remote peer did not negotiate it.
    pub(crate) level_id: Option<u8>,
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
    pub(crate) fn new(
        kind: Kind,
        chain: Arc<ChainState>,
        state: watch::Receiver<ConnectionState>,
    ) -> Self {
        let seed = Uuid::new_v4();
        let (high, low) = seed.as_u64_pair();
        // Even and not zero: the RTX stream has the odd one above it.
        let ssrc = (low_32(low) | 2) & !1;
        let (media, mime, clock_rate, channels) = match kind {
            Kind::Audio => (RtpCodecKind::Audio, "audio/opus", clock_rate::AUDIO, 2),
            Kind::Video => (RtpCodecKind::Video, "video/VP8", clock_rate::VIDEO, 0),
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
                chain,
                state,
            }),
        }
    }

    /// Audio or video.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// The `mid` of its media section, once a local description has one for it.
    #[must_use]
    pub fn mid(&self) -> Option<String> {
        lock(&self.inner.mid).clone()
    }

    /// How long the pacer's queue takes to be sent at the estimated bandwidth. If that is longer than a frame lasts, another
    /// frame only adds delay: skip it before it is encoded.
    #[must_use]
    pub fn backlog(&self) -> Duration {
        let bytes_per_second = f64::from(self.inner.chain.bandwidth().max(1)) / 8.0;
        #[expect(clippy::cast_precision_loss, reason = "bounded by the pacer's queue")]
        let queued = self.inner.chain.queued_bytes() as f64;
        Duration::from_secs_f64(queued / bytes_per_second)
    }

    /// Whether frames can be sent: false before the connection is established and once no path works. A keyframe made
    /// meanwhile would be lost.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(
            *self.inner.state.borrow(),
            ConnectionState::Connected | ConnectionState::Reconnecting
        )
    }

    /// Sends one encoded frame. Waits only while the stack's driver is busy, never for the network.
    ///
    /// # Errors
    ///
    /// [`Error::NotNegotiated`] before the connection is established or if the remote peer does not receive the
    /// track; [`Error::NotConnected`] once no path works (RFC 8083 §4.5: an RTP sender must then stop);
    /// [`Error::FrameSize`] for an empty frame or one above 1 MiB; [`Error::Closed`].
    pub async fn write(&self, frame: OutgoingFrame) -> Result<(), Error> {
        let size = frame.data.len();
        if size == 0 || size > MAX_FRAME {
            return Err(Error::FrameSize(size));
        }
        let state = *self.inner.state.borrow();
        match state {
            ConnectionState::Closed => return Err(Error::Closed),
            ConnectionState::Connecting => return Err(Error::NotNegotiated),
            ConnectionState::Failed => return Err(Error::NotConnected),
            ConnectionState::Connected | ConnectionState::Reconnecting => {}
        }
        let negotiated = *lock(&self.inner.negotiated);
        let negotiated = negotiated
            .filter(|it| it.sending)
            .ok_or(Error::NotNegotiated)?;
        let level = match (self.inner.kind, negotiated.level_id, frame.level) {
            (Kind::Audio, Some(id), Some(level)) => Some((id, level)),
            _ => None,
        };
        // One frame at a time: packets of two frames must not mix.
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
                // Fails for IDs that do not fit a one-byte header; those are never negotiated.
                let _ = header.set_extension(id, Bytes::copy_from_slice(&[level.to_byte()]));
            }
            self.write_packet(&mut writer, header, payload).await?;
        }
        self.inner.counters.frames.fetch_add(1, Relaxed);
        Ok(())
    }

    async fn write_packet(
        &self,
        writer: &mut Writer,
        mut header: rtc::rtp::Header,
        payload: Bytes,
    ) -> Result<(), Error> {
        self.inner.counters.count_packet(payload.len());
        header.sequence_number = writer.sequence;
        writer.sequence = writer.sequence.wrapping_add(1);
        // The only error: the stack's driver has ended.
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

    /// Stops sending until the next offer/answer exchange.
    pub(crate) fn stop(&self) {
        if let Some(negotiated) = lock(&self.inner.negotiated).as_mut() {
            negotiated.sending = false;
        }
    }

    /// A local description has a section for it.
    pub(crate) fn set_mid(&self, mid: String) {
        *lock(&self.inner.mid) = Some(mid);
    }

    /// The local description was rolled back: forgets the section unless it was negotiated before.
    pub(crate) fn on_rollback(&self) {
        if lock(&self.inner.negotiated).is_none() {
            *lock(&self.inner.mid) = None;
        }
    }

    pub(crate) fn set_negotiated(&self, negotiated: Negotiated) {
        *lock(&self.inner.negotiated) = Some(negotiated);
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.inner.counters
    }
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
mod tests;
