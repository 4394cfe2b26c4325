//! Lines of conditions, and the answers to them.

use std::io::Write;

use crate::Conditions;

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

/// Sets the conditions of both directions and confirms them; or reports what is invalid, and keeps the previous ones.
pub(crate) fn apply(
    line: &str,
    conditions: &mut [Conditions; 2],
    counts: Counts,
    output: &mut impl Write,
) -> Result<(), String> {
    let answer = match parse(line) {
        Ok(read) => {
            *conditions = read;
            let sides = counts.map(
                |(carried, dropped)| serde_json::json!({"carried": carried, "dropped": dropped}),
            );
            serde_json::json!({"ok": true, "before": sides})
        }
        Err(error) => serde_json::json!({"ok": false, "error": error}),
    };
    tell(&answer, output)
}

/// An object for both directions, or an array with one for each.
fn parse(line: &str) -> Result<[Conditions; 2], String> {
    if !line.starts_with('[') {
        return Conditions::parse(line).map(|both| [both; 2]);
    }
    let each: [Box<serde_json::value::RawValue>; 2] =
        serde_json::from_str(line).map_err(|error| error.to_string())?;
    let [there, back] = each.map(|text| Conditions::parse(text.get()));
    Ok([there?, back?])
}

/// Writes one line.
pub(crate) fn tell(answer: &serde_json::Value, output: &mut impl Write) -> Result<(), String> {
    writeln!(output, "{answer}")
        .and_then(|()| output.flush())
        .map_err(|error| format!("answering: {error}"))
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
    fn a_line_is_for_both_directions_or_for_each() {
        let mut conditions = [Conditions::default(); 2];
        let mut answers = Vec::new();
        let mut set = |line: &str| {
            apply(line, &mut conditions, Counts::default(), &mut answers).unwrap();
            conditions.map(|of| of.loss)
        };
        assert_eq!(set(r#"{"loss":0.5}"#), [0.5, 0.5]);
        assert_eq!(set(r#"[{"loss":1},{}]"#), [1.0, 0.0]);
        assert_eq!(set(r#"[{"loss":2},{}]"#), [1.0, 0.0], "kept");
        assert_eq!(set(r#"[{}]"#), [1.0, 0.0], "kept");
        let answers = String::from_utf8(answers).unwrap();
        let ok = answers.lines().map(|line| line.contains("\"ok\":true"));
        assert_eq!(ok.collect::<Vec<_>>(), [true, true, false, false]);
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        let mut control = Control::default();
        assert!(control.feed(&[b' '; MAX_LINE]).is_ok());
        assert!(control.feed(b" ").is_err());
    }
}
