//! A received Opus packet.

use crate::toc::{InvalidPacket, PacketInfo};

/// One RTP packet of an Opus stream (RFC 3550, RFC 7587) whose payload has been validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// Samples the payload decodes to.
    pub duration: u32,
    /// The payload carries FEC for the packet before it.
    pub fec: bool,
    /// The payload carries no audio and announces silence (DTX).
    pub dtx: bool,
    /// Opus payload.
    pub payload: Vec<u8>,
}

impl Packet {
    /// A packet as received from the network.
    ///
    /// # Errors
    ///
    /// When `payload` is not a valid Opus packet.
    pub fn new(sequence: u16, timestamp: u32, payload: Vec<u8>) -> Result<Self, InvalidPacket> {
        let PacketInfo {
            duration, fec, dtx, ..
        } = PacketInfo::parse(&payload)?;
        Ok(Self {
            sequence,
            timestamp,
            duration,
            fec,
            dtx,
            payload,
        })
    }
}
