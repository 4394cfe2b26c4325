//! Tracks and data channels of a peer.

use std::sync::{Arc, Weak};

use rtc::data_channel::RTCDataChannelInit;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::rtp_transceiver::{
    RTCRtpTransceiverDirection, RTCRtpTransceiverInit, RtpSender, RtpTransceiver,
};

use super::inner::{Inner, RemoteCounters};
use crate::channel::{CannotClose, Channel, ChannelOptions, ChannelTask, StackChannel};
use crate::error::Error;
use crate::events::Event;
use crate::kind::Kind;
use crate::lock::lock;
use crate::rejection::RejectedSections;
use crate::rtp::sender_clock::SenderClock;
use crate::sdp::section;
use crate::tracks::{Counters, LocalTrack, Negotiated, SSRC_AUDIO_LEVEL, TrackReceiver};

/// The result of an offer/answer exchange.
#[derive(Clone, Copy)]
pub(super) struct NegotiatedSections<'a> {
    /// The remote description.
    pub(super) remote: &'a str,
    pub(super) rejected: &'a RejectedSections,
}

/// Longest label, in bytes. Every implementation has room for it.
const MAX_LABEL: usize = 64;

impl Inner {
    pub(super) async fn add_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        let track = self.new_track(kind)?;
        let _signaling = self.signaling.lock().await;
        let added = self.stack.add_track(track.stack_track()).await;
        self.register_track(track, added)
    }

    pub(super) async fn add_send_only_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        let track = self.new_track(kind)?;
        let _signaling = self.signaling.lock().await;
        // Not the stack's `add_track`: it would use a section in which only the remote peer sends, and browsers keep
        // their side of that one send-only.
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..Default::default()
        };
        let added = self
            .stack
            .add_transceiver_from_track(track.stack_track(), Some(init))
            .await;
        self.register_track(track, added)
    }

    fn new_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        if !self.media {
            return Err(Error::NoMedia);
        }
        let (chain, state) = (Arc::clone(&self.chain), self.sink.watch_state());
        Ok(LocalTrack::new(kind, chain, state))
    }

    fn register_track<T>(
        &self,
        track: LocalTrack,
        added: webrtc::error::Result<T>,
    ) -> Result<LocalTrack, Error> {
        added.map_err(|error| Error::Setup(error.to_string()))?;
        lock(&self.local_tracks).push(track.clone());
        Ok(track)
    }

    pub(super) async fn set_sending(&self, track: &LocalTrack, sending: bool) -> Result<(), Error> {
        let _signaling = self.signaling.lock().await;
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

    /// The transceiver of a local track, and its sender; `None` once the connection is closed.
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

    /// Updates the local tracks with the media sections they got, and once those are negotiated, with how they are sent.
    pub(super) async fn update_local_tracks(&self, negotiated: Option<NegotiatedSections<'_>>) {
        let local_tracks = lock(&self.local_tracks).clone();
        for local in local_tracks {
            let Some((transceiver, sender)) = self.transceiver_of(&local).await else {
                continue;
            };
            let Ok(Some(mid)) = transceiver.mid().await else {
                continue;
            };
            local.set_mid(mid.clone());
            let Some(negotiated) = negotiated else {
                continue;
            };
            let mime_type = match local.kind() {
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
                .find(|codec| codec.rtp_codec.mime_type.eq_ignore_ascii_case(mime_type));
            let direction = transceiver.current_direction().await;
            let sending = matches!(
                direction,
                Ok(RTCRtpTransceiverDirection::Sendrecv | RTCRtpTransceiverDirection::Sendonly)
            );
            if let Some(codec) = codec {
                local.set_negotiated(Negotiated {
                    payload_type: codec.payload_type,
                    sending: sending && !negotiated.rejected.contains(&mid),
                    level_id: section(negotiated.remote, &mid)
                        .and_then(|section| section.received_extension(SSRC_AUDIO_LEVEL)),
                });
            }
        }
    }

    /// The local offer was rolled back, and with it the sections that only it had.
    pub(super) fn on_rollback(&self) {
        for local in lock(&self.local_tracks).iter() {
            local.on_rollback();
        }
    }

    /// Announces a remote track and receives it until it ends. Waits for the exchange that added it, as its section is
    /// not known before.
    pub(super) async fn receive_track(inner: Weak<Self>, track: Arc<dyn TrackRemote>) {
        let track_receiver = {
            let Some(inner) = inner.upgrade() else { return };
            let Some((kind, mid, ssrc)) = inner.section_of(&track).await else {
                return;
            };
            let counters = Arc::new(Counters::default());
            let sender_clock = SenderClock::new(ssrc, Arc::clone(inner.chain.sender_times()));
            let (track_receiver, remote) = TrackReceiver::new(
                track,
                kind,
                mid.clone(),
                ssrc,
                sender_clock,
                Arc::clone(&counters),
            );
            let mut remote_tracks = lock(&inner.remote_tracks);
            remote_tracks.retain(|known| known.mid != mid);
            remote_tracks.push(RemoteCounters {
                mid,
                kind,
                counters,
            });
            drop(remote_tracks);
            inner.emit(Event::Track(remote));
            track_receiver
        };
        track_receiver.run().await;
    }

    /// Kind, `mid` and SSRC of a remote track.
    async fn section_of(&self, track: &Arc<dyn TrackRemote>) -> Option<(Kind, String, u32)> {
        let _signaling = self.signaling.lock().await;
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

    pub(super) async fn create_channel(
        self: &Arc<Self>,
        options: ChannelOptions,
    ) -> Result<Channel, Error> {
        let label_fits = (1..=MAX_LABEL).contains(&options.label.len());
        let order_fits = options.ordered || options.negotiated.is_some();
        if !label_fits || !order_fits || options.negotiated == Some(u16::MAX) {
            return Err(Error::ChannelOptions);
        }
        let init = RTCDataChannelInit {
            negotiated: options.negotiated,
            ordered: options.ordered,
            ..Default::default()
        };
        let label = &options.label;
        let stack = if options.negotiated.is_some() {
            self.negotiated.create(&*self.stack, label, init).await
        } else {
            let stack = self.stack.create_data_channel(label, Some(init)).await;
            stack.map(|stack| Arc::new(StackChannel::existing(stack)))
        }
        .map_err(|error| Error::Setup(error.to_string()))?;
        let in_flight = Arc::clone(&self.in_flight);
        let (channel, task) = Channel::new(options.label, stack, in_flight);
        self.spawn(Self::run_channel(
            Arc::downgrade(self),
            channel.label().to_owned(),
            task,
        ));
        Ok(channel)
    }

    /// Announces a data channel that the remote peer opened, and receives its messages until it closes.
    pub(super) async fn receive_channel(self: Arc<Self>, stack: Arc<dyn DataChannel>) {
        let Ok(label) = stack.label().await else {
            return;
        };
        let in_flight = Arc::clone(&self.in_flight);
        let stack = Arc::new(StackChannel::existing(stack));
        let (channel, task) = Channel::new(label.clone(), stack, in_flight);
        self.emit(Event::Channel(channel));
        let weak = Arc::downgrade(&self);
        drop(self);
        Self::run_channel(weak, label, task).await;
    }

    /// Runs the task of a channel, and closes the connection if the channel cannot be closed.
    async fn run_channel(weak: Weak<Self>, label: String, task: ChannelTask) {
        if let Err(CannotClose) = task.run().await
            && let Some(inner) = weak.upgrade()
        {
            inner.emit(Event::CannotCloseChannel { label });
            inner.close_in_background();
        }
    }
}

fn same<T: ?Sized>(one: &Arc<T>, other: &Arc<T>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}
