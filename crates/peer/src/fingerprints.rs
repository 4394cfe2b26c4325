//! The fingerprints of the DTLS certificates of a connection. No I/O.

/// The SHA-256 fingerprints (RFC 8122 §5) of the two certificates of a connection. They identify this connection: between
/// two connections that a third party made with each of the peers, they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprints {
    /// Of this peer's certificate.
    pub local: [u8; 32],
    /// Of the certificate with which the remote peer made the DTLS handshake.
    pub remote: [u8; 32],
}

/// Parses the value of `a=fingerprint`. `None` for another hash than SHA-256, and for what is no fingerprint.
pub(crate) fn parse(algorithm: &str, value: &str) -> Option<[u8; 32]> {
    if !algorithm.eq_ignore_ascii_case("sha-256") {
        return None;
    }
    let mut fingerprint = [0; 32];
    let mut bytes = value.split(':');
    for byte in &mut fingerprint {
        let digits = bytes.next().filter(|digits| digits.len() == 2)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    bytes.next().is_none().then_some(fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_sha_256_fingerprints_are_parsed() {
        let value: Vec<String> = (224..=255).map(|byte| format!("{byte:02X}")).collect();
        let bytes: Vec<u8> = (224..=255).collect();
        let value = value.join(":");
        let parsed = parse("sha-256", &value);
        assert_eq!(parsed.as_ref().map(<[u8; 32]>::as_slice), Some(&*bytes));
        assert_eq!(parse("SHA-256", &value.to_lowercase()), parsed);
        assert_eq!(parse("sha-512", &value), None);
        for invalid in [
            String::new(),
            value[3..].to_owned(),
            format!("{value}:00"),
            value.replace(':', ""),
            value.replacen("E0", "E", 1),
            value.replacen("E0", "E0E", 1),
            value.replacen("E0", "X0", 1),
        ] {
            assert_eq!(parse("sha-256", &invalid), None, "{invalid}");
        }
    }
}
