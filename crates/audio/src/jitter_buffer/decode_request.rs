//! What the jitter buffer needs from the decoder.

/// A call of the decoder. Requests come in the order of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeRequest<'a> {
    /// Decode this payload.
    Decode(&'a [u8]),
    /// Recover the packet *before* this payload from the FEC inside it.
    DecodeFec {
        /// The payload after the lost packet.
        payload: &'a [u8],
        /// Samples to produce.
        samples: usize,
    },
    /// No data is available: conceal (NetEq's expand).
    Conceal {
        /// Samples to produce.
        samples: usize,
    },
}

/// Appends the samples of a request.
pub(super) type Decode<'a> = dyn FnMut(DecodeRequest<'_>, &mut Vec<f32>) + 'a;
