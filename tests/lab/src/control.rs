//! Conditions from standard input, and the answers on standard output.

use std::io::{self, Write};

use maru_lab::Conditions;

/// Longest line: ten times what names every condition.
const MAX_LINE: usize = 4096;

/// What was read so far of a line that has not ended.
#[derive(Debug, Default)]
pub(crate) struct Control {
    begun: Vec<u8>,
}

impl Control {
    /// Takes what was read; gives the lines that are whole.
    pub(crate) fn feed(&mut self, octets: &[u8]) -> Result<Vec<String>, String> {
        self.begun.extend_from_slice(octets);
        let mut lines = Vec::new();
        while let Some(end) = self.begun.iter().position(|octet| *octet == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            lines.push(String::from_utf8_lossy(&line).trim().to_owned());
        }
        if self.begun.len() > MAX_LINE {
            return Err(format!("a line has at most {MAX_LINE} octets"));
        }
        Ok(lines)
    }
}

/// What became of the packets since the conditions before: carried and dropped, of either direction.
pub(crate) type Counts = [(u64, u64); 2];

/// Takes conditions and tells so; or says what is wrong with them, and leaves those before.
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

/// One line on standard output.
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
    fn lines_are_put_together_and_taken_apart() {
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
