//! The relayed text.

/// Size of the `data` of every message, in bytes.
pub const BYTES: usize = 1024;

/// A session description as JSON, of exactly [`BYTES`] bytes: the usual payload of signaling servers, with an escape
/// sequence on every line. Text without escapes would make every server that scans for escapes look faster.
#[must_use]
pub fn json() -> String {
    const HEAD: &str = r#"{"connection":"media","description":{"type":"offer","sdp":""#;
    const TAIL: &str = r#""}}"#;
    const LINES: [&str; 6] = [
        r"v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n",
        r"a=extmap-allow-mixed\r\na=msid-semantic: WMS *\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8\r\n",
        r"c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:EsAw\r\na=ice-options:trickle\r\n",
        r"a=fingerprint:sha-256 D1:2C:BE:AD:C4:F6:64:5C:25:16:11:9C:AF:E7:0F:73:79:36:4E:9C\r\n",
        r"a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\n",
        r"a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n",
    ];
    let mut text = String::with_capacity(BYTES);
    text.push_str(HEAD);
    for line in LINES.iter().cycle() {
        let room = BYTES - TAIL.len() - text.len();
        if line.len() > room {
            text.extend(std::iter::repeat_n('x', room));
            break;
        }
        text.push_str(line);
    }
    text.push_str(TAIL);
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn is_json_of_the_stated_size() {
        let text = super::json();
        assert_eq!(text.len(), super::BYTES);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
    }
}
