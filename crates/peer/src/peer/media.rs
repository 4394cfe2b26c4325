//! Tracks and channels of a peer.

use std::sync::{Arc, Weak};

use rtc::data_channel::RTCDataChannelInit;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::rtp_transceiver::{
    RTCRtpTransceiverDirection, RTCRtpTransceiverInit, RtpSender, RtpTransceiver,
};

use super::{Inner, guard};
use crate::channel::{Channel, ChannelOptions};
use crate::error::Error;
use crate::events::Event;
use crate::refusal::Refusals;
use crate::sdp::section;
use crate::tracks::{
    Arriving, Counters, Kind, LocalTrack, Negotiated, SSRC_AUDIO_LEVEL, SenderClock,
};

/// What a remote track counted, kept for the figures.
pub(super) struct RemoteCounters {
    pub(super) mid: String,
    pub(super) kind: Kind,
    pub(super) counters: Arc<Counters>,
}

/// What an exchange came to.
#[derive(Clone, Copy)]
pub(super) struct Agreed<'a> {
    /// The other side's description.
    pub(super) theirs: &'a str,
    pub(super) refused: &'a Refusals,
}

/// Labels as long as this fit any implementation's buffers.
const MAX_LABEL: usize = 64;

impl Inner {
    pub(super) async fn add_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        let track = self.new_track(kind);
        let _exchange = self.exchange.lock().await;
        let added = self.stack.add_track(track.stack_track()).await;
        self.added(track, added)
    }

    pub(super) async fn add_send_only_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        let track = self.new_track(kind);
        let _exchange = self.exchange.lock().await;
        // Not the stack's `add_track`: it would take a section in which only the other side sends, and a browser answers
        // that one as send-only all the same.
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..Default::default()
        };
        let added = self
            .stack
            .add_transceiver_from_track(track.stack_track(), Some(init))
            .await;
        self.added(track, added)
    }

    fn new_track(&self, kind: Kind) -> LocalTrack {
        LocalTrack::new(kind, Arc::clone(&self.shared), self.sink.clone())
    }

    fn added<T>(
        &self,
        track: LocalTrack,
        by_stack: webrtc::error::Result<T>,
    ) -> Result<LocalTrack, Error> {
        by_stack.map_err(|error| Error::Setup(error.to_string()))?;
        guard(&self.locals).push(track.clone());
        Ok(track)
    }

    pub(super) async fn set_sending(&self, track: &LocalTrack, sending: bool) -> Result<(), Error> {
        let _exchange = self.exchange.lock().await;
        if !sending {
            track.stop();
        }
        let Some((transceiver, _)) = self.transceiver_of(track).await else {
            return Ok(());
        };
        let direction = if sending {
            RTCRtpTransceiverDirection::Sendonly
        } else {
            RTCRtpTransceiverDirection::Inactive
        };
        transceiver
            .set_direction(direction)
            .await
            .map_err(|_| Error::Closed)
    }

    /// What sends `track`; nothing once the connection is closed.
    async fn transceiver_of(
        &self,
        track: &LocalTrack,
    ) -> Option<(Arc<dyn RtpTransceiver>, Arc<dyn RtpSender>)> {
        for transceiver in self.stack.get_transceivers().await {
            if let Ok(Some(sender)) = transceiver.sender().await
                && same(&track.stack_track(), sender.track())
            {
                return Some((transceiver, sender));
            }
        }
        None
    }

    /// Learns which section each local track got, and once that is agreed, how it is sent.
    pub(super) async fn note_sections(&self, agreed: Option<Agreed<'_>>) {
        let locals = guard(&self.locals).clone();
        for local in locals {
            let Some((transceiver, sender)) = self.transceiver_of(&local).await else {
                continue;
            };
            let Ok(Some(mid)) = transceiver.mid().await else {
                continue;
            };
            local.placed(mid.clone());
            let Some(agreed) = agreed else { continue };
            let wanted = match local.kind() {
                Kind::Audio => "audio/opus",
                Kind::Video => "video/vp8",
            };
            let Ok(parameters) = sender.get_parameters().await else {
                continue;
            };
            let codec = parameters
                .rtp_parameters
                .codecs
                .iter()
                .find(|codec| codec.rtp_codec.mime_type.eq_ignore_ascii_case(wanted));
            let direction = transceiver.current_direction().await;
            let sending = matches!(
                direction,
                Ok(RTCRtpTransceiverDirection::Sendrecv | RTCRtpTransceiverDirection::Sendonly)
            );
            if let Some(codec) = codec {
                local.negotiated(Negotiated {
                    payload_type: codec.payload_type,
                    sending: sending && !agreed.refused.contains(&mid),
                    level: section(agreed.theirs, &mid)
                        .and_then(|section| section.takes_extension(SSRC_AUDIO_LEVEL)),
                });
            }
        }
    }

    /// An offer was taken back, and with it the sections that only it had.
    pub(super) fn forget_sections(&self) {
        for local in guard(&self.locals).iter() {
            local.displaced();
        }
    }

    /// Waits for the exchange the track came with, as only then its section is known.
    pub(super) async fn track_arrived(of: Weak<Self>, track: Arc<dyn TrackRemote>) {
        let arriving = {
            let Some(inner) = of.upgrade() else { return };
            let Some((kind, mid, ssrc)) = inner.section_of(&track).await else {
                return;
            };
            let counters = Arc::new(Counters::default());
            let sender_clock = SenderClock::new(ssrc, Arc::clone(inner.shared.sender_times()));
            let (arriving, remote) = Arriving::new(
                track,
                kind,
                mid.clone(),
                ssrc,
                sender_clock,
                Arc::clone(&counters),
            );
            let mut remotes = guard(&inner.remotes);
            remotes.retain(|known| known.mid != mid);
            remotes.push(RemoteCounters {
                mid,
                kind,
                counters,
            });
            drop(remotes);
            inner.tell(Event::Track(remote));
            arriving
        };
        arriving.run().await;
    }

    async fn section_of(&self, track: &Arc<dyn TrackRemote>) -> Option<(Kind, String, u32)> {
        let _exchange = self.exchange.lock().await;
        let kind = match track.kind().await {
            RtpCodecKind::Audio => Kind::Audio,
            RtpCodecKind::Video => Kind::Video,
            _ => return None,
        };
        let ssrc = track.ssrcs().await.first().copied()?;
        for transceiver in self.stack.get_transceivers().await {
            if let (Ok(Some(receiver)), Ok(Some(mid))) =
                (transceiver.receiver().await, transceiver.mid().await)
                && same(receiver.track(), track)
            {
                return Some((kind, mid, ssrc));
            }
        }
        None
    }

    pub(super) async fn create_channel(&self, options: ChannelOptions) -> Result<Channel, Error> {
        let label_fits = (1..=MAX_LABEL).contains(&options.label.len());
        if !label_fits || options.negotiated == Some(u16::MAX) {
            return Err(Error::ChannelOptions);
        }
        let init = RTCDataChannelInit {
            negotiated: options.negotiated,
            ..Default::default()
        };
        let stack = self
            .stack
            .create_data_channel(&options.label, Some(init))
            .await
            .map_err(|error| Error::Setup(error.to_string()))?;
        let (channel, arriving) = Channel::new(options.label, stack);
        self.spawn(arriving.run());
        Ok(channel)
    }

    pub(super) async fn channel_arrived(self: Arc<Self>, stack: Arc<dyn DataChannel>) {
        let Ok(label) = stack.label().await else {
            return;
        };
        let (channel, arriving) = Channel::new(label, stack);
        self.tell(Event::Channel(channel));
        drop(self);
        arriving.run().await;
    }
}

fn same<T: ?Sized>(one: &Arc<T>, other: &Arc<T>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}
