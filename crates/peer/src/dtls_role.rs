//! The DTLS role in offers and answers (RFC 8842). No I/O.

/// The local role: decided by the first answer, and the same in every later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DtlsRole {
    Client,
    Server,
}

impl DtlsRole {
    /// The local role that follows from a remote answer.
    pub(crate) fn from_remote_answer(sdp: &str) -> Option<Self> {
        match setup(sdp)? {
            "active" => Some(Self::Server),
            "passive" => Some(Self::Client),
            _ => None,
        }
    }

    /// The local role that follows from a local answer.
    pub(crate) fn from_local_answer(sdp: &str) -> Option<Self> {
        match setup(sdp)? {
            "active" => Some(Self::Client),
            "passive" => Some(Self::Server),
            _ => None,
        }
    }

    /// Writes this role into a local answer. The stack answers with one fixed role; a browser that offered in the other
    /// one refuses such an answer with "Failed to set SSL role".
    pub(crate) fn write_into(self, answer: &str) -> String {
        let setup = match self {
            Self::Client => "a=setup:active",
            Self::Server => "a=setup:passive",
        };
        let mut written = String::with_capacity(answer.len());
        for line in answer.split_inclusive('\n') {
            let text = line.trim_end();
            if text.starts_with("a=setup:") {
                written.push_str(setup);
                written.push_str(&line[text.len()..]);
            } else {
                written.push_str(line);
            }
        }
        written
    }
}

fn setup(sdp: &str) -> Option<&str> {
    sdp.lines()
        .find_map(|line| line.trim_end().strip_prefix("a=setup:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_of_the_first_answer_is_written_into_every_section() {
        let answer = "v=0\r\na=setup:passive\r\nm=x\r\na=setup:passive\r\n";
        assert_eq!(DtlsRole::from_remote_answer(answer), Some(DtlsRole::Client));
        assert_eq!(
            DtlsRole::Client.write_into(answer),
            "v=0\r\na=setup:active\r\nm=x\r\na=setup:active\r\n"
        );
    }
}
