//! What left, and the estimate made of what the far end says became of it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket, convert_twcc};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::MarshalSize;

use super::bandwidth::Bandwidth;
use super::sent::SentPackets;
use super::shared::{Feedback, Shared};

/// Where the transport-wide sequence number of a packet stands.
pub(crate) const TRANSPORT_WIDE_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// Numbers and records what leaves, and turns the far end's reports on it into the estimate. Stands nearest to the wire:
/// what it calls departure must come after every queue of ours.
///
/// The stack's own numbering is not used: it leaves out retransmissions, so that on a full path they fill the
/// queue unseen while the estimate shrinks to what little else gets through.
pub(crate) struct Departures {
    shared: Arc<Shared>,
    bandwidth: Bandwidth,
    told: u32,
    sent: SentPackets,
    next: u16,
    /// SSRC of ours to the ID of its sequence number extension.
    extensions: HashMap<u32, u8>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Departures {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            bandwidth: Bandwidth::new(),
            told: 0,
            sent: SentPackets::default(),
            next: 0,
            extensions: HashMap::new(),
            read: VecDeque::new(),
            write: VecDeque::new(),
        }
    }

    fn heard(&mut self, feedback: &TransportLayerCc, now: Instant) {
        let fates = convert_twcc(feedback).into_iter();
        let reports = self
            .sent
            .heard(fates.map(|fate| (fate.sequence_number, fate.arrival.filter(|_| fate.arrived))));
        self.bandwidth.reported(&reports, now);
        let target = self.bandwidth.target();
        self.shared.set_bandwidth(target);
        if target.abs_diff(self.told) > self.told / 20 {
            self.told = target;
            self.shared.tell(Feedback::Bandwidth(target));
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Departures {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            for packet in packets {
                if let Some(feedback) = packet.as_any().downcast_ref::<TransportLayerCc>() {
                    self.heard(feedback, message.now);
                }
            }
        }
        self.read.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, mut message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(packet) = &mut message.message.packet
            && let Some(id) = self.extensions.get(&packet.header.ssrc)
        {
            let number = Bytes::copy_from_slice(&self.next.to_be_bytes());
            packet.header.set_extension(*id, number)?;
            self.sent
                .sent(self.next, packet.marshal_size(), message.now);
            self.next = self.next.wrapping_add(1);
        }
        self.write.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.write.pop_front()
    }

    fn handle_timeout(&mut self, _: Instant) -> Result<(), Error> {
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        None
    }
}

impl Interceptor for Departures {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let extension = info
            .rtp_header_extensions
            .iter()
            .find(|extension| extension.uri == TRANSPORT_WIDE_CC);
        if let Some(id) = extension.and_then(|extension| u8::try_from(extension.id).ok()) {
            self.extensions.insert(info.ssrc, id);
            self.extensions.extend(info.ssrc_rtx.map(|ssrc| (ssrc, id)));
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.extensions.remove(&info.ssrc);
        info.ssrc_rtx.map(|ssrc| self.extensions.remove(&ssrc));
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
