use std::time::Duration;

use serde::Deserialize;

/// Maximum of delay, jitter and queue, in milliseconds: a minute is longer than on any usable path.
const MAX_MILLISECONDS: u64 = 60_000;

/// Conditions of a path, the same for both directions. Missing fields have the values of a clean path.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Conditions {
    /// Milliseconds, one way.
    pub delay_ms: u64,
    /// Maximum added delay in milliseconds, random per packet between 0 and this: packets are reordered.
    pub jitter_ms: u64,
    /// Loss probability, 0–1, independent per packet, with a resolution of a tenth of a per cent.
    pub loss: f64,
    /// Bits per second; 0: no limit.
    pub rate: u64,
    /// Maximum queueing delay in milliseconds where `rate` is limited; a packet that would wait longer is dropped.
    pub queue_ms: u64,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            delay_ms: 0,
            jitter_ms: 0,
            loss: 0.0,
            rate: 0,
            queue_ms: 300,
        }
    }
}

impl Conditions {
    /// Reads a JSON object.
    ///
    /// # Errors
    ///
    /// A message for people that says what is invalid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !(0.0..=1.0).contains(&read.loss) {
            return Err("loss is between 0 and 1".into());
        }
        if [read.delay_ms, read.jitter_ms, read.queue_ms]
            .iter()
            .any(|time| *time > MAX_MILLISECONDS)
        {
            return Err(format!(
                "delay, jitter and queue are at most {MAX_MILLISECONDS} milliseconds"
            ));
        }
        Ok(read)
    }

    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    pub(crate) fn queue(&self) -> Duration {
        Duration::from_millis(self.queue_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_fields_are_those_of_a_clean_path() {
        assert_eq!(Conditions::parse("{}"), Ok(Conditions::default()));
        let read = Conditions::parse(r#"{"loss":0.05,"jitterMs":80,"rate":500000}"#).unwrap();
        let expected = Conditions {
            loss: 0.05,
            jitter_ms: 80,
            rate: 500_000,
            ..Conditions::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn impossible_conditions_are_refused() {
        for text in [
            r#"{"loss":1.1}"#,
            r#"{"loss":-0.1}"#,
            r#"{"delayMs":60001}"#,
            r#"{"rate":-1}"#,
            r#"{"lost":0.1}"#,
            "",
        ] {
            assert!(Conditions::parse(text).is_err(), "{text}");
        }
    }
}
