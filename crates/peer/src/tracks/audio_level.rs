//! The audio level header extension (RFC 6464).

/// URI of the header extension. Chromium and Firefox report a remote track's level from it, never from the audio itself.
pub(crate) const SSRC_AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// The level of one audio packet (RFC 6464 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// The packet contains speech (V).
    pub voice: bool,
    /// −dBov, 0 (loudest) to 127 (silence). Larger values count as 127.
    pub minus_dbov: u8,
}

impl AudioLevel {
    /// The data of the extension element (RFC 6464 §3, figure 1).
    pub(crate) fn to_byte(self) -> u8 {
        u8::from(self.voice) << 7 | self.minus_dbov.min(127)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v_is_the_first_bit_and_the_level_is_in_the_other_seven() {
        let byte = |voice, minus_dbov| AudioLevel { voice, minus_dbov }.to_byte();
        assert_eq!(byte(true, 3), 0x83);
        assert_eq!(byte(false, 3), 0x03);
        assert_eq!(byte(true, 0), 0x80);
        assert_eq!(byte(false, 127), 0x7f);
        assert_eq!(byte(false, 255), 0x7f, "V is not overwritten");
    }
}
