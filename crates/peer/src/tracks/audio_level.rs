//! How loud a packet of sound is, beside the packet (RFC 6464).

/// Where the level of a packet stands. Chromium and Firefox show who speaks by it, and never by the sound itself.
pub(crate) const SSRC_AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// How loud one packet of sound is (RFC 6464 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// The packet carries voice (V).
    pub voice: bool,
    /// −dBov, 0 to 127: 0 is the loudest that can be said, 127 silence. What is above 127 counts as that.
    pub minus_dbov: u8,
}

impl AudioLevel {
    /// The element's one octet of data (RFC 6464 §3, figure 1).
    pub(crate) fn octet(self) -> u8 {
        u8::from(self.voice) << 7 | self.minus_dbov.min(127)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voice_is_the_first_bit_and_the_level_the_others() {
        let octet = |voice, minus_dbov| AudioLevel { voice, minus_dbov }.octet();
        assert_eq!(octet(true, 3), 0x83);
        assert_eq!(octet(false, 3), 0x03);
        assert_eq!(octet(true, 0), 0x80);
        assert_eq!(octet(false, 127), 0x7f);
        assert_eq!(octet(false, 255), 0x7f, "V is not overwritten");
    }
}
