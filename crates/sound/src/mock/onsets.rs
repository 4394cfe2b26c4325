//! Logs when audio begins, for measuring lip sync from outside.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Amplitude of an onset, of full scale: −34 dBFS.
const LOUD: f32 = 0.02;
/// Amplitude of silence, of full scale: −50 dBFS.
const QUIET: f32 = 0.003;
/// Minimum duration of the silence before an onset.
const MIN_SILENCE: Duration = Duration::from_millis(150);

/// Which audio begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnsetSource {
    /// The loudspeaker's; logged as `heard`.
    Played,
    /// The microphone's; logged as `said`.
    Captured,
}

/// Writes a line for each onset: `heard` or `said`, and the milliseconds since 1970 with three decimals.
#[derive(Debug)]
pub(super) struct OnsetLog {
    file: File,
    /// Quiet samples of each source in a row.
    quiet: [u32; 2],
}

impl OnsetLog {
    /// # Errors
    ///
    /// When the file cannot be created.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: File::create(path)?,
            quiet: [0; 2],
        })
    }

    /// Looks for onsets in samples that begin at `at`.
    pub(super) fn add(
        &mut self,
        source: OnsetSource,
        at: SystemTime,
        rate: u32,
        samples: impl IntoIterator<Item = f32>,
    ) {
        let silence = rate / 1_000 * u32::try_from(MIN_SILENCE.as_millis()).unwrap_or(u32::MAX);
        let (word, quiet) = match source {
            OnsetSource::Played => ("heard", &mut self.quiet[0]),
            OnsetSource::Captured => ("said", &mut self.quiet[1]),
        };
        for (sample, index) in samples.into_iter().zip(0u32..) {
            let amplitude = sample.abs();
            if amplitude < QUIET {
                *quiet = quiet.saturating_add(1);
                continue;
            }
            if amplitude >= LOUD {
                if *quiet >= silence {
                    let time = at + Duration::from_secs(1) * index / rate.max(1);
                    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
                    // A failed write costs a line of a measurement; audio must continue.
                    let _ = writeln!(self.file, "{word} {:.3}", since.as_secs_f64() * 1_000.0);
                }
                *quiet = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_onset_is_logged_once_to_the_sample() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("onsets");
        let mut onsets = OnsetLog::create(&path).expect("a file");
        let start = UNIX_EPOCH + Duration::from_secs(1_000);
        let mut audio = vec![0.001; 48_000];
        for beep in [12_000, 16_000, 36_000] {
            audio[beep..beep + 2_400].fill(0.5);
        }
        for (index, block) in (0u32..).zip(audio.chunks(480)) {
            let at = start + Duration::from_millis(10) * index;
            onsets.add(OnsetSource::Played, at, 48_000, block.iter().copied());
            onsets.add(OnsetSource::Captured, at, 48_000, block.iter().map(|_| 0.0));
        }
        // The second beep follows the first too soon.
        let log = std::fs::read_to_string(&path).expect("the log");
        assert_eq!(log, "heard 1000250.000\nheard 1000750.000\n");
    }
}
