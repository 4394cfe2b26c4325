//! Conditions from standard input, and the answers on standard output.

use std::io::{self, Write};

use maru_lab::Conditions;

/// Maximum length of a line, in bytes: ten times a line with every condition.
const MAX_LINE: usize = 4096;

/// The part of an incomplete line that has been read.
#[derive(Debug, Default)]
pub(crate) struct Control {
    begun: Vec<u8>,
}

impl Control {
    /// Adds bytes that were read; returns the complete lines.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<String>, String> {
        self.begun.extend_from_slice(bytes);
        let mut lines = Vec::new();
        while let Some(end) = self.begun.iter().position(|octet| *octet == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            lines.push(String::from_utf8_lossy(&line).trim().to_owned());
        }
        if self.begun.len() > MAX_LINE {
            return Err(format!("a line has at most {MAX_LINE} bytes"));
        }
        Ok(lines)
    }
}

/// Packet counts under the previous conditions: carried and dropped, of each direction.
pub(crate) type Counts = [(u64, u64); 2];

/// Sets conditions and confirms them; or reports what is invalid, and keeps the previous ones.
pub(crate) fn apply(line: &str, conditions: &mut Conditions, counts: Counts) -> Result<(), String> {
    let answer = match Conditions::parse(line) {
        Ok(read) => {
            *conditions = read;
            let sides = counts.map(
                |(carried, dropped)| serde_json::json!({"carried": carried, "dropped": dropped}),
            );
            serde_json::json!({"ok": true, "before": sides})
        }
        Err(error) => serde_json::json!({"ok": false, "error": error}),
    };
    tell(&answer)
}

/// Writes one line to standard output.
pub(crate) fn tell(answer: &serde_json::Value) -> Result<(), String> {
    let mut out = io::stdout().lock();
    writeln!(out, "{answer}")
        .and_then(|()| out.flush())
        .map_err(|error| format!("standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_and_split() {
        let mut control = Control::default();
        assert_eq!(control.feed(b"{\"lo"), Ok(vec![]));
        assert_eq!(
            control.feed(b"ss\":0}\n{}\n{"),
            Ok(vec!["{\"loss\":0}".into(), "{}".into()])
        );
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        let mut control = Control::default();
        assert!(control.feed(&[b' '; MAX_LINE]).is_ok());
        assert!(control.feed(b" ").is_err());
    }
}
